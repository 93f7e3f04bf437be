import { Kysely, type LogEvent } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type {
  LiquidationId,
  OrderId,
  OrderListId,
  PreventedMatchId,
  Sequence,
  SymbolIndex,
  TradeId,
  UserId,
} from '../../core/domain/ids.ts'
import { migrate } from '../sql/migrate.ts'
import { IN_MEMORY, openSqlite, sqliteDialect } from '../sql/sqlite.ts'
import type { Batch } from './batch.ts'
import { migrationsFor } from './migrations.ts'
import { type Queries, queriesOf } from './queries.ts'
import { SqliteWriter } from './sqlite-writer.ts'
import type { ReadModel } from './tables.ts'
import { TABLES, type TableName } from './tables.ts'

const ROWS = 100_000
/** Enough for a question that goes on from what it finds there. */
const FEW = 1_000
const database = openSqlite(IN_MEMORY, 'normal')
const asked: LogEvent['query'][] = []
let queries: Queries

/** Rows that are all of one user, symbol and wallet: what a query reads beyond its answer shows. */
function filled(table: TableName, count: number): Batch {
  const columns = Object.entries(TABLES[table].columns)
  const cell = (column: string, type: string, i: number) => {
    if (['user_id', 'symbol', 'asset'].includes(column)) return 1
    if (column === 'wallet') return 'CROSS_MARGIN'
    if (column === 'width_ms') return 60_000
    if (column === 'orders') return `[${i}]`
    if (column === 'open_ms') return i * 60_000
    return type.startsWith('integer') ? i : String(i)
  }
  const rows = Array.from({ length: count }, (_, i) =>
    columns.map(([name, type]) => cell(name, type, i)),
  )
  const change = { kind: 'insert', table, columns: columns.map(([name]) => name), rows } as const
  return { from: 0 as Sequence, to: 0 as Sequence, changes: [change] }
}

beforeAll(async () => {
  const kysely = new Kysely<ReadModel>({
    dialect: sqliteDialect(database),
    log: ({ query }) => {
      asked.push(query)
    },
  })
  await migrate(kysely, migrationsFor('sqlite'))
  const writer = new SqliteWriter(database)
  for (const table of ['orders', 'trades'] as const) writer.write(filled(table, ROWS))
  const shorter = [
    'public_trades',
    'candles',
    'order_lists',
    'prevented_matches',
    'amendments',
  ] as const
  for (const table of shorter) writer.write(filled(table, FEW))
  queries = queriesOf(kysely)
})
afterAll(() => database.close())

const user = 1 as UserId
const scope = { userId: user, wallet: 'CROSS_MARGIN', symbol: 1 as SymbolIndex } as const
const minutes = {
  openTimeOf: (timeMs: number) => Math.floor(timeMs / 60_000) * 60_000,
  closeTimeOf: (openTimeMs: number) => openTimeMs + 59_999,
}
const lists = { userId: user, wallet: 'CROSS_MARGIN' } as const
const page = { page: 1, size: 10, startMs: ROWS - 20 }

