import { expect, test } from 'vitest'
import { ask } from '../core/engine/ask.ts'
import { apply } from '../core/engine/engine.ts'
import { decodeState, encodeState } from '../core/engine/snapshot.ts'
import { createState } from '../core/engine/state.ts'
import { createdUser, fundingCommands } from '../sandbox/liquidity.ts'
import { Prng } from '../server/feed/prng.ts'
import { writeCheckpoint } from '../server/journal/checkpoint.ts'
import { Journal } from '../server/journal/journal.ts'
import { memoryStorage } from '../server/journal/memory-storage.ts'
import { encodeCommand } from '../server/sequencer/command-codec.ts'
import { machineOf } from '../server/sequencer/machine.ts'
import { encodeSetAside } from '../server/sequencer/set-aside.ts'
import { auditJournal } from './journal-audit.ts'
import { Session } from './session.ts'
import { simulationVenue } from './simulation-venue.ts'
import { Workload } from './workload.ts'

/** A journal as a venue would have written it, and the state it leads to. */
async function journalOf(commands: number) {
  const storage = memoryStorage()
  const journal = await Journal.open(storage, 'data', { segmentBytes: 2 ** 18 })
  const session = new Session(Date.UTC(2026, 0, 5))
  const records: { sequence: number; timestampMs: number; payload: Uint8Array }[] = []
  session.observe(({ sequence, timestampMs, command }) => {
    records.push({ sequence, timestampMs, payload: encodeCommand(command) })
  })
  const prng = new Prng(13)
  session.submit({ type: 'OpenVenue', document: simulationVenue(prng) })
  const workload = new Workload(session, session.state.venue!, prng)
  session.submit(workload.drift())
  const maker = createdUser(session.submit({ type: 'CreateUser' }))
  const funds = fundingCommands(session.state.venue!, maker, session.state.prices, 1_000_000)
  for (const command of [...funds, ...workload.opening()]) session.submit(command)
  while (session.commands < commands) session.submit(workload.next())
  for (let from = 0; from < records.length; from += 50) {
    await journal.append(records.slice(from, from + 50))
  }
  return { storage, journal, session }
}

function hashOf(state: Session['state']): string {
  const machine = machineOf({ createState, apply, ask, encodeState, decodeState })
  machine.load(encodeState(state))
  return machine.stateHash()
}

test('a journal is audited to the hash of the state it leads to', async () => {
  const { storage, journal, session } = await journalOf(400)
  const chain = await journal.chainAt(400)
  await writeCheckpoint(storage, 'data', {
    sequence: 400,
    timestampMs: session.nowMs,
    chain: chain!,
    bytes: encodeState(session.state),
  })
  await journal.close()
  const result = await auditJournal(storage, 'data')
  expect(result.violations).toEqual([])
  expect(result).toMatchObject({ ok: true, commands: 400, stateHash: hashOf(session.state) })
  expect(result.events).toBeGreaterThan(400)
})

test('a checkpoint that holds another state is a violation', async () => {
  const { storage, journal } = await journalOf(200)
  const chain = await journal.chainAt(200)
  const bytes = encodeState(createState())
  await writeCheckpoint(storage, 'data', { sequence: 200, timestampMs: 0, chain: chain!, bytes })
  const result = await auditJournal(storage, 'data')
  expect(result.ok).toBe(false)
  expect(result.violations).toEqual(['the checkpoint at 200 holds another state than the journal'])
})

test('a command that was set aside is passed over', async () => {
  const { storage, journal } = await journalOf(100)
  const payload = encodeCommand({ type: 'SetIndexPrices', prices: [[99 as never, null]] })
  const timestampMs = Date.UTC(2027, 0, 1)
  await journal.append([{ sequence: 101, timestampMs, payload }])
  const before = await auditJournal(storage, 'data')
  expect(before.violations[0]).toMatch(/^command 101 cannot be applied/)
  await journal.appendNote(timestampMs, encodeSetAside(101, 'an index price is of a known asset'))
  expect(await auditJournal(storage, 'data')).toMatchObject({ ok: true, commands: 101 })
})

test('an empty journal is sound', async () => {
  const storage = memoryStorage()
  await (await Journal.open(storage, 'data')).close()
  expect(await auditJournal(storage, 'data')).toMatchObject({ ok: true, commands: 0, events: 0 })
})
