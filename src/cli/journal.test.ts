import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { Command } from '../core/domain/command.ts'
import type { UserId } from '../core/domain/ids.ts'
import { Journal } from '../server/journal/journal.ts'
import { nodeStorage } from '../server/journal/node-storage.ts'
import { encodeCommand } from '../server/sequencer/command-codec.ts'
import { journalIn, runInspect, runVerify } from './journal.ts'
import { after, lineOf, newest, runTail } from './journal-tail.ts'

const data = mkdtempSync(join(tmpdir(), 'fulcrum-cli-journal-'))
const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
let journal: Journal

const AT_MS = Date.UTC(2026, 0, 5)
const STEP = { type: 'AdvanceTime' } as const
const USER = { type: 'CreateUser' } as const
/** Small enough that the commands below fill several. */
const SEGMENT_BYTES = 4_096

function append(first: number, commands: readonly Command[]): Promise<unknown> {
  return journal.append(
    commands.map((command, place) => ({
      sequence: first + place,
      timestampMs: AT_MS + first + place,
      payload: encodeCommand(command),
    })),
  )
}

beforeAll(async () => {
  journal = await Journal.open(nodeStorage(), data, { segmentBytes: SEGMENT_BYTES })
  for (let first = 1; first <= 20; first += 2) await append(first, [USER, STEP])
})
beforeEach(() => printed.mockClear())
afterAll(async () => {
  await journal.close()
  rmSync(data, { recursive: true })
})

function printedJson(): Record<string, unknown> {
  return JSON.parse(printed.mock.calls.map(([text]) => text).join('\n'))
}

test('inspect tells what a journal that is still open holds', async () => {
  expect(await runInspect({ data })).toBe(0)
  expect(printedJson()).toMatchObject({
    sequence: 20,
    epoch: 1,
    closedInOrder: false,
    tornTail: null,
    chainHead: Buffer.from(journal.head.chain).toString('hex'),
    first: { sequence: 1, time: '2026-01-05T00:00:00.001Z' },
    last: { sequence: 20, time: '2026-01-05T00:00:00.020Z' },
    commands: { CreateUser: 10, AdvanceTime: 10 },
    setAside: {},
  })
})

test('verify of a whole journal is ok, and of one with a flipped byte says where', async () => {
  expect(await runVerify({ data })).toBe(0)
  expect(printedJson()).toMatchObject({ ok: true, sequence: 20 })
  printed.mockClear()
  const [name = ''] = readdirSync(journalIn(data))
  const path = join(journalIn(data), name)
  const whole = readFileSync(path)
  const damaged = Buffer.from(whole)
  damaged[600] = (damaged[600] ?? 0) ^ 1
  writeFileSync(path, damaged)
  expect(await runVerify({ data })).toBe(1)
  expect(printedJson()).toMatchObject({ ok: false, file: path })
  writeFileSync(path, whole)
})

test.each([
  ['0', []],
  ['1', [20]],
  ['3', [18, 19, 20]],
  ['19', Array.from({ length: 19 }, (_, place) => place + 2)],
  ['99', Array.from({ length: 20 }, (_, place) => place + 1)],
])('tail -n %s prints as many of the newest, across segments', async (lines, sequences) => {
  expect(readdirSync(journalIn(data)).length).toBeGreaterThan(2)
  expect(await runTail({ data, lines })).toBe(0)
  expect(printed.mock.calls.map(([line]) => JSON.parse(line).sequence)).toEqual(sequences)
})

test.each(['-1', 'x', '', '1.5'])('tail -n %s is refused', async (lines) => {
  await expect(runTail({ data, lines })).rejects.toMatchObject({ name: 'WrongInput' })
})

test('a folder without a journal is refused', async () => {
  const missing = { data: join(data, 'nowhere') }
  await expect(runVerify(missing)).rejects.toMatchObject({ name: 'WrongInput' })
  await expect(runTail(missing)).rejects.toMatchObject({ name: 'WrongInput' })
})

test('what is written after a look is what the next look brings, also in new segments', async () => {
  const directory = journalIn(data)
  const before = await newest(directory, 1)
  expect((await after(directory, before.place)).records).toEqual([])
  for (let first = 21; first <= 40; first += 2) await append(first, [STEP, USER])
  const more = await after(directory, before.place)
  expect(more.records.map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: 20 }, (_, place) => place + 21),
  )
  expect((await after(directory, more.place)).records).toEqual([])
})

test('a line shows amounts as text, exactly', () => {
  const wallet = { userId: 1 as UserId, wallet: 'SPOT', asset: 0 } as const
  const command = { type: 'Deposit', ...wallet, amount: 2n ** 63n } as unknown as Command
  const line = lineOf({ sequence: 1, timestampMs: AT_MS, payload: encodeCommand(command) })
  expect(JSON.parse(line)).toEqual({
    sequence: 1,
    time: '2026-01-05T00:00:00.000Z',
    type: 'Deposit',
    ...wallet,
    amount: '9223372036854775808',
  })
})
