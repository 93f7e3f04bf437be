import { assert } from '../assert.ts'
import type { OrderId } from '../domain/ids.ts'
import type { SelfTradePrevention, Side } from '../domain/order.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { minBigint } from '../money/rounding.ts'
import { doubledFloats, doubledIntegers } from './order-slab.ts'

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
  readonly owner: number
  readonly selfTradePrevention: SelfTradePrevention
}

/** What an incoming order would do to the book: `count` trades, best price first, oldest first, in columns. */
export interface Sweep {
  readonly count: number
  readonly makerId: Float64Array
  readonly makerOwner: Int32Array
  /** The maker's price, at which the trade is made. */
  readonly price: Int32Array
  readonly lots: Float64Array
  readonly filledLots: number
  /** The owner's own orders that self-trade prevention takes out of the book, in the order they are met. */
  readonly expiredMakerIds: readonly OrderId[]
  /** Whether self-trade prevention stops the incoming order: what is left of it neither trades nor rests. */
  readonly takerExpired: boolean
  /** Whether an order rests at its limit or better, be it its owner's own. */
  readonly crosses: boolean
}

const INITIAL_FILLS = 64

/** The one sweep that a book measures into again and again, so that measuring allocates nothing. */
export class MeasuredSweep implements Sweep {
  side: Side = 'BUY'
  /** The state of the book it was measured in. */
  version = 0
  count = 0
  makerSlot = new Int32Array(INITIAL_FILLS)
  makerId = new Float64Array(INITIAL_FILLS)
  makerOwner = new Int32Array(INITIAL_FILLS)
  price = new Int32Array(INITIAL_FILLS)
  lots = new Float64Array(INITIAL_FILLS)
  filledLots = 0
  readonly expiredMakerSlots: number[] = []
  readonly expiredMakerIds: OrderId[] = []
  takerExpired = false
  crosses = false

  begin(side: Side, version: number): void {
    this.side = side
    this.version = version
    this.count = 0
    this.filledLots = 0
    this.takerExpired = false
    this.crosses = false
    if (this.expiredMakerIds.length === 0) return
    this.expiredMakerSlots.length = 0
    this.expiredMakerIds.length = 0
  }

  /** Opens the next place for a trade and returns it. */
  extend(): number {
    if (this.count === this.makerId.length) this.#grow()
    this.count += 1
    return this.count - 1
  }

  #grow(): void {
    this.makerSlot = doubledIntegers(this.makerSlot)
    this.makerId = doubledFloats(this.makerId)
    this.makerOwner = doubledIntegers(this.makerOwner)
    this.price = doubledIntegers(this.price)
    this.lots = doubledFloats(this.lots)
  }
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
