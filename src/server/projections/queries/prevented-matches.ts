import type { Kysely } from 'kysely'
import type {
  OrderId,
  PreventedMatchId,
  SymbolIndex,
  TimestampMs,
} from '../../../core/domain/ids.ts'
import type { SelfTradePrevention } from '../../../core/domain/order.ts'
import type { Amount } from '../../../core/money/amount.ts'
import type { Lots, Ticks } from '../../../core/money/price.ts'
import type { ReadModel, StoredRow } from '../tables.ts'
import type { OrderScope } from './orders.ts'
import { optionalNumber } from './page.ts'

/** A self-trade that did not happen (rule T6). */
export interface PreventedMatchRecord {
  readonly symbol: SymbolIndex
  readonly preventedMatchId: PreventedMatchId
  readonly mode: SelfTradePrevention
  readonly price: Ticks
  readonly makerOrderId: OrderId
  readonly takerOrderId: OrderId
  /** What it took off each; 0: nothing. */
  readonly makerLots: Lots
  readonly takerLots: Lots
  readonly tradeGroupId: number | null
  readonly transferred: { readonly base: Amount; readonly quote: Amount } | null
  readonly timeMs: TimestampMs
}

export interface PreventedMatchesRequest extends OrderScope {
  readonly preventedMatchId?: PreventedMatchId | undefined
  /** As maker or as taker. */
  readonly orderId?: OrderId | undefined
  /** From this one on. */
  readonly fromId?: PreventedMatchId | undefined
  readonly limit: number
}

export function preventedMatchQueries(database: Kysely<ReadModel>) {
  /** An order's matches are few and all its owner's: as with trades, whose they are is seen from them. */
  const inScope = ({ userId, wallet, symbol, orderId }: PreventedMatchesRequest) => {
    const all = database.selectFrom('prevented_matches').selectAll()
    if (orderId !== undefined) return all.where('order_id', '=', BigInt(orderId))
    return all
      .where('user_id', '=', BigInt(userId))
      .where('wallet', '=', wallet)
      .where('symbol', '=', BigInt(symbol))
  }

  return {
    /** Oldest first, each once. */
    async preventedMatches(request: PreventedMatchesRequest): Promise<PreventedMatchRecord[]> {
      const { preventedMatchId, fromId, limit } = request
      let query = inScope(request)
      if (preventedMatchId !== undefined)
        query = query.where('prevented_match_id', '=', BigInt(preventedMatchId))
      if (fromId !== undefined) query = query.where('prevented_match_id', '>=', BigInt(fromId))
      // Who was on both sides has a row for each.
      const rows = await query
        .orderBy('prevented_match_id')
        .limit(2 * limit)
        .execute()
      const own = rows.filter((row) => isInScope(row, request))
      const once = new Map(own.map((row) => [row.prevented_match_id, row]))
      return [...once.values()].slice(0, limit).map(preventedMatchRecord)
    },
  }
}

function isInScope(
  row: StoredRow<'prevented_matches'>,
  { userId, wallet, symbol }: OrderScope,
): boolean {
  return row.user_id === BigInt(userId) && row.wallet === wallet && row.symbol === BigInt(symbol)
}

function preventedMatchRecord(row: StoredRow<'prevented_matches'>): PreventedMatchRecord {
  const { transferred_base: base, transferred_quote: quote } = row
  return {
    symbol: Number(row.symbol) as SymbolIndex,
    preventedMatchId: Number(row.prevented_match_id) as PreventedMatchId,
    mode: row.mode as SelfTradePrevention,
    price: Number(row.price) as Ticks,
    makerOrderId: Number(row.maker_order_id) as OrderId,
    takerOrderId: Number(row.taker_order_id) as OrderId,
    makerLots: Number(row.maker_lots) as Lots,
    takerLots: Number(row.taker_lots) as Lots,
    tradeGroupId: optionalNumber(row.trade_group_id),
    transferred:
      base === null || quote === null ? null : { base: base as Amount, quote: quote as Amount },
    timeMs: Number(row.time_ms) as TimestampMs,
  }
}
