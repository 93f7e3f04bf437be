import type { Kysely, SelectQueryBuilder } from 'kysely'
import type { TradingWallet } from '../../../core/domain/command.ts'
import type { OrderEndCause } from '../../../core/domain/event.ts'
import type {
  AssetIndex,
  LiquidationId,
  OrderId,
  OrderListId,
  PreventedMatchId,
  SymbolIndex,
  TimestampMs,
  UserId,
} from '../../../core/domain/ids.ts'
import type { Order } from '../../../core/domain/order.ts'
import type { Amount } from '../../../core/money/amount.ts'
import type { Lots, Ticks } from '../../../core/money/price.ts'
import type { ReadModel, StoredRow } from '../tables.ts'
import { offsetOf, optionalNumber, type Page, type PageRequest, timeBounds } from './page.ts'

/** An order of any age, as the engine shows open ones but for what only open orders have. */
export type OrderRecord = Readonly<Omit<Order, 'accountId' | 'locked' | 'reservePrice'>> & {
  /** Why what was left of it ended; null while it is open, and when it is filled. */
  readonly endCause: OrderEndCause | null
  /** The latest prevented self-trade that it lost lots to. */
  readonly preventedMatchId: PreventedMatchId | null
  /** Of the liquidation that placed it; null for a user's own. */
  readonly liquidationId: LiquidationId | null
}

export interface OrderScope {
  readonly userId: UserId
  readonly wallet: TradingWallet
  readonly symbol: SymbolIndex
}

export interface OrdersRequest extends OrderScope {
  /** From this order on. */
  readonly orderId?: OrderId | undefined
  /** By time of creation. */
  readonly startMs?: number | undefined
  readonly endMs?: number | undefined
  readonly limit: number
}

export interface LiquidationOrdersRequest extends PageRequest {
  /** Of that isolated account; null: of the cross account. */
  readonly pair: SymbolIndex | null
}

