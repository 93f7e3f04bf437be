import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { auditJournal } from '../../sim/journal-audit.ts'
import { Journal } from '../journal/journal.ts'
import { SimulatedDisk } from '../journal/simulated-disk.ts'
import { COMMAND_VERSION, decodeCommand } from './command-codec.ts'
import { refuseOlderRules } from './journal-rules.ts'
import { Sequencer } from './sequencer.ts'
import { RulesDiffer } from './sequencer-error.ts'
import { TOY_ENGINE } from './toy-engine.ts'

const DIR = '/data'
const FIRST_SEGMENT = '/data/journal/00000000000000000001.log'
const version1 = readFileSync(
  new URL('./fixtures/commands-version-1.ndjson', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')

/** A disk with a journal of these payloads, a batch each, whose run ended in order or not at all. */
async function diskWith(payloads: readonly string[], closed = true): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk()
  const journal = await Journal.open(disk, DIR, { segmentBytes: 8_192 })
  for (const [index, payload] of payloads.entries()) {
    const record = { sequence: index + 1, timestampMs: index, payload: Buffer.from(payload) }
    await journal.append([record])
  }
  await (closed ? journal.close() : journal.abandon())
  return disk
}

async function contentOf(disk: SimulatedDisk): Promise<Map<string, string>> {
  const content = new Map<string, string>()
  for (const path of disk.paths()) {
    const file = await disk.open(path)
    content.set(path, (await file.read(0, await file.size())).toString('hex'))
    await file.close()
  }
  return content
}

function started(disk: SimulatedDisk): Promise<Sequencer> {
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const clock = { nowMs: () => 1 }
  return Sequencer.open({ engine: TOY_ENGINE, dir: DIR, storage: disk, clock, log })
}

test.each([
  ['started', true, started],
  ['started after a crash', false, started],
  ['audited', true, (disk: SimulatedDisk) => auditJournal(disk, DIR)],
] as const)(
  'J12 a journal of version 1 is refused when it is %s, and stays as it is',
  async (_when, closed, open) => {
    const disk = await diskWith(version1, closed)
    const before = await contentOf(disk)
    const refusal = await Promise.resolve(open(disk)).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(RulesDiffer)
    const { message } = refusal as RulesDiffer
    expect(message).toContain(`${FIRST_SEGMENT}, record 1: `)
    expect(message).toContain('written by rules of version 1')
    expect(message).toContain('another data folder')
    expect(message).toContain('the release that wrote it')
    expect(await contentOf(disk)).toEqual(before)
  },
)

const current = JSON.stringify([COMMAND_VERSION, 'CreateUser', []])
const [older = ''] = version1

test.each<[what: string, payloads: readonly string[], refused: boolean]>([
  ['nothing', [], false],
  ['the present version', [current], false],
  ['the version before', [older], true],
  ['the version before, and the present one after it', [older, current], true],
  ['what is no command', ['rubbish'], false],
])('J12 a journal that begins with %s', async (_what, payloads, refused) => {
  const refusal = refuseOlderRules(await diskWith(payloads), DIR)
  if (refused) await expect(refusal).rejects.toThrow(RulesDiffer)
  else await expect(refusal).resolves.toBeUndefined()
})

test('J12 a folder without a journal has no rules yet', async () => {
  await expect(refuseOlderRules(new SimulatedDisk(), DIR)).resolves.toBeUndefined()
})

test('J4 a first batch that is damaged is left to the opening, which says so', async () => {
  const disk = await diskWith(version1)
  const file = await disk.open(FIRST_SEGMENT)
  await file.write(512 + 100, Buffer.from('?'))
  await file.close()
  await expect(refuseOlderRules(disk, DIR)).resolves.toBeUndefined()
  await expect(started(disk)).rejects.toThrow(`${FIRST_SEGMENT} at byte`)
})

test('J12 the commands of such a journal can still be listed', () => {
  expect(version1.map((line) => decodeCommand(Buffer.from(line)).type)).toContain('PlaceOrder')
})
