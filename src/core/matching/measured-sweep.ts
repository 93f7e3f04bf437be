import { assert } from '../assert.ts'
import type { OrderId } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import type { Ticks } from '../money/price.ts'
import type { BookSide } from './book-side.ts'
import { doubledFloats, doubledIntegers, NONE } from './columns.ts'
import type { OrderTable } from './order-table.ts'
import { DOUBLES, WORDS } from './order-table.ts'
import type { Sweep, SweepRequest } from './sweep.ts'
import { affordableLots, assertRequestSound } from './sweep.ts'

const INITIAL_FILLS = 64
const INITIAL_PREVENTED = 8
const INITIAL_SLICES = 8

/** The one sweep that a book measures into again and again, so that measuring allocates nothing. */
export class MeasuredSweep implements Sweep {
  readonly #orders: OrderTable
  readonly #slices = new Slices()
  side: Side = 'BUY'
  /** The state of the book it was measured in. */
  version = 0
  count = 0
  makerSlot = new Int32Array(INITIAL_FILLS)
  makerId = new Float64Array(INITIAL_FILLS)
  makerOwner = new Int32Array(INITIAL_FILLS)
  price = new Int32Array(INITIAL_FILLS)
  lots = new Float64Array(INITIAL_FILLS)
  replenished = new Float64Array(INITIAL_FILLS)
  filledLots = 0
  preventedCount = 0
  preventedMakerSlot = new Int32Array(INITIAL_PREVENTED)
  preventedMakerId = new Float64Array(INITIAL_PREVENTED)
  preventedPrice = new Int32Array(INITIAL_PREVENTED)
  preventedTakerLots = new Float64Array(INITIAL_PREVENTED)
  preventedMakerLots = new Float64Array(INITIAL_PREVENTED)
  preventedAfter = new Int32Array(INITIAL_PREVENTED)
  preventedLots = 0
  takerExpired = false
  readonly passedOverSlots: number[] = []
  readonly passedOverIds: OrderId[] = []
  crosses = false
  nextPrice: Ticks | null = null

  constructor(orders: OrderTable) {
    this.#orders = orders
  }

  /** Measures what `request` would do to `makers`, the other side of its book. */
  measure(request: SweepRequest, makers: BookSide, version: number): void {
    assertRequestSound(request)
    this.#begin(request.side, version)
    const { limit, quotePerTickLot } = request
    this.crosses = makers.reaches(limit)
    let budget = request.quoteBudget
    let wanted: number = request.lots ?? 0
    for (let level = makers.best; level !== NONE; level = makers.after(level)) {
      const price = makers.priceOf(level)
      if (!makers.isWithin(level, limit)) {
        this.nextPrice = price
        break
      }
      if (budget !== null) wanted = affordableLots(budget, price, quotePerTickLot)
      const left = this.#measureLevel(request, makers.oldestOf(level), wanted)
      if (left === 0) break
      if (budget !== null) budget -= BigInt(wanted - left) * BigInt(price) * quotePerTickLot
      wanted = left
    }
    assert(this.filledLots <= Number.MAX_SAFE_INTEGER, 'the lots of a sweep are a safe integer')
  }

