import { assert } from '../assert.ts'
import type { OrderId } from '../domain/ids.ts'
import type { SelfTradePrevention, Side } from '../domain/order.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { minBigint } from '../money/rounding.ts'

/** An incoming order as the book sees it. Exactly one of `lots` and `quoteBudget` is given. */
export interface SweepRequest {
  readonly side: Side
  /** The worst price it accepts; null for any. */
  readonly limit: Ticks | null
  readonly lots: Lots | null
  /**
   * What it spends at most, for a sell what it wants to receive at most, in atoms of the quote asset. At each price it
   * wants the lots that what is left pays for, rounded down; where it gets them all it ends.
   */
  readonly quoteBudget: bigint | null
  /** Quote atoms that one lot costs per tick of its price. */
  readonly quotePerTickLot: bigint
  /** Its self-trade group: it does not trade with a resting order of the same owner unless the mode is `NONE`. */
  readonly owner: number
  readonly selfTradePrevention: SelfTradePrevention
  /** Resting orders that may not trade; null for none. */
  readonly excluded: ReadonlySet<OrderId> | null
}

/**
 * What an incoming order would do to the book, in columns: `count` trades, best price first, oldest first, each slice
 * of an iceberg a trade of its own; and `preventedCount` matches that self-trade prevention stops.
 */
export interface Sweep {
  readonly count: number
  readonly makerId: Float64Array
  readonly makerOwner: Int32Array
  /** The maker's price, at which the trade is made. */
  readonly price: Int32Array
  readonly lots: Float64Array
  /** The lots that the maker, an iceberg, shows anew right after the trade, behind all others at its price; mostly 0. */
  readonly replenished: Float64Array
  readonly filledLots: number

  readonly preventedCount: number
  readonly preventedMakerId: Float64Array
  readonly preventedPrice: Int32Array
  /** What either side loses without trading; 0 for the side that loses nothing. A maker that loses all it had is gone. */
  readonly preventedTakerLots: Float64Array
  readonly preventedMakerLots: Float64Array
  /** How many of the trades came before it. */
  readonly preventedAfter: Int32Array
  /** What the incoming order loses in all of them. */
  readonly preventedLots: number
  /** Whether self-trade prevention ends the incoming order: nothing is left of it to trade or to rest. */
  readonly takerExpired: boolean

  /** The excluded orders that it met, in order: passed over, and out of the book once the sweep is taken. */
  readonly passedOverIds: readonly OrderId[]
  /** Whether an order rests at its limit or better, be it its owner's own. */
  readonly crosses: boolean
  /** When it stopped for its limit and wants more: the price of the best order beyond it. Otherwise null. */
  readonly nextPrice: Ticks | null
}

export function assertRequestSound({ lots, quoteBudget, quotePerTickLot }: SweepRequest): void {
  assert((lots === null) !== (quoteBudget === null), 'a sweep has lots or a budget')
  assert(lots === null || (Number.isSafeInteger(lots) && lots > 0), 'a sweep is for some lots')
  assert(quoteBudget === null || quoteBudget >= 0n, 'a budget is not negative')
  assert(quoteBudget === null || quotePerTickLot > 0n, 'a lot costs something')
}

/** Lots that `budget` pays for at `price`, rounded down: nothing is spent beyond the budget. */
export function affordableLots(budget: bigint, price: Ticks, quotePerTickLot: bigint): number {
  const lots = budget / (BigInt(price) * quotePerTickLot)
  return Number(minBigint(lots, BigInt(Number.MAX_SAFE_INTEGER)))
}
