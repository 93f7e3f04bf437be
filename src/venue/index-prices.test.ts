import { afterAll, beforeAll, expect, test } from 'vitest'
import { present } from '../core/assert.ts'
import { parseVenue } from '../core/domain/parse-venue.ts'
import { IndexPrices } from './index-prices.ts'
import { VENUE_DEFAULTS } from './options.ts'
import { refuseFewSources } from './price-feed.ts'
import type { Venue } from './venue.ts'
import { openVenue } from './venue.ts'

const SILENT = { info() {}, warn() {}, error() {} }
let venue: Venue

beforeAll(async () => {
  const still = { dataFolder: null, port: 0, market: 'still', speed: 0 } as const
  venue = await openVenue({ ...VENUE_DEFAULTS, ...still, startTimeMs: 1_767_225_600_000 }, SILENT)
})

afterAll(() => venue.close())

/** The asset's index as `price standing source…`. */
function shown(code: string): string {
  const { sequencer } = venue
  const { index } = present(sequencer.venue.assetByCode.get(code), 'it is an asset')
  const { price, standing, inputs } = present(
    sequencer.ask('indexDetails', {})[index],
    'it has one',
  )
  const spoken = inputs.filter((input) => input.standing !== 'SILENT').map(({ name }) => name)
  return [Number(price) / 1e8, standing, ...spoken].join(' ')
}

const until = async (expected: string) => {
  await expect.poll(() => shown('BTC'), { timeout: 20_000, interval: 5 }).toBe(expected)
}

test('X1 feeds of the policy’s sources speak by name, and what was declared before them is withdrawn', async () => {
  const { sequencer } = venue
  const prices = new IndexPrices(sequencer)
  const told: unknown[] = []
  prices.onPrices((list) => told.push(list))
  prices.feed([['BTC', '30000']])
  await until('30000 GOOD declared')
  prices.feedSource('binance', [['BTC', '31000']])
  // The venue's own trades stay out of it beside one source.
  await until('30000 STALE binance')
  prices.feedSource('okx', [['BTC', '31010']])
  // The opening trade, at twice that, tips between the two and no further.
  await until('31010 GOOD binance okx own-trades')
  const btc = sequencer.venue.assetByCode.get('BTC')?.index
  expect(told.at(-1)).toEqual([[btc, 3_101_000_000_000n]])

  // A pin stands before them and lets them speak again afterwards; what is silenced is not said.
  await prices.pin([[btc as never, 2_000_000_000_000n as never]], 'follow')
  prices.feedSource('okx', [['BTC', '31020']])
  await until('20000 GOOD declared')
  await prices.unpin()
  await until('31020 GOOD binance okx own-trades')
  prices.silence([btc as never])
  prices.feedSource('okx', [['BTC', '99999']])
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(shown('BTC')).toBe('31020 GOOD binance okx own-trades')
})

test('X1 a venue whose prices come from exchanges names enough of them as its sources', () => {
  const { document } = venue.sequencer.venue
  const policyWith = (...names: string[]) => {
    const sources = names.map((name) => ({ name, weight: '1' }))
    return parseVenue({ ...document, policy: { ...document.policy, indexPrice: { sources } } })
  }
  const options = { ...VENUE_DEFAULTS, market: 'exchanges' } as const
  expect(() => refuseFewSources(options, policyWith('okx', 'elsewhere'))).toThrow(
    'X1 the policy names 1 of binance, okx, bybit as sources, and 2 must be live',
  )
  expect(() => refuseFewSources(options, policyWith('okx', 'bybit'))).not.toThrow()
  expect(() => refuseFewSources(VENUE_DEFAULTS, policyWith())).not.toThrow()
})
