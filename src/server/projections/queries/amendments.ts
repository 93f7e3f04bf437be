import type { Kysely } from 'kysely'
import type { OrderId, Sequence, TimestampMs } from '../../../core/domain/ids.ts'
import type { Lots } from '../../../core/money/price.ts'
import type { ReadModel } from '../tables.ts'
import type { OrderScope } from './orders.ts'

/** How an order was lowered in its place (rule T16). */
export interface AmendmentRecord {
  readonly orderId: OrderId
  /** Of the command that did it; Binance's execution id, as in its report. */
  readonly sequence: Sequence
  readonly originalClientOrderId: string
  readonly clientOrderId: string
  readonly originalLots: Lots
  readonly lots: Lots
  readonly timeMs: TimestampMs
}

export interface AmendmentsRequest extends OrderScope {
  readonly orderId: OrderId
  /** From this one on. */
  readonly fromSequence?: Sequence | undefined
  readonly limit: number
}

export function amendmentQueries(database: Kysely<ReadModel>) {
  return {
    /** Of one order, oldest first. */
    async amendments(request: AmendmentsRequest): Promise<AmendmentRecord[]> {
      const { userId, wallet, symbol, orderId, fromSequence, limit } = request
      const rows = await database
        .selectFrom('amendments')
        .selectAll()
        .where('order_id', '=', BigInt(orderId))
        .where('sequence', '>=', BigInt(fromSequence ?? 0))
        .where('user_id', '=', BigInt(userId))
        .where('wallet', '=', wallet)
        .where('symbol', '=', BigInt(symbol))
        .orderBy('sequence')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        orderId: Number(row.order_id) as OrderId,
        sequence: Number(row.sequence) as Sequence,
        originalClientOrderId: row.original_client_order_id,
        clientOrderId: row.client_order_id,
        originalLots: Number(row.original_lots) as Lots,
        lots: Number(row.lots) as Lots,
        timeMs: Number(row.time_ms) as TimestampMs,
      }))
    },
  }
}
