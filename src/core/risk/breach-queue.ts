import type { AccountId, UserId } from '../domain/ids.ts'
import { compareLevels } from '../margin/level.ts'
import type { Valuation } from '../margin/valuation.ts'

interface Breach {
  readonly account: AccountId
  readonly userId: UserId
  readonly valuation: Valuation
}

/**
 * Accounts at or below their liquidation level, lowest level first, then by user (rule Q8). A binary heap: an account
 * that is measured anew leaves its old place behind, which is skipped when its turn comes.
 */
export class BreachQueue {
  readonly #heap: Breach[] = []
  readonly #latest = new Map<AccountId, Breach>()

  /** The account as it was just measured, in place of what was known of it. */
  put(account: AccountId, userId: UserId, valuation: Valuation): void {
    const breach = { account, userId, valuation }
    this.#latest.set(account, breach)
    this.#heap.push(breach)
    this.#rise(this.#heap.length - 1)
  }

  drop(account: AccountId): void {
    this.#latest.delete(account)
  }

  /** Takes the account whose turn it is; null: there is none. */
  take(): AccountId | null {
    for (let first = this.#takeFirst(); first !== undefined; first = this.#takeFirst()) {
      const { account } = first
      if (this.#latest.get(account) !== first) continue
      this.#latest.delete(account)
      return account
    }
    return null
  }

  #takeFirst(): Breach | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last
      this.#sink(0)
    }
    return first
  }

  #rise(from: number): void {
    for (let place = from; place > 0; ) {
      const above = (place - 1) >> 1
      if (!this.#swapIfBefore(place, above)) return
      place = above
    }
  }

  #sink(from: number): void {
    for (let place = from; ; ) {
      let below = 2 * place + 1
      if (below >= this.#heap.length) return
      if (below + 1 < this.#heap.length && this.#isBefore(below + 1, below)) below += 1
      if (!this.#swapIfBefore(below, place)) return
      place = below
    }
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    if (!this.#isBefore(lower, upper)) return false
    const moved = this.#heap[lower] as Breach
    this.#heap[lower] = this.#heap[upper] as Breach
    this.#heap[upper] = moved
    return true
  }

  #isBefore(left: number, right: number): boolean {
    const a = this.#heap[left] as Breach
    const b = this.#heap[right] as Breach
    const order = compareLevels(a.valuation, b.valuation)
    if (order !== 0) return order < 0
    return a.userId === b.userId ? a.account < b.account : a.userId < b.userId
  }
}
