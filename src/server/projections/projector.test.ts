import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { Outcome } from '../../core/domain/event.ts'
import type { Sequence } from '../../core/domain/ids.ts'
import { IN_MEMORY } from '../sql/sqlite.ts'
import type { Batch } from './batch.ts'
import { Projector } from './projector.ts'
import { contents, SampleHistory } from './sample-history.ts'
import { MAKER } from './sample-orders.ts'
import { openSqliteStore } from './sqlite-store.ts'
import type { ReadModelStore } from './store.ts'

const quietUsers = new Set([MAKER])

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'fulcrum-read-model-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

function inMemory(): Promise<ReadModelStore> {
  return openSqliteStore({ path: IN_MEMORY, history: 'one', threaded: false })
}

async function rebuilt(outcomes: readonly Outcome[]) {
  const store = await inMemory()
  const projector = await Projector.open(store, { quietUsers })
  for (const outcome of outcomes) projector.offer(outcome)
  await projector.flush()
  const rows = await contents(store.database)
  await projector.close()
  return rows
}

test('projection: any batches, restarts and repetitions leave what a rebuild from zero leaves', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.array(fc.constantFrom('offer', 'offer', 'offer', 'flush', 'restart', 'repeat'), {
        minLength: 40,
        maxLength: 120,
      }),
      async (seed, steps) => {
        const history = new SampleHistory(seed)
        const outcomes: Outcome[] = []
        const store = await inMemory()
        let projector = await Projector.open(store, { quietUsers, batchMax: 7 })
        for (const step of steps) {
          if (step === 'offer') {
            outcomes.push(history.outcome())
            projector.offer(outcomes.at(-1)!)
          } else {
            if (step !== 'repeat') await projector.flush()
            if (step === 'restart') projector = await Projector.open(store, { quietUsers })
            if (step === 'repeat') for (const outcome of outcomes) projector.offer(outcome)
          }
        }
        await projector.flush()
        expect(await contents(store.database)).toEqual(await rebuilt(outcomes))
        await projector.close()
      },
    ),
    { numRuns: 25 },
  )
})

test('projection: it goes on in a file where it was left', async () => {
  const outcomes = new SampleHistory(7).outcomes(300)
  const path = join(folder(), 'read.sqlite')
  for (const upTo of [100, 200, 300]) {
    const store = await openSqliteStore({ path, history: 'one', threaded: false })
    const projector = await Projector.open(store, { quietUsers })
    expect(projector.applied).toBe(upTo - 100)
    for (const outcome of outcomes.slice(projector.applied, upTo)) projector.offer(outcome)
    await projector.close()
  }
  const store = await openSqliteStore({ path, history: 'one', threaded: false })
  expect(await contents(store.database)).toEqual(await rebuilt(outcomes))
  await store.close()
})

test('projection: a thread of its own writes the same', async () => {
  const outcomes = new SampleHistory(8).outcomes(300)
  const store = await openSqliteStore({
    path: join(folder(), 'read.sqlite'),
    history: 'one',
    threaded: true,
  })
  const projector = await Projector.open(store, { quietUsers, batchMax: 64 })
  for (const outcome of outcomes) projector.offer(outcome)
  await projector.flush()
  expect(projector.applied).toBe(300)
  expect(await contents(store.database)).toEqual(await rebuilt(outcomes))
  await projector.close()
})

test.each([
  ['of another history', (path: string) => openAndClose(path, 'another')],
  ['of another schema', (path: string) => openWithOtherSchema(path)],
  ['that is no database', async (path: string) => writeFileSync(path, 'x'.repeat(9_000))],
  ['that is empty', async (path: string) => writeFileSync(path, '')],
])('projection: a file %s is made anew', async (_, spoil) => {
  const path = join(folder(), 'read.sqlite')
  await spoil(path)
  const store = await openSqliteStore({ path, history: 'one', threaded: false })
  const projector = await Projector.open(store)
  expect(projector.applied).toBe(0)
  projector.offer(new SampleHistory(1).outcome())
  await projector.flush()
  await projector.close()
})

async function openAndClose(path: string, history: string): Promise<void> {
  const store = await openSqliteStore({ path, history, threaded: false })
  const projector = await Projector.open(store)
  projector.offer(new SampleHistory(2).outcome())
  await projector.close()
}

test.each([
  [10, 10],
  [11, 10],
  [9, 0],
])('projection: a history that ends with %d finds %d of 10', async (latest, applied) => {
  const path = join(folder(), 'read.sqlite')
  const options = { path, history: 'one', threaded: false }
  const before = await Projector.open(await openSqliteStore(options))
  for (const outcome of new SampleHistory(2).outcomes(10)) before.offer(outcome)
  await before.close()
  const store = await openSqliteStore({ ...options, latest: latest as Sequence })
  const projector = await Projector.open(store)
  expect(projector.applied).toBe(applied)
  await projector.close()
})

async function openWithOtherSchema(path: string): Promise<void> {
  const store = await openSqliteStore({ path, history: 'one', threaded: false })
  await store.write({ from: 0 as Sequence, to: 9 as Sequence, changes: [] })
  await store.database
    .insertInto('kysely_migration' as 'users')
    .values({ name: 'read-model-0', timestamp: '2020' } as never)
    .execute()
  await store.close()
}

test('projection: what cannot be opened for another reason is left alone', async () => {
  const path = folder()
  await expect(openSqliteStore({ path, history: 'one', threaded: false })).rejects.toThrow()
  expect(existsSync(path)).toBe(true)
})

/** A store that fails as often as it is told to. */
async function failing(times: number): Promise<ReadModelStore> {
  const store = await inMemory()
  let left = times
  return {
    database: store.database,
    close: () => store.close(),
    write: async (batch: Batch) => {
      if (left-- > 0) throw new Error('no room')
      await store.write(batch)
    },
  }
}

test('projection: a write that fails is tried again, and whoever waits is told', async () => {
  const failures: unknown[] = []
  const store = await failing(1)
  const projector = await Projector.open(store, { onFailure: (error) => failures.push(error) })
  const outcomes = new SampleHistory(3).outcomes(5)
  for (const outcome of outcomes) projector.offer(outcome)
  await expect(projector.waitFor(5 as Sequence)).rejects.toThrow('no room')
  await projector.waitFor(5 as Sequence)
  expect([projector.applied, projector.waiting, failures.length]).toEqual([5, 0, 1])
  await projector.close()
})

test('projection: closing does not wait for a write that keeps failing', async () => {
  const projector = await Projector.open(await failing(1_000))
  projector.offer(new SampleHistory(3).outcome())
  await projector.close()
  expect(projector.applied).toBe(0)
  await expect(projector.waitFor(1 as Sequence)).rejects.toThrow('closed')
})

test('projection: waiting for what is not offered yet ends when it is there', async () => {
  const projector = await Projector.open(await inMemory())
  const outcomes = new SampleHistory(3).outcomes(2)
  const waiting = projector.waitFor(2 as Sequence)
  for (const outcome of outcomes) projector.offer(outcome)
  await projector.waitFor(1 as Sequence)
  await waiting
  expect(projector.applied).toBe(2)
  const never = projector.waitFor(3 as Sequence)
  const closed = expect(never).rejects.toThrow('closed')
  await projector.close()
  await closed
})

test('projection: a gap in what is offered is a bug', async () => {
  const projector = await Projector.open(await inMemory())
  const [, second] = new SampleHistory(3).outcomes(2)
  expect(() => projector.offer(second!)).toThrow('in sequence')
  await projector.close()
})
