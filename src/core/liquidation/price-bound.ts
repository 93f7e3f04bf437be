import type { Side } from '../domain/order.ts'
import type { Policy, TradingSymbol } from '../domain/venue.ts'
import type { IndexPrice, Ticks, Value } from '../money/price.ts'
import { INDEX_PRICE_SCALE } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divCeil, divFloor, maxBigint, minBigint } from '../money/rounding.ts'

interface Trade {
  /** E of the account before the trade; below zero when it is insolvent. */
  readonly equity: Value
  /** What is to be traded, at index price. */
  readonly notional: Value
  readonly takerFee: Rate
  readonly policy: Pick<Policy, 'liquidationBand' | 'clearanceFee'>
}

/**
 * Rule Q3: how far from the index a closing order may trade, as a share of it. Inside the band it may lose what the
 * account is worth, so that closing a solvent account costs the fund nothing. The clearance fee's rate is always allowed:
 * an account with nothing to lose could otherwise never be closed in the books, and so much the fund earns for the risk.
 */
export function worstDistance({ equity, notional, takerFee, policy }: Trade): Rate {
  const { liquidationBand, clearanceFee } = policy
  const affordable = notional === 0n ? 0n : divFloor(equity * RATE_SCALE, notional) - takerFee
  return minBigint(liquidationBand, maxBigint(affordable, clearanceFee)) as Rate
}

/** A book, and the index prices of what it trades. */
export interface IndexedMarket {
  readonly symbol: TradingSymbol
  readonly price: IndexPrice
  readonly quotePrice: IndexPrice
}

/** The worst price within `distance` of the index, in the order's favour to the tick; null: there is none. */
export function worstPrice(
  { symbol, price, quotePrice }: IndexedMarket,
  side: Side,
  distance: Rate,
): Ticks | null {
  const scale = symbol.tickSize * RATE_SCALE * quotePrice
  const index = price * INDEX_PRICE_SCALE
  const edge =
    side === 'SELL'
      ? divCeil(index * (RATE_SCALE - distance), scale)
      : divFloor(index * (RATE_SCALE + distance), scale)
  return edge < 1n ? null : (Number(edge) as Ticks)
}