  #begin(side: Side, version: number): void {
    this.side = side
    this.version = version
    this.count = 0
    this.filledLots = 0
    this.preventedCount = 0
    this.preventedLots = 0
    this.takerExpired = false
    this.crosses = false
    this.nextPrice = null
    if (this.passedOverIds.length === 0) return
    this.passedOverSlots.length = 0
    this.passedOverIds.length = 0
  }

  /** Measures the orders from `oldest` on, then the slices they show anew, against `wanted` lots; those still wanted. */
  #measureLevel(request: SweepRequest, oldest: number, wanted: number): number {
    const { owner, selfTradePrevention, excluded } = request
    const orders = this.#orders
    const slices = this.#slices
    slices.count = 0
    let left = wanted
    for (let slot = oldest; slot !== NONE && left > 0; slot = orders.next[slot * WORDS] as number) {
      if (excluded?.has(orders.id[slot * DOUBLES] as OrderId)) {
        this.passedOverSlots.push(slot)
        this.passedOverIds.push(orders.id[slot * DOUBLES] as OrderId)
      } else if (selfTradePrevention !== 'NONE' && orders.owner[slot * WORDS] === owner) {
        left -= this.#prevent(request, slot, left)
      } else {
        left -= this.#fill(
          slot,
          orders.lots[slot * DOUBLES] as number,
          orders.hidden[slot * DOUBLES] as number,
          left,
        )
      }
    }
    // What a slice shows anew stands behind all that stood there, and behind the slices before it.
    for (let place = 0; place < slices.count && left > 0; place += 1) {
      const slot = slices.slot[place] as number
      left -= this.#fill(slot, slices.shown[place] as number, slices.hidden[place] as number, left)
    }
    return left
  }

  /** A trade with the order in `slot`, which shows `shown` lots and hides `hidden`; its lots. */
  #fill(slot: number, shown: number, hidden: number, wanted: number): number {
    const orders = this.#orders
    const lots = Math.min(wanted, shown)
    const again =
      lots === shown && hidden > 0 ? Math.min(hidden, orders.display[slot * DOUBLES] as number) : 0
    if (again > 0) this.#slices.push(slot, again, hidden - again)
    if (this.count === this.makerId.length) this.#growFills()
    const fill = this.count
    this.makerSlot[fill] = slot
    this.makerId[fill] = orders.id[slot * DOUBLES] as number
    this.makerOwner[fill] = orders.owner[slot * WORDS] as number
    this.price[fill] = orders.price[slot * WORDS] as number
    this.lots[fill] = lots
    this.replenished[fill] = again
    this.count = fill + 1
    this.filledLots += lots
    return lots
  }

  /** A match that must not be with the order in `slot`; the lots that the incoming order loses by it. */
  #prevent({ selfTradePrevention }: SweepRequest, slot: number, wanted: number): number {
    const orders = this.#orders
    const makerHas =
      (orders.lots[slot * DOUBLES] as number) + (orders.hidden[slot * DOUBLES] as number)
    let takerLots = selfTradePrevention === 'EXPIRE_MAKER' ? 0 : wanted
    let makerLots = selfTradePrevention === 'EXPIRE_TAKER' ? 0 : makerHas
    if (selfTradePrevention === 'DECREMENT' || selfTradePrevention === 'TRANSFER') {
      takerLots = Math.min(wanted, makerHas)
      makerLots = takerLots
    }
    if (this.preventedCount === this.preventedMakerId.length) this.#growPrevented()
    const match = this.preventedCount
    this.preventedMakerSlot[match] = slot
    this.preventedMakerId[match] = orders.id[slot * DOUBLES] as number
    this.preventedPrice[match] = orders.price[slot * WORDS] as number
    this.preventedTakerLots[match] = takerLots
    this.preventedMakerLots[match] = makerLots
    this.preventedAfter[match] = this.count
    this.preventedCount = match + 1
    this.preventedLots += takerLots
    this.takerExpired = takerLots === wanted
    return takerLots
  }

  #growFills(): void {
    this.makerSlot = doubledIntegers(this.makerSlot)
    this.makerId = doubledFloats(this.makerId)
    this.makerOwner = doubledIntegers(this.makerOwner)
    this.price = doubledIntegers(this.price)
    this.lots = doubledFloats(this.lots)
    this.replenished = doubledFloats(this.replenished)
  }

  #growPrevented(): void {
    this.preventedMakerSlot = doubledIntegers(this.preventedMakerSlot)
    this.preventedMakerId = doubledFloats(this.preventedMakerId)
    this.preventedPrice = doubledIntegers(this.preventedPrice)
    this.preventedTakerLots = doubledFloats(this.preventedTakerLots)
    this.preventedMakerLots = doubledFloats(this.preventedMakerLots)
    this.preventedAfter = doubledIntegers(this.preventedAfter)
  }
}

/** The slices that icebergs of one level show anew while a sweep is measured, in the order they will queue. */
class Slices {
  count = 0
  slot = new Int32Array(INITIAL_SLICES)
  shown = new Float64Array(INITIAL_SLICES)
  hidden = new Float64Array(INITIAL_SLICES)

  push(slot: number, shown: number, hidden: number): void {
    if (this.count === this.slot.length) this.#grow()
    this.slot[this.count] = slot
    this.shown[this.count] = shown
    this.hidden[this.count] = hidden
    this.count += 1
  }

  #grow(): void {
    this.slot = doubledIntegers(this.slot)
    this.shown = doubledFloats(this.shown)
    this.hidden = doubledFloats(this.hidden)
  }
}
