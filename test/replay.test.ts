import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { replayJson } from '../src/cli/replay.ts'
import { barsOf } from '../src/server/feed/bars.ts'
import { readCandles } from '../src/server/feed/candles.ts'
import { memoryStorage } from '../src/server/journal/memory-storage.ts'
import { auditJournal } from '../src/sim/journal-audit.ts'
import { JournalWriter } from '../src/sim/journal-writer.ts'
import { replay } from '../src/sim/replay.ts'
import { replayReport } from '../src/sim/replay-report.ts'
import { loadProfile } from '../src/venue/profile.ts'

const sample = fileURLToPath(new URL('../samples/2024-08-05-crash/5m', import.meta.url))
/** The hours around the crash. */
const bars = barsOf(readCandles(sample), Date.UTC(2024, 7, 4, 22), Date.UTC(2024, 7, 5, 8))

function replayed(policy: string, seed = 1) {
  return replay({
    bars,
    profile: loadProfile(policy),
    seed,
    accounts: 200,
    quotePrices: new Map(),
  })
}

test('a replayed crash is the same bytes twice', () => {
  expect(replayJson(replayed('classic'))).toBe(replayJson(replayed('classic')))
})

test.each(['classic', 'binance'])(
  'a replayed crash under %s liquidates, and its audit holds',
  (policy) => {
    const result = replayed(policy, 2)
    expect(result.audit.violations).toEqual([])
    expect(result.audit).toMatchObject({
      ok: true,
      commands: result.commands,
      stateHash: result.stateHash,
    })
    expect(result.liquidations).toBeGreaterThan(0)
    expect(result.marginCalls).toBeGreaterThan(result.liquidations)
    for (const { bands } of result.series) {
      expect(bands.reduce((sum, count) => sum + count, 0)).toBe(200)
    }
    const liquidations = result.series.reduce((sum, sample) => sum + sample.liquidations, 0)
    expect(liquidations).toBe(result.liquidations)
  },
)

test('another seed is another population and another end', () => {
  const few = barsOf(readCandles(sample), 0, Date.UTC(2024, 7, 4, 23))
  const ends = [1, 2].map((seed) => {
    const settings = { bars: few, profile: loadProfile('classic'), quotePrices: new Map() }
    return replay({ ...settings, seed, accounts: 20 }).stateHash
  })
  expect(ends[0]).not.toBe(ends[1])
})

test('the journal of a replay is audited to the same state', async () => {
  const few = barsOf(readCandles(sample), 0, Date.UTC(2024, 7, 4, 21))
  const writer = new JournalWriter()
  const { stateHash, commands } = replay({
    bars: few,
    profile: loadProfile('classic'),
    seed: 1,
    accounts: 20,
    quotePrices: new Map(),
    observer: writer.observer,
  })
  const storage = memoryStorage()
  await writer.write(storage, 'data')
  expect(await auditJournal(storage, 'data')).toMatchObject({ ok: true, commands, stateHash })
})

test('the report stands alone, and shows the figures of the result', () => {
  const few = barsOf(readCandles(sample), 0, Date.UTC(2024, 7, 4, 22))
  const profile = loadProfile('classic')
  const result = replay({ bars: few, profile, seed: 1, accounts: 20, quotePrices: new Map() })
  const html = replayReport(result, 'a <b> folder')
  expect(html).not.toMatch(/(src|href)=|<script|@import|url\(/)
  expect(html).toContain('a &#60;b&#62; folder')
  expect(html).toContain(result.stateHash)
  // Two quiet hours: charts of calls, liquidations and deficits would be empty.
  expect(html.match(/<svg /g)).toHaveLength(3)
  expect(html).toContain('--accounts 20 --seed 1 --policy classic --from 2024-08-04T20:00')
  expect(html).not.toMatch(/NaN|undefined|Infinity/)
})
