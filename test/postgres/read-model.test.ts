import { afterAll, expect, test } from 'vitest'
import type { UserId } from '../../src/core/domain/ids.ts'
import { IdentityStore } from '../../src/server/access/identity-store.ts'
import { ephemeralMasterKey } from '../../src/server/access/master-key.ts'
import { openPostgresStore } from '../../src/server/projections/postgres-store.ts'
import { Projector } from '../../src/server/projections/projector.ts'
import type { OrderScope } from '../../src/server/projections/queries/orders.ts'
import { type Queries, queriesOf } from '../../src/server/projections/queries.ts'
import { contents, SampleHistory } from '../../src/server/projections/sample-history.ts'
import { BTCUSDT, MAKER, OTHER, USER } from '../../src/server/projections/sample-orders.ts'
import { openSqliteStore } from '../../src/server/projections/sqlite-store.ts'
import { IN_MEMORY } from '../../src/server/sql/sqlite.ts'
import { postgresForTests } from './server.ts'

const postgres = await postgresForTests()
const missing = 'missing' in postgres ? postgres.missing : null
const url = 'url' in postgres ? postgres.url : ''
const schema = `fulcrum_test_${process.pid}`
const quietUsers = new Set([MAKER])

afterAll(async () => {
  if ('stop' in postgres) await postgres.stop()
})

const onPostgres = (name: string, body: () => Promise<void>) =>
  test(
    missing === null ? name : `${name} (skipped: ${missing})`,
    {
      skip: missing !== null,
    },
    body,
  )

const outcomes = new SampleHistory(11).outcomes(600)

async function fromSqlite() {
  const store = await openSqliteStore({ path: IN_MEMORY, history: 'one', threaded: false })
  const projector = await Projector.open(store, { quietUsers })
  for (const outcome of outcomes) projector.offer(outcome)
  await projector.flush()
  return { store, projector }
}

onPostgres('projection: PostgreSQL holds the same rows as SQLite, across restarts', async () => {
  for (const upTo of [150, 400, 600]) {
    const store = await openPostgresStore({ url, schema, history: 'one' })
    const projector = await Projector.open(store, { quietUsers, batchMax: 64 })
    expect(projector.applied).toBe({ 150: 0, 400: 150, 600: 400 }[upTo])
    for (const outcome of outcomes.slice(projector.applied, upTo)) projector.offer(outcome)
    await projector.close()
  }
  const sqlite = await fromSqlite()
  const store = await openPostgresStore({ url, schema, history: 'one' })
  expect(await contents(store.database)).toEqual(await contents(sqlite.store.database))
  await store.close()
  await sqlite.projector.close()
})

/** Of all its orders that were amended. */
async function amendmentsOf(queries: Queries, scope: OrderScope) {
  const orders = await queries.orders({ ...scope, limit: 1_000 })
  const amended = orders.filter(({ amendments }) => amendments > 0)
  return Promise.all(
    amended.map(({ id }) => queries.amendments({ ...scope, orderId: id, limit: 9 })),
  )
}

onPostgres('projection: PostgreSQL answers every question as SQLite does', async () => {
  const sqlite = await fromSqlite()
  const store = await openPostgresStore({ url, schema, history: 'one' })
  const answers = async (queries: Queries) => {
    const scope = { userId: USER, wallet: 'CROSS_MARGIN', symbol: BTCUSDT } as const
    const [first] = await queries.orders({ ...scope, limit: 1_000 })
    const startMs = (first?.createdMs ?? 0) + 600_000
    const page = { page: 2, size: 3 }
    const nowMs = outcomes.at(-1)?.timestampMs ?? 0
    const hours = {
      openTimeOf: (timeMs: number) => Math.floor(timeMs / 3_600_000) * 3_600_000,
      closeTimeOf: (openTimeMs: number) => openTimeMs + 3_599_999,
    }
    return [
      first,
      await queries.orderByClientId(scope, first?.clientOrderId ?? ''),
      await queries.orders({ ...scope, startMs, limit: 5 }),
      await queries.orderList(scope, { listId: null, clientListId: 'list-3' }),
      await queries.orderLists({ userId: USER, wallet: 'CROSS_MARGIN', startMs, limit: 5 }),
      await amendmentsOf(queries, scope),
      await queries.preventedMatches({ ...scope, limit: 5 }),
      await queries.trades({ ...scope, startMs, endMs: startMs + 900_000, limit: 50 }),
      await queries.publicTrades(BTCUSDT, { limit: 9 }),
      await queries.aggregateTrades(BTCUSDT, { startMs, limit: 9 }),
      await queries.klines(BTCUSDT, hours, { nowMs, limit: 9 }),
      await queries.transfers(USER, { ...page, touching: 'CROSS_MARGIN' }),
      await queries.borrowRepay(OTHER, { ...page, type: 'BORROW' }),
      await queries.interestHistory(OTHER, page),
      await queries.liquidationOrders(USER, { ...page, pair: null }),
      await queries.liquidations(null, 3),
      await queries.usersByKyc('NONE', 3),
      await queries.kycHistory(USER, page),
    ]
  }
  const expected = await answers(queriesOf(sqlite.store.database))
  // An answer that says nothing compares with anything.
  for (const answer of expected) expect(answer).not.toEqual(Array.isArray(answer) ? [] : null)
  expect(await answers(queriesOf(store.database))).toEqual(expected)
  await store.close()
  await sqlite.projector.close()
})

onPostgres('projection: PostgreSQL filled from another history is emptied', async () => {
  const store = await openPostgresStore({ url, schema, history: 'another' })
  const projector = await Projector.open(store)
  expect(projector.applied).toBe(0)
  await projector.close()
})

onPostgres('projection: a second writer in PostgreSQL is noticed', async () => {
  const [first, second] = [
    await openPostgresStore({ url, schema, history: 'two' }),
    await openPostgresStore({ url, schema, history: 'two' }),
  ]
  const failures: unknown[] = []
  const leader = await Projector.open(first)
  const other = await Projector.open(second, { onFailure: (error) => failures.push(error) })
  for (const outcome of outcomes.slice(0, 2)) leader.offer(outcome)
  await leader.flush()
  other.offer(outcomes[0]!)
  await expect(other.flush()).rejects.toThrow('one writer')
  expect(failures.length).toBe(1)
  await other.close()
  await leader.close()
})

onPostgres('identity: keys in PostgreSQL are seen by another process after a refresh', async () => {
  const masterKey = ephemeralMasterKey()
  const identities = `${schema}_identity`
  const [here, there] = [
    await IdentityStore.open(url, masterKey, identities),
    await IdentityStore.open(url, masterKey, identities),
  ]
  const created = await here.createKey({
    userId: 5 as UserId,
    type: 'HMAC',
    label: 'bot',
    permissions: ['READ'],
    nowMs: 1,
  })
  if (typeof created === 'string') throw new Error(created)
  const { apiKey } = created.key
  expect(there.find(apiKey)).toBeUndefined()
  await there.refresh()
  expect(there.find(apiKey)?.keyObject.equals(created.key.keyObject)).toBe(true)
  await here.revokeKey(5 as UserId, apiKey, 2)
  await there.refresh()
  expect(there.find(apiKey)).toBeUndefined()
  await here.close()
  await there.close()
})
