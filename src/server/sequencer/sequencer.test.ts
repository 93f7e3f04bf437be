import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Command } from '../../core/domain/command.ts'
import type { Outcome } from '../../core/domain/event.ts'
import type { AssetIndex, UserId } from '../../core/domain/ids.ts'
import type { Amount } from '../../core/money/amount.ts'
import { listCheckpoints } from '../journal/checkpoint.ts'
import { JournalDamaged, JournalFailed } from '../journal/journal-error.ts'
import { SimulatedDisk } from '../journal/simulated-disk.ts'
import { CommandInvalid } from './command-codec.ts'
import type { Engine } from './machine.ts'
import type { SequencerOptions } from './sequencer.ts'
import { Sequencer } from './sequencer.ts'
import { Overloaded, ReplayDiverged, SequencerClosed, TooLate } from './sequencer-error.ts'
import type { ToyState } from './toy-engine.ts'
import { POISON, TOY_ENGINE } from './toy-engine.ts'

const DIR = '/data'

function deposit(amount: bigint): Command {
  return {
    type: 'Deposit',
    userId: 1 as UserId,
    wallet: 'SPOT',
    asset: 0 as AssetIndex,
    amount: amount as Amount,
  }
}

function venueOn(disk: SimulatedDisk, options: Partial<SequencerOptions<ToyState>> = {}) {
  const said: string[] = []
  const log = {
    info: () => {},
    warn: (fields: object, message: string) => said.push(`${message} ${JSON.stringify(fields)}`),
    error: (_: object, message: string) => said.push(message),
  }
  let ms = 0
  const clock = { nowMs: () => ++ms }
  const settings = { engine: TOY_ENGINE, dir: DIR, storage: disk, clock, log, segmentBytes: 8_192 }
  return Sequencer.open({ ...settings, onFatal: () => {}, ...options }).then((sequencer) =>
    Object.assign(sequencer, { said }),
  )
}

async function submitAll(sequencer: Sequencer, amounts: readonly bigint[]): Promise<Outcome[]> {
  return Promise.all(amounts.map((amount) => sequencer.submit(deposit(amount))))
}

