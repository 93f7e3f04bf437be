import type { Order, OrderStage } from '../core/domain/order.ts'
import type { TradingSymbol } from '../core/domain/venue.ts'
import type { Place } from './audit-balances.ts'

/** Says that something does not hold. */
export type Report = (violation: string) => void

/** An open order as the auditor keeps it, from events alone. */
export interface OpenOrder {
  /** As it was accepted. */
  readonly order: Readonly<Order>
  readonly symbol: TradingSymbol
  /** Where what it locks lies. */
  readonly place: Place
  stage: OrderStage
  /** As amendments left it; 0 for a market order by quote quantity. */
  lots: number
  executedLots: number
  executedQuote: bigint
  preventedLots: number
  amendments: number
  /** What a purchase at market without a stop price keeps back for so many lots while it waits. */
  reservePrice: bigint
}

export function leftOf({ lots, executedLots, preventedLots }: OpenOrder): number {
  return Math.max(lots - executedLots - preventedLots, 0)
}

export function quoteOf(symbol: TradingSymbol, price: number, lots: number): bigint {
  return (BigInt(price) * BigInt(lots) * symbol.tickSize * symbol.stepSize) / 10n ** 8n
}
