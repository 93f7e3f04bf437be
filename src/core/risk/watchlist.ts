import { assert } from '../assert.ts'
import type { AccountId, AssetIndex } from '../domain/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { SafePrices } from './safe-prices.ts'

const CAPACITY_MIN = 64
/** So many watches are placed in one review, and then the account's that is at hand. */
const PLACED_MAX = 2 ** 17
/** An account's mark says whether it is due and, above that, the place of its level among the levels, 0 for unknown. */
const DUE = 1
const LEVELS_MAX = 2 ** 7

export interface WatchInput {
  readonly ledger: Ledger
  /** By asset index in any one unit, at least 1, NaN where there is none. */
  readonly prices: Float64Array
  /** An account's margin call level. */
  readonly levelOf: (account: AccountId) => number
  /** What the levels rest on, as an object: when it is another, every debtor is measured anew. */
  readonly rules: object
  readonly debtors: () => Int32Array
}

/**
 * Finds the accounts that may stand at or below their margin call level (rule Q1) without looking at those that cannot.
 *
 * An account that was measured keeps, for each price it depends on, a price up to which it is surely safe. It is due to be
 * measured again when a price reaches that, when its balances or its level change, or while it is at risk. Nothing here
 * decides: it follows from the ledger and the prices, is in no snapshot, and may cost time but never an account.
 */
export class Watchlist {
  readonly #safe: SafePrices
  /** Prices at the last review. */
  readonly #seen: Float64Array
  #rules: object | null = null
  #due = new Int32Array(CAPACITY_MIN)
  #dueCount = 0
  #marks = new Uint8Array(CAPACITY_MIN)
  /** The different levels that accounts have. */
  readonly #levels = [Number.NaN]
  #measured = 0

  constructor(assetCount: number, unit: AssetIndex) {
    this.#safe = new SafePrices(assetCount, unit)
    this.#seen = new Float64Array(assetCount).fill(Number.NaN)
  }

  /** How many times an account was measured so far: what the list costs. */
  get measured(): number {
    return this.#measured
  }

  /** How many accounts will be measured at the next review, whatever the prices. */
  get due(): number {
    return this.#dueCount
  }

  /** The account's balances, debts or level have changed: it is measured at the next review. */
  note(account: AccountId): void {
    this.#add(account)
    this.#marks[account] = DUE
  }

  /** Whether the account will be measured at the next review by these rules, whatever the prices. */
  isDue(account: AccountId, rules: object): boolean {
    return rules !== this.#rules || this.#isMarked(account)
  }

  /**
   * Appends every account that may stand at or below its level at these prices to `into`, in order and each once. A screen:
   * whether an account is at risk is decided by the caller, on exact integers. Every account with an asset that has no
   * price is among them.
   *
   * When very many must have their watches placed, some stay due instead and are measured again at the next review: what
   * many accounts need after a fall is no reason to let anybody wait.
   */
  review({ ledger, prices, levelOf, rules, debtors }: WatchInput, into: AccountId[]): void {
    assert(!ledger.isRehearsing, 'what is taken back is not watched')
    if (this.#collect(prices) || rules !== this.#rules) {
      for (const account of debtors()) this.note(account as AccountId)
    }
    this.#rules = rules
    // In the order in which the ledger is likely to have them in memory.
    const due = this.#due.subarray(0, this.#dueCount).sort()
    this.#measured += due.length
    const placedBefore = this.#safe.watches.placed
    let kept = 0
    for (let at = 0; at < due.length; at += 1) {
      const account = due[at] as AccountId
      const mayPlace = this.#safe.watches.placed - placedBefore < PLACED_MAX
      const level = this.#levelOf(account, levelOf)
      const measured = this.#safe.measure(ledger, account, level, prices, mayPlace)
      if (measured === 'AT_RISK') into.push(account)
      if (measured === 'WATCHED') this.#marks[account] = (this.#marks[account] as number) & ~DUE
      else {
        this.#due[kept] = account
        kept += 1
      }
    }
    this.#dueCount = kept
  }

  /** Adds those whose watches the prices have reached since the last review. True: a price is gone, which none is safe from. */
  #collect(prices: Float64Array): boolean {
    let gone = false
    const add = (account: AccountId): void => this.#add(account)
    for (let asset = 0; asset < prices.length; asset += 1) {
      const from = this.#seen[asset] as number
      const to = prices[asset] as number
      if (from === to) continue
      if (Number.isNaN(to) && !Number.isNaN(from)) gone = true
      this.#safe.watches.forEachReached(asset, from, to, add)
      this.#seen[asset] = to
    }
    return gone
  }

  #isMarked(account: AccountId): boolean {
    return ((this.#marks[account] ?? 0) & DUE) !== 0
  }

  #add(account: AccountId): void {
    if (this.#isMarked(account)) return
    if (account >= this.#marks.length) this.#marks = enlarged(this.#marks, account + 1)
    if (this.#dueCount === this.#due.length) this.#due = doubled(this.#due)
    this.#marks[account] = (this.#marks[account] as number) | DUE
    this.#due[this.#dueCount] = account
    this.#dueCount += 1
  }

  /** As it was when the account was last noted: what a price alone made due has the level it had. */
  #levelOf(account: AccountId, levelOf: (account: AccountId) => number): number {
    const known = (this.#marks[account] as number) >> 1
    if (known !== 0) return this.#levels[known] as number
    const level = levelOf(account)
    const found = this.#levels.indexOf(level)
    const place =
      found === -1 && this.#levels.length < LEVELS_MAX ? this.#levels.push(level) - 1 : found
    if (place > 0) this.#marks[account] = (place << 1) | DUE
    return level
  }
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}

function enlarged(array: Uint8Array<ArrayBuffer>, least: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(least, array.length * 2))
  larger.set(array)
  return larger
}
