import type { Kysely } from 'kysely'
import type { OrderListReference, TradingWallet } from '../../../core/domain/command.ts'
import type {
  OrderId,
  OrderListId,
  SymbolIndex,
  TimestampMs,
  UserId,
} from '../../../core/domain/ids.ts'
import type { OrderList } from '../../../core/domain/order-list.ts'
import type { ReadModel, StoredRow } from '../tables.ts'

/** A list of any age, as the engine shows open ones, with the names its orders have. */
export type OrderListRecord = Readonly<Omit<OrderList, 'accountId'>> & {
  /** Of `orders`, in their order. */
  readonly clientOrderIds: readonly string[]
  readonly updatedMs: TimestampMs
}

export interface OrderListScope {
  readonly userId: UserId
  readonly wallet: TradingWallet
  /** Left out: of every symbol. */
  readonly symbol?: SymbolIndex | undefined
}

export interface OrderListsRequest extends OrderListScope {
  /** From this list on. */
  readonly fromId?: OrderListId | undefined
  /** By time of creation. */
  readonly startMs?: number | undefined
  readonly endMs?: number | undefined
  readonly limit: number
}

export function orderListQueries(database: Kysely<ReadModel>) {
  const inScope = ({ userId, wallet, symbol }: OrderListScope) => {
    const all = database
      .selectFrom('order_lists')
      .selectAll()
      .where('user_id', '=', BigInt(userId))
      .where('wallet', '=', wallet)
    return symbol === undefined ? all : all.where('symbol', '=', BigInt(symbol))
  }

  return {
    /** By either id, `listId` first; of a name used again, the latest. */
    async orderList(
      scope: OrderListScope,
      { listId, clientListId }: OrderListReference,
    ): Promise<OrderListRecord | null> {
      const named =
        listId === null
          ? inScope(scope).where('client_list_id', '=', clientListId ?? '')
          : inScope(scope).where('list_id', '=', BigInt(listId))
      const rows = await named.orderBy('list_id', 'desc').limit(1).execute()
      const [list] = await withNames(database, rows)
      return list ?? null
    },

    /** Oldest first: from `fromId` or `startMs` on, else the latest. */
    async orderLists(request: OrderListsRequest): Promise<OrderListRecord[]> {
      const { fromId, startMs, endMs, limit } = request
      const forward = fromId !== undefined || startMs !== undefined
      let query = inScope(request)
      if (fromId !== undefined) query = query.where('list_id', '>=', BigInt(fromId))
      if (startMs !== undefined) {
        const first = await firstListFrom(database, BigInt(startMs))
        if (first === null) return []
        query = query.where('list_id', '>=', first)
      }
      if (endMs !== undefined) {
        const beyond = await firstListFrom(database, BigInt(endMs) + 1n)
        if (beyond !== null) query = query.where('list_id', '<', beyond)
      }
      const rows = await query
        .orderBy('list_id', forward ? 'asc' : 'desc')
        .limit(limit)
        .execute()
      return withNames(database, forward ? rows : rows.reverse())
    },
  }
}

/** List ids rise with time over the whole venue, so a time is a bound on ids. Null: none so late. */
async function firstListFrom(database: Kysely<ReadModel>, timeMs: bigint): Promise<bigint | null> {
  const first = await database
    .selectFrom('order_lists')
    .select('list_id')
    .where('created_ms', '>=', timeMs)
    .orderBy('created_ms')
    .orderBy('list_id')
    .limit(1)
    .executeTakeFirst()
  return first?.list_id ?? null
}

/** An amendment may have given an order another name since its list was placed. */
async function withNames(
  database: Kysely<ReadModel>,
  rows: readonly StoredRow<'order_lists'>[],
): Promise<OrderListRecord[]> {
  if (rows.length === 0) return []
  const orders = await database
    .selectFrom('orders')
    .select(['order_id', 'client_order_id'])
    .where(
      'list_id',
      'in',
      rows.map((row) => row.list_id),
    )
    .execute()
  const names = new Map(orders.map((row) => [Number(row.order_id), row.client_order_id]))
  return rows.map((row) => orderListRecord(row, names))
}

function orderListRecord(
  row: StoredRow<'order_lists'>,
  names: ReadonlyMap<number, string>,
): OrderListRecord {
  const orders = JSON.parse(row.orders) as OrderId[]
  return {
    id: Number(row.list_id) as OrderListId,
    clientListId: row.client_list_id,
    userId: Number(row.user_id) as UserId,
    wallet: row.wallet as OrderList['wallet'],
    symbol: Number(row.symbol) as SymbolIndex,
    kind: row.kind as OrderList['kind'],
    orders,
    clientOrderIds: orders.map((id) => names.get(id) ?? ''),
    createdMs: Number(row.created_ms) as TimestampMs,
    status: row.status as OrderList['status'],
    updatedMs: Number(row.updated_ms) as TimestampMs,
  }
}