/** The state that follows from commands applied one after another, with no journal at all. */
async function hashWithout(sequencer: Sequencer, disk: SimulatedDisk): Promise<string> {
  const copy = disk.processKill()
  for (const path of copy.paths().filter((name) => name.includes('checkpoints')))
    await copy.remove(path)
  const replayed = await venueOn(copy)
  expect(replayed.sequence).toBe(sequencer.sequence)
  return replayed.stateHash()
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

test('commands are numbered in the order they came, stamped with rising times, heard before they are answered', async () => {
  const sequencer = await venueOn(new SimulatedDisk())
  const heard: string[] = []
  const stop = sequencer.subscribe((outcome, command) =>
    heard.push(`${outcome.sequence} ${command.type} ${sequencer.sequence}`),
  )
  const first = sequencer
    .submit(deposit(1n))
    .then((outcome) => heard.push(`answer ${outcome.sequence}`))
  const second = sequencer.submit({ type: 'AdvanceTime' })
  await first
  expect(heard).toEqual(['1 Deposit 1', '2 AdvanceTime 2', 'answer 1'])
  stop()
  const third = await sequencer.submit(deposit(1n))
  expect(third.timestampMs).toBeGreaterThan((await second).timestampMs)
  expect(heard.length).toBe(3)
  await sequencer.close()
})

test('J6 what arrives during a sync is written as the next batch', async () => {
  const disk = new SimulatedDisk()
  const sequencer = await venueOn(disk)
  let syncs = 0
  let release: () => void = () => {}
  disk.fault = async (operation, path) => {
    if (operation !== 'sync' || !path.endsWith('.log')) return
    syncs += 1
    if (syncs === 1)
      await new Promise<void>((resolve) => {
        release = resolve
      })
  }
  const first = sequencer.submit(deposit(1n))
  await settled()
  const rest = submitAll(sequencer, [2n, 3n, 4n, 5n])
  await settled()
  expect(syncs).toBe(1)
  release()
  await first
  expect((await rest).map((outcome) => outcome.sequence)).toEqual([2, 3, 4, 5])
  expect(syncs).toBe(2)
  await sequencer.close()
})

test('J7 nothing is applied, heard or answered before its sync', async () => {
  const disk = new SimulatedDisk()
  const sequencer = await venueOn(disk)
  const before = sequencer.stateHash()
  const seen: unknown[] = []
  sequencer.subscribe((outcome) => seen.push(outcome))
  let release: () => void = () => {}
  disk.fault = async (operation) => {
    if (operation === 'sync')
      await new Promise<void>((resolve) => {
        release = resolve
      })
  }
  const answer = sequencer.submit(deposit(1n)).then((outcome) => seen.push(outcome))
  await settled()
  expect([seen, sequencer.sequence, sequencer.stateHash()]).toEqual([[], 0, before])
  disk.fault = () => {}
  release()
  await answer
  expect(seen.length).toBe(2)
  await sequencer.close()
})

test('J7 J8 a failed write or sync answers nobody, tells the process to end, and takes nothing more', async () => {
  for (const failing of ['write', 'sync'] as const) {
    const disk = new SimulatedDisk()
    const fatal: unknown[] = []
    const sequencer = await venueOn(disk, { onFatal: (error) => fatal.push(error) })
    await sequencer.submit(deposit(1n))
    const seen: unknown[] = []
    sequencer.subscribe((outcome) => seen.push(outcome))
    disk.fault = (operation) => {
      if (operation === failing) throw new Error('EIO')
    }
    const lost = [sequencer.submit(deposit(2n)), sequencer.submit(deposit(3n))]
    for (const submitted of lost) await expect(submitted).rejects.toThrow(JournalFailed)
    disk.fault = () => {}
    await expect(sequencer.submit(deposit(4n))).rejects.toThrow(JournalFailed)
    expect([seen, sequencer.sequence, fatal.length]).toEqual([[], 1, 1])
    await sequencer.close()
    const again = await venueOn(disk.powerCut())
    expect(again.sequence).toBeLessThanOrEqual(3)
  }
})

test('J9 recovery equals never having stopped, however often it happens and wherever checkpoints fall', async () => {
  const run = fc.array(fc.array(fc.bigInt({ min: 0n, max: 10n ** 30n }), { maxLength: 20 }), {
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(
      run,
      fc.integer({ min: 1, max: 30 }),
      fc.boolean(),
      async (runs, every, kill) => {
        let disk = new SimulatedDisk()
        const straight = await venueOn(new SimulatedDisk())
        let hash = straight.stateHash()
        for (const amounts of runs) {
          const sequencer = await venueOn(disk, {
            checkpointEvery: every,
            clock: { nowMs: () => 5 },
          })
          expect(sequencer.stateHash()).toBe(hash)
          await submitAll(sequencer, amounts)
          hash = sequencer.stateHash()
          if (kill) disk = disk.processKill()
          else await sequencer.close()
        }
        const last = await venueOn(disk)
        expect(last.stateHash()).toBe(hash)
        expect(await hashWithout(last, disk)).toBe(hash)
      },
    ),
    { numRuns: 40 },
  )
})

test('J10 a spoiled checkpoint falls back to the one before, and then to the beginning', async () => {
  const disk = new SimulatedDisk()
  for (const amounts of [[1n, 2n], [3n], [4n, 5n]]) {
    const sequencer = await venueOn(disk)
    await submitAll(sequencer, amounts)
    await sequencer.close()
  }
  const whole = await venueOn(disk.processKill())
  const sequences = await listCheckpoints(disk, DIR)
  expect(sequences).toEqual([5, 3])
  for (const [spoiled, count] of [
    [sequences.slice(0, 1), 1],
    [sequences, 2],
  ] as const) {
    const copy = disk.processKill()
    for (const sequence of spoiled) {
      const path = `${DIR}/checkpoints/${String(sequence).padStart(20, '0')}.bin`
      copy.bytes(path).fill(1, 130)
    }
    const recovered = await venueOn(copy)
    expect(recovered.stateHash()).toBe(whole.stateHash())
    expect(recovered.said.filter((line) => line.includes('passed over')).length).toBe(count)
  }
})

test('J10 a checkpoint of another journal is not used', async () => {
  const disk = new SimulatedDisk()
  const other = new SimulatedDisk()
  for (const [on, amount] of [
    [disk, 1n],
    [other, 2n],
  ] as const) {
    const sequencer = await venueOn(on)
    await sequencer.submit(deposit(amount))
    await sequencer.close()
  }
  const name = `${DIR}/checkpoints/00000000000000000001.bin`
  other.bytes(name).copy(disk.bytes(name))
  const recovered = await venueOn(disk)
  expect(recovered.said.join()).toContain('it belongs to another journal')
  expect(recovered.stateHash()).toBe(await hashWithout(recovered, disk))
})

test('J4 a checkpoint past the journal’s end means the end was lost: refused', async () => {
  const disk = new SimulatedDisk()
  const sequencer = await venueOn(disk)
  await submitAll(sequencer, [1n, 2n])
  await sequencer.close()
  const journal = disk.paths().filter((path) => path.includes('/journal/'))
  for (const path of journal) await disk.remove(path)
  await expect(venueOn(disk)).rejects.toThrow(JournalDamaged)
  await expect(venueOn(disk)).rejects.toThrow('ends at sequence 0, but there is a checkpoint at 2')
})

test('J11 a command that trips an assertion is set aside once, and the rest of its batch goes on', async () => {
  const disk = new SimulatedDisk()
  const sequencer = await venueOn(disk)
  const heard: number[] = []
  sequencer.subscribe((outcome) => heard.push(outcome.sequence))
  const outcomes = await submitAll(sequencer, [1n, POISON, 3n, POISON, 5n])
  expect(outcomes.map((outcome) => outcome.refusal)).toEqual([
    null,
    { reason: 'internal_error', claim: 'no deposit is poisonous' },
    null,
    { reason: 'internal_error', claim: 'no deposit is poisonous' },
    null,
  ])
  expect(heard).toEqual([1, 2, 3, 4, 5])
  expect(sequencer.ask('status', {})).toMatchObject({ sequence: 5, users: 3 })
  expect(sequencer.said).toEqual(['a command was set aside', 'a command was set aside'])
  const hash = sequencer.stateHash()
  const killed = await venueOn(disk.processKill())
  await sequencer.close()
  const closed = await venueOn(disk)
  for (const again of [killed, closed]) {
    expect([again.stateHash(), again.sequence, again.said]).toEqual([hash, 5, []])
    expect([...again.setAside.keys()]).toEqual([2, 4])
  }
  expect(await hashWithout(closed, disk)).toBe(hash)
})

test('J11 killed before the set-aside was written down, the restart writes it, once', async () => {
  const disk = new SimulatedDisk()
  const sequencer = await venueOn(disk)
  await submitAll(sequencer, [1n, 2n])
  let left: SimulatedDisk | null = null
  disk.fault = (operation) => {
    if (operation !== 'write') return
    // The first write after this is the batch, the second the note.
    if (writes === 1) left = disk.processKill()
    writes += 1
  }
  let writes = 0
  await submitAll(sequencer, [3n, POISON, 5n])
  const recovered = await venueOn(left as unknown as SimulatedDisk)
  expect(recovered.said).toEqual(['a command was set aside'])
  expect(recovered.stateHash()).toBe(sequencer.stateHash())
  await recovered.close()
  expect((await venueOn(left as unknown as SimulatedDisk)).said).toEqual([])
})

test('J11 a command that was applied and fails on replay stops the start instead', async () => {
  const disk = new SimulatedDisk()
  const sequencer = await venueOn(disk)
  await submitAll(sequencer, [1n, 2n, 3n])
  const brittle: Engine<ToyState> = {
    ...TOY_ENGINE,
    apply: (state, sequenced) => {
      if (sequenced.sequence === 2) throw new Error('changed my mind')
      return TOY_ENGINE.apply(state, sequenced)
    },
  }
  await submitAll(sequencer, [4n])
  await submitAll(sequencer, [5n])
  await expect(venueOn(disk.processKill(), { engine: brittle })).rejects.toThrow(ReplayDiverged)
})

test('more than the queue holds is refused, and so is what the journal cannot hold', async () => {
  const sequencer = await venueOn(new SimulatedDisk(), { queueCommandsMax: 3 })
  const taken = submitAll(sequencer, [1n, 2n, 3n])
  const loan = { type: 'Borrow', userId: 1, asset: 0, amount: 1n } as Command
  const noRoom = expect(sequencer.submit(loan)).rejects.toThrow(Overloaded)
  const intoReserve = submitAll(sequencer, [4n])
  await expect(sequencer.submit(deposit(5n))).rejects.toThrow(Overloaded)
  await Promise.all([noRoom, taken, intoReserve])
  await expect(sequencer.submit(deposit(6 as unknown as bigint))).rejects.toThrow(CommandInvalid)
  expect((await sequencer.submit(deposit(7n))).sequence).toBe(5)
  await sequencer.close()
  await expect(sequencer.submit(deposit(7n))).rejects.toThrow(SequencerClosed)
})

test('W2 a command that its sender gave up is not written', async () => {
  const sequencer = await venueOn(new SimulatedDisk())
  let late = false
  const first = sequencer.submit(deposit(1n), () => late)
  const second = sequencer.submit(deposit(2n), () => true)
  await expect(second).rejects.toThrow(TooLate)
  expect((await first).sequence).toBe(1)
  late = true
  await expect(sequencer.submit(deposit(3n), () => late)).rejects.toThrow(TooLate)
  expect((await sequencer.submit(deposit(4n))).sequence).toBe(2)
  await sequencer.close()
})

test('closing finishes what was taken', async () => {
  const disk = new SimulatedDisk()
  const sequencer = await venueOn(disk)
  const answers = submitAll(sequencer, [1n, 2n, 3n])
  await sequencer.close()
  expect((await answers).map((outcome) => outcome.sequence)).toEqual([1, 2, 3])
  expect(await listCheckpoints(disk, DIR)).toEqual([3])
})

test('a read model that lags is told what it missed', async () => {
  const disk = new SimulatedDisk()
  const sequencer = await venueOn(disk, { checkpointEvery: 2 })
  for (const amount of [1n, POISON, 3n, 4n, 5n]) await sequencer.submit(deposit(amount))
  await sequencer.close()
  for (const after of [0, 1, 3, 4, 5]) {
    const missed: number[] = []
    const listener = (outcome: Outcome) => missed.push(outcome.sequence)
    await venueOn(disk.processKill(), { catchUp: { after, listener } })
    expect(missed).toEqual([1, 2, 3, 4, 5].slice(after))
  }
})

test('time stamps never decrease, over a restart and a clock that went back', async () => {
  const disk = new SimulatedDisk()
  const sequencer = await venueOn(disk, { clock: { nowMs: () => 1_000 } })
  await sequencer.submit(deposit(1n))
  await sequencer.close()
  const told: number[] = []
  const clock = { nowMs: () => 10, continueFrom: (ms: number) => told.push(ms) }
  const again = await venueOn(disk, { clock })
  expect((await again.submit(deposit(1n))).timestampMs).toBe(1_000)
  expect([told, again.nowMs()]).toEqual([[1_000], 1_000])
})

test('a venue that keeps nothing behaves the same, and lets its past go', async () => {
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const storage = new SimulatedDisk()
  const sequencer = await Sequencer.open({
    engine: TOY_ENGINE,
    dir: null,
    storage,
    clock: { nowMs: () => 1 },
    log,
    checkpointEvery: 50,
    segmentBytes: 8_192,
  })
  for (let n = 1n; n <= 400n; n += 1n) await sequencer.submit(deposit(n))
  const segments = () => storage.paths().filter((path) => path.endsWith('.log')).length
  expect(segments()).toBeLessThan(15)
  const hash = sequencer.stateHash()
  const outcomes = await submitAll(sequencer, [POISON, POISON])
  expect(outcomes.map((outcome) => outcome.refusal?.reason)).toEqual([
    'internal_error',
    'internal_error',
  ])
  expect(sequencer.ask('status', {})).toMatchObject({ sequence: 402, users: 400 })
  expect(sequencer.stateHash()).not.toBe(hash)
  await sequencer.close()
})

test('without a folder nothing needs a disk', async () => {
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const clock = { nowMs: () => 1 }
  const sequencer = await Sequencer.open({ engine: TOY_ENGINE, dir: null, clock, log })
  const outcomes = await submitAll(sequencer, [1n, POISON, 3n])
  expect(outcomes.map((outcome) => outcome.refusal?.reason ?? null)).toEqual([
    null,
    'internal_error',
    null,
  ])
  await sequencer.close()
})
