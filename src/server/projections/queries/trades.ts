import type { Kysely } from 'kysely'
import type { TradingWallet } from '../../../core/domain/command.ts'
import type {
  AssetIndex,
  LiquidationId,
  OrderId,
  SymbolIndex,
  TimestampMs,
  TradeId,
  UserId,
} from '../../../core/domain/ids.ts'
import type { Amount } from '../../../core/money/amount.ts'
import type { Lots, Ticks } from '../../../core/money/price.ts'
import type { ReadModel, StoredRow } from '../tables.ts'
import { optionalNumber, type TimeRange } from './page.ts'

/** One side of a trade, as its owner sees it. */
export interface TradeRecord {
  readonly symbol: SymbolIndex
  readonly tradeId: TradeId
  readonly orderId: OrderId
  readonly price: Ticks
  readonly lots: Lots
  readonly quote: Amount
  readonly fee: Amount
  readonly feeAsset: AssetIndex
  readonly timeMs: TimestampMs
  readonly isBuyer: boolean
  readonly isMaker: boolean
  readonly liquidationId: LiquidationId | null
}

export interface TradesRequest extends TimeRange {
  readonly userId: UserId
  readonly wallet: TradingWallet
  readonly symbol: SymbolIndex
  readonly orderId?: OrderId | undefined
  readonly fromId?: TradeId | undefined
  readonly limit: number
}

export function tradeQueries(database: Kysely<ReadModel>) {
  /** An order's trades are few and all its owner's: whose it is, is seen from them, or the wrong index would be taken. */
  const inScope = ({ userId, wallet, symbol, orderId }: TradesRequest) => {
    const all = database.selectFrom('trades').selectAll()
    if (orderId !== undefined) return all.where('order_id', '=', BigInt(orderId))
    return all
      .where('user_id', '=', BigInt(userId))
      .where('wallet', '=', wallet)
      .where('symbol', '=', BigInt(symbol))
  }

  return {
    /** Oldest first: from `fromId` or `startMs` on, else the latest. */
    async trades(request: TradesRequest): Promise<TradeRecord[]> {
      const { fromId, startMs, limit } = request
      const bounds = await idBounds(database, request.symbol, request)
      if (bounds === null) return []
      const forward = fromId !== undefined || startMs !== undefined
      let query = inScope(request)
      if (fromId !== undefined) query = query.where('trade_id', '>=', BigInt(fromId))
      if (bounds.from !== null) query = query.where('trade_id', '>=', bounds.from)
      if (bounds.beyond !== null) query = query.where('trade_id', '<', bounds.beyond)
      const rows = await query
        .orderBy('trade_id', forward ? 'asc' : 'desc')
        .orderBy('is_buyer', forward ? 'asc' : 'desc')
        .limit(limit)
        .execute()
      const own = rows.filter((row) => isInScope(row, request))
      return (forward ? own : own.reverse()).map(tradeRecord)
    },

    /** Both sides of what a liquidation traded are its trades; this is the liquidated user's, in order. */
    async tradesOfLiquidation(
      userId: UserId,
      liquidationId: LiquidationId,
    ): Promise<TradeRecord[]> {
      const rows = await database
        .selectFrom('trades')
        .selectAll()
        .where('liquidation_id', '=', BigInt(liquidationId))
        .where('user_id', '=', BigInt(userId))
        .where('is_maker', '=', 0n)
        .orderBy('time_ms')
        .orderBy('symbol')
        .orderBy('trade_id')
        .execute()
      return rows.map(tradeRecord)
    },
  }
}

function isInScope(row: StoredRow<'trades'>, { userId, wallet, symbol }: TradesRequest): boolean {
  return row.user_id === BigInt(userId) && row.wallet === wallet && row.symbol === BigInt(symbol)
}

interface IdBounds {
  readonly from: bigint | null
  readonly beyond: bigint | null
}

/** Trade ids rise with time within a symbol, so times are bounds on ids. Null: nothing traded so late. */
async function idBounds(
  database: Kysely<ReadModel>,
  symbol: SymbolIndex,
  { startMs, endMs }: TimeRange,
): Promise<IdBounds | null> {
  const firstFrom = async (timeMs: bigint) => {
    const first = await database
      .selectFrom('public_trades')
      .select('trade_id')
      .where('symbol', '=', BigInt(symbol))
      .where('time_ms', '>=', timeMs)
      .orderBy('time_ms')
      .orderBy('trade_id')
      .limit(1)
      .executeTakeFirst()
    return first?.trade_id ?? null
  }
  const from = startMs === undefined ? null : await firstFrom(BigInt(startMs))
  if (startMs !== undefined && from === null) return null
  const beyond = endMs === undefined ? null : await firstFrom(BigInt(endMs) + 1n)
  return { from, beyond }
}

function tradeRecord(row: StoredRow<'trades'>): TradeRecord {
  return {
    symbol: Number(row.symbol) as SymbolIndex,
    tradeId: Number(row.trade_id) as TradeId,
    orderId: Number(row.order_id) as OrderId,
    price: Number(row.price) as Ticks,
    lots: Number(row.lots) as Lots,
    quote: row.quote as Amount,
    fee: row.fee as Amount,
    feeAsset: Number(row.fee_asset) as AssetIndex,
    timeMs: Number(row.time_ms) as TimestampMs,
    isBuyer: row.is_buyer === 1n,
    isMaker: row.is_maker === 1n,
    liquidationId: optionalNumber<LiquidationId>(row.liquidation_id),
  }
}