export function orderQueries(database: Kysely<ReadModel>) {
  const inScope = ({ userId, wallet, symbol }: OrderScope) =>
    database
      .selectFrom('orders')
      .selectAll()
      .where('user_id', '=', BigInt(userId))
      .where('wallet', '=', wallet)
      .where('symbol', '=', BigInt(symbol))

  return {
    async orderById(scope: OrderScope, orderId: OrderId): Promise<OrderRecord | null> {
      const row = await inScope(scope).where('order_id', '=', BigInt(orderId)).executeTakeFirst()
      return row === undefined ? null : orderRecord(row)
    },

    /** The latest of that name: a client may use a name again once the order is closed. */
    async orderByClientId(scope: OrderScope, clientOrderId: string): Promise<OrderRecord | null> {
      const row = await inScope(scope)
        .where('client_order_id', '=', clientOrderId)
        .orderBy('order_id', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row === undefined ? null : orderRecord(row)
    },

    /** Oldest first: from `orderId` or `startMs` on, else the latest. */
    async orders(request: OrdersRequest): Promise<OrderRecord[]> {
      const { orderId, startMs, endMs, limit } = request
      let query = inScope(request)
      if (orderId !== undefined) query = query.where('order_id', '>=', BigInt(orderId))
      if (startMs !== undefined) {
        const first = await firstOrderFrom(database, BigInt(startMs))
        if (first === null) return []
        query = query.where('order_id', '>=', first)
      }
      if (endMs !== undefined) {
        const beyond = await firstOrderFrom(database, BigInt(endMs) + 1n)
        if (beyond !== null) query = query.where('order_id', '<', beyond)
      }
      return inOrder(query, orderId !== undefined || startMs !== undefined, limit)
    },

    /** What liquidations traded for the user, newest first. */
    async liquidationOrders(
      userId: UserId,
      request: LiquidationOrdersRequest,
    ): Promise<Page<OrderRecord>> {
      const matching = liquidated(database, userId, request)
      const rows = await matching
        .selectAll()
        .orderBy('updated_ms', 'desc')
        .orderBy('order_id', 'desc')
        .limit(request.size)
        .offset(offsetOf(request))
        .execute()
      const { total } = await matching
        .select(({ fn }) => fn.countAll<bigint>().as('total'))
        .executeTakeFirstOrThrow()
      return { rows: rows.map(orderRecord), total: Number(total) }
    },

    async ordersOfLiquidation(
      userId: UserId,
      liquidationId: LiquidationId,
    ): Promise<OrderRecord[]> {
      const rows = await database
        .selectFrom('orders')
        .selectAll()
        .where('user_id', '=', BigInt(userId))
        .where('liquidation_id', '=', BigInt(liquidationId))
        .orderBy('order_id')
        .execute()
      return rows.map(orderRecord)
    },
  }
}

function liquidated(
  database: Kysely<ReadModel>,
  userId: UserId,
  request: LiquidationOrdersRequest,
) {
  const { from, to } = timeBounds(request)
  const { pair } = request
  const all = database
    .selectFrom('orders')
    .where('liquidation_id', 'is not', null)
    .where('user_id', '=', BigInt(userId))
    .where('updated_ms', '>=', from)
    .where('updated_ms', '<=', to)
  if (pair === null) return all.where('wallet', '=', 'CROSS_MARGIN')
  return all.where('wallet', '=', 'ISOLATED_MARGIN').where('symbol', '=', BigInt(pair))
}

async function inOrder(
  query: SelectQueryBuilder<ReadModel, 'orders', StoredRow<'orders'>>,
  forward: boolean,
  limit: number,
): Promise<OrderRecord[]> {
  const rows = await query
    .orderBy('order_id', forward ? 'asc' : 'desc')
    .limit(limit)
    .execute()
  return (forward ? rows : rows.reverse()).map(orderRecord)
}

/** Order ids rise with time over the whole venue, so a time is a bound on ids. Null: none so late. */
async function firstOrderFrom(database: Kysely<ReadModel>, timeMs: bigint): Promise<bigint | null> {
  const first = await database
    .selectFrom('orders')
    .select('order_id')
    .where('created_ms', '>=', timeMs)
    .orderBy('created_ms')
    .orderBy('order_id')
    .limit(1)
    .executeTakeFirst()
  return first?.order_id ?? null
}

function orderRecord(row: StoredRow<'orders'>): OrderRecord {
  return {
    id: Number(row.order_id) as OrderId,
    clientOrderId: row.client_order_id,
    userId: Number(row.user_id) as UserId,
    wallet: row.wallet as Order['wallet'],
    symbol: Number(row.symbol) as SymbolIndex,
    side: row.side as Order['side'],
    type: row.type as Order['type'],
    timeInForce: row.time_in_force as Order['timeInForce'],
    price: Number(row.price) as Ticks,
    lots: Number(row.lots) as Lots,
    quoteQuantity: row.quote_quantity as Amount,
    stopPrice: Number(row.stop_price) as Ticks,
    trailingBips: Number(row.trailing_bips),
    icebergLots: Number(row.iceberg_lots) as Lots,
    listId: optionalNumber<OrderListId>(row.list_id),
    sideEffect: row.side_effect as Order['sideEffect'],
    autoRepayAtCancel: row.auto_repay_at_cancel === 1n,
    selfTradePrevention: row.self_trade_prevention as Order['selfTradePrevention'],
    strategyId: optionalNumber(row.strategy_id),
    strategyType: optionalNumber(row.strategy_type),
    borrowed: row.borrowed as Amount,
    borrowedAsset: optionalNumber<AssetIndex>(row.borrowed_asset),
    stage: row.stage as Order['stage'],
    status: row.status as Order['status'],
    executedLots: Number(row.executed_lots) as Lots,
    executedQuote: row.executed_quote as Amount,
    preventedLots: Number(row.prevented_lots) as Lots,
    preventedMatchId: optionalNumber<PreventedMatchId>(row.prevented_match_id),
    amendments: Number(row.amendments),
    createdMs: Number(row.created_ms) as TimestampMs,
    workingMs: optionalNumber<TimestampMs>(row.working_ms),
    updatedMs: Number(row.updated_ms) as TimestampMs,
    endCause: row.end_cause as OrderEndCause | null,
    liquidationId: optionalNumber<LiquidationId>(row.liquidation_id),
  }
}
