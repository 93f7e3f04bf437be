import type { AccountId, AssetIndex } from '../domain/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { slotList } from '../ledger/ledger.ts'
import { bucketOf, floorOf, PriceWatches } from './price-watches.ts'

// The bound is in docs/decisions/0016-risk-watchlist.md.

/**
 * How far above its level an account still counts as at risk, relative. A sum of some hundred products of doubles is
 * off by less than 10⁻¹³, so what is exactly at its level is never missed; one flagged in vain costs an exact look.
 */
const SCREEN_MARGIN = 1e-9
/** An account gives this much of its room to its watches, so that small changes of its balances move none of them. */
const SHARE = 1 / 2
/** With less of its room left beside the watches that hold, all of them are placed anew. */
const RESERVE_MIN = 1 / 8
/** No price rises so many times over before it is looked at. */
const RISE_MAX = 2 ** 20
const BROKEN = -1

/**
 * What is known of an account once it was measured: it may be at or below its level; it is safe until a price reaches one
 * of its watches; it is safe now, and its watches were not looked at.
 */
export type Measured = 'AT_RISK' | 'WATCHED' | 'UNWATCHED'

/**
 * For each account that owes, the prices up to which it is surely above its level: while none is reached, whatever the
 * prices do, the account need not be looked at.
 */
export class SafePrices {
  readonly watches: PriceWatches
  /** The asset that all prices are in; its own never moves. */
  readonly #unit: AssetIndex
  /** The slots of the account being measured and, slot by slot, the price its watch keeps it from, or `BROKEN`. */
  readonly #slots: ReturnType<typeof slotList>
  readonly #guards: Float64Array

  constructor(assetCount: number, unit: AssetIndex) {
    this.watches = new PriceWatches(assetCount)
    this.#unit = unit
    this.#slots = slotList(assetCount)
    this.#guards = new Float64Array(assetCount)
  }

  /** With `mayPlace` false the watches of an account that is safe are left alone. */
  measure(
    ledger: Ledger,
    account: AccountId,
    level: number,
    prices: Float64Array,
    mayPlace: boolean,
  ): Measured {
    const list = this.#slots
    ledger.listSlots(account, list)
    const { count, assets, held, owed } = list
    let worth = 0
    let debts = 0
    let owes = false
    for (let at = 0; at < count; at += 1) {
      const price = prices[assets[at] as number] as number
      worth += (held[at] as number) * price
      debts += (owed[at] as number) * price
      if (owed[at] !== 0) owes = true
    }
    if (!owes) return this.#forget()
    // Written so that NaN falls on the side of risk.
    if (!(worth > level * debts * (1 + SCREEN_MARGIN))) return 'AT_RISK'
    if (!mayPlace) return 'UNWATCHED'
    this.#watch(account, prices, level, worth - level * debts)
    return 'WATCHED'
  }

  #forget(): 'WATCHED' {
    const { count, slots, assets } = this.#slots
    for (let at = 0; at < count; at += 1) {
      this.watches.remove(slots[at] as number, assets[at] as number)
    }
    return 'WATCHED'
  }

  /**
   * Leaves the listed account's watches where they are if it is safe with every price at its watch, moves those that no
   * longer hold if the others leave it enough, and else places all of them anew. `room` is T − level × D.
   */
  #watch(account: AccountId, prices: Float64Array, level: number, room: number): void {
    const { count, slots, assets, held, owed } = this.#slots
    let left = 0
    let size = 0
    let broken = 0
    let moved = 0
    let all = 0
    for (let at = 0; at < count; at += 1) {
      const asset = assets[at] as number
      const price = prices[asset] as number
      const exposure = (held[at] as number) - level * (owed[at] as number)
      const guard = this.#guardOf(slots[at] as number, asset, exposure, price)
      this.#guards[at] = guard
      const worst = exposure * (guard === BROKEN ? price : guard)
      left += worst
      size += Math.abs(worst)
      if (asset === this.#unit) continue
      const worth = Math.abs(exposure * price)
      all += worth
      if (guard !== BROKEN) continue
      broken += 1
      moved += worth
    }
    if (broken === 0 && left > size * SCREEN_MARGIN) return
    const enough = broken > 0 && left > room * RESERVE_MIN
    const share = enough ? (left * SHARE) / moved : (room * SHARE) / all
    for (let at = 0; at < count; at += 1) {
      if (enough && this.#guards[at] !== BROKEN) continue
      const exposure = (held[at] as number) - level * (owed[at] as number)
      const asset = assets[at] as number
      const bucket = this.#watchFor(asset, exposure, prices[asset] as number, share)
      this.watches.place(slots[at] as number, account, asset, bucket)
    }
  }

  /** The worst price the account may meet before the slot's watch is reached; `BROKEN` where there is no such price. */
  #guardOf(slot: number, asset: number, exposure: number, price: number): number {
    if (asset === this.#unit) return price
    const bucket = this.watches.bucketAt(slot)
    if (bucket === 0) return exposure >= 0 ? 0 : BROKEN
    if (bucket > 0) return exposure > 0 && bucketOf(price) > bucket ? floorOf(bucket) : BROKEN
    return exposure < 0 && bucketOf(price) < -bucket ? floorOf(1 - bucket) : BROKEN
  }

  /** What to watch the asset for, so that its price may move by a part of `share` against the account. */
  #watchFor(asset: number, exposure: number, price: number, share: number): number {
    if (asset === this.#unit || exposure === 0) return 0
    if (exposure < 0) return -bucketOf(price * (1 + Math.min(share, RISE_MAX)))
    const lowest = price * (1 - share)
    return lowest < 1 ? 0 : bucketOf(lowest)
  }
}