test.each<[string, () => Promise<unknown>, string[]]>([
  ['an order by id', () => queries.orderById(scope, 9 as OrderId), ['PRIMARY KEY (order_id=?)']],
  [
    'an order by client id',
    () => queries.orderByClientId(scope, '9'),
    ['orders_by_client_id (user_id=? AND client_order_id=? AND wallet=? AND symbol=?)'],
  ],
  [
    'orders between times',
    () => queries.orders({ ...scope, startMs: 9, endMs: 99, limit: 500 }),
    [
      'orders_by_time (created_ms>?)',
      'orders_by_time (created_ms>?)',
      'orders_by_user (user_id=? AND wallet=? AND symbol=? AND order_id>? AND order_id<?)',
    ],
  ],
  [
    'a list by id',
    () => queries.orderList(lists, { listId: 9 as OrderListId, clientListId: null }),
    ['PRIMARY KEY (list_id=?)', 'orders_by_list (list_id=?)'],
  ],
  [
    'a list by client id',
    () => queries.orderList(lists, { listId: null, clientListId: '9' }),
    [
      'order_lists_by_client_id (user_id=? AND client_list_id=? AND wallet=?)',
      'orders_by_list (list_id=?)',
    ],
  ],
  [
    'lists between times',
    () => queries.orderLists({ ...lists, startMs: 9, endMs: 99, limit: 5 }),
    [
      'order_lists_by_time (created_ms>?)',
      'order_lists_by_time (created_ms>?)',
      'order_lists_by_user (user_id=? AND wallet=? AND list_id>? AND list_id<?)',
      'orders_by_list (list_id=?)',
    ],
  ],
  [
    'amendments of an order',
    () => queries.amendments({ ...scope, orderId: 9 as OrderId, limit: 500 }),
    ['PRIMARY KEY (order_id=? AND sequence>?)'],
  ],
  [
    'a prevented match',
    () =>
      queries.preventedMatches({ ...scope, preventedMatchId: 9 as PreventedMatchId, limit: 500 }),
    ['PRIMARY KEY (user_id=? AND wallet=? AND symbol=? AND prevented_match_id=?)'],
  ],
  [
    'prevented matches of an order',
    () =>
      queries.preventedMatches({
        ...scope,
        orderId: 9 as OrderId,
        fromId: 1 as PreventedMatchId,
        limit: 500,
      }),
    ['prevented_matches_by_order (order_id=? AND prevented_match_id>?)'],
  ],
  [
    'liquidation orders',
    () => queries.liquidationOrders(user, { ...page, pair: null }),
    Array(2).fill('orders_by_liquidation (user_id=? AND updated_ms>? AND updated_ms<?)'),
  ],
  [
    'trades between times',
    () => queries.trades({ ...scope, startMs: 9, endMs: 99, limit: 500 }),
    [
      'public_trades_by_time (symbol=? AND time_ms>?)',
      'public_trades_by_time (symbol=? AND time_ms>?)',
      'PRIMARY KEY (user_id=? AND wallet=? AND symbol=? AND trade_id>? AND trade_id<?)',
    ],
  ],
  [
    'trades of an order',
    () => queries.trades({ ...scope, orderId: 9 as OrderId, limit: 500 }),
    ['trades_by_order (order_id=?)'],
  ],
  [
    'trades of a liquidation',
    () => queries.tradesOfLiquidation(user, 9 as LiquidationId),
    ['trades_by_liquidation (liquidation_id=?'],
  ],
  [
    'public trades',
    () => queries.publicTrades(scope.symbol, { fromId: 9 as TradeId, limit: 500 }),
    ['PRIMARY KEY (symbol=? AND trade_id>?)'],
  ],
  [
    'aggregate trades',
    () => queries.aggregateTrades(scope.symbol, { startMs: 9, limit: 500 }),
    ['aggregate_trades_by_time (symbol=? AND time_ms>?)'],
  ],
  [
    'klines',
    () => queries.klines(scope.symbol, minutes, { nowMs: FEW * 60_000, limit: 500 }),
    [
      'PRIMARY KEY (symbol=? AND width_ms=?)',
      'PRIMARY KEY (symbol=? AND width_ms=? AND open_ms>? AND open_ms<?)',
      'PRIMARY KEY (symbol=? AND width_ms=? AND open_ms<?)',
    ],
  ],
  [
    'loans',
    () => queries.borrowRepay(user, { ...page, type: 'BORROW' }),
    Array(2).fill('PRIMARY KEY (user_id=? AND time_ms>? AND time_ms<?)'),
  ],
  ['who awaits review', () => queries.usersByKyc('PENDING', 10), ['users_by_kyc (kyc=?)']],
])('projection: %s are found through an index', async (what, ask, indexes) => {
  asked.length = 0
  await ask()
  const plans = asked.map(({ sql, parameters }) =>
    database
      .prepare(`explain query plan ${sql}`)
      .all(...(parameters as never[]))
      .map((step) => String(step['detail'])),
  )
  // What one order or one liquidation traded is little, and may be sorted.
  const costly = /^trades of/.test(what) ? /SCAN/ : /SCAN|TEMP B-TREE/
  expect(plans.flat().filter((step) => costly.test(step))).toEqual([])
  expect(plans.length).toBe(indexes.length)
  for (const [i, index] of indexes.entries()) expect(plans[i]?.join()).toContain(index)
})
