import { assert } from '../assert.ts'
import type { AccountId, AssetIndex } from '../domain/ids.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_MAX } from '../money/amount.ts'
import type { Bucket } from './chart.ts'
import { BUCKET, BUCKETS, mayBeNegative, VENUE_ACCOUNTS } from './chart.ts'

const NONE = -1
const CAPACITY_MIN = 64

/** Places in a slot's record, and its length. */
const ASSET = 0
const NEXT = 1
const OWNER = 2
const TOUCHED = 3
const RECORD = 4

/** What has happened to a slot since the last drain: nothing, funds were locked or freed, or its sums changed. */
const RELOCKED = 1
const CHANGED = 2

interface RehearsedMove {
  readonly asset: AssetIndex
  readonly fromIndex: number
  readonly toIndex: number
  readonly amount: bigint
}

/** One asset in one account. Owed amounts are positive here. */
export interface Holding {
  readonly asset: AssetIndex
  readonly free: Amount
  readonly locked: Amount
  readonly principal: Amount
  readonly interest: Amount
}

/** An account's slots, of which the first `count` places are filled. */
export interface SlotList {
  count: number
  readonly slots: Int32Array
  readonly assets: Int32Array
  readonly held: Float64Array
  readonly owed: Float64Array
}

export function slotList(assetCount: number): SlotList {
  return {
    count: 0,
    slots: new Int32Array(assetCount),
    assets: new Int32Array(assetCount),
    held: new Float64Array(assetCount),
    owed: new Float64Array(assetCount),
  }
}

/**
 * Every balance of the venue, and the one owner of them.
 *
 * The only change is `move`: one amount leaves one bucket and reaches another, so an entry cannot be out of
 * balance. An account's holdings are a chain of slots in asset order; a slot is four int64 side by side.
 */
export class Ledger {
  #amounts = new BigInt64Array(CAPACITY_MIN * BUCKETS)
  /** By slot, side by side: its asset, the account's next slot, its account, and what has happened to it in this command. */
  #records = new Int32Array(CAPACITY_MIN * RECORD)
  #slots = 0
  #firstSlot = new Int32Array(CAPACITY_MIN)
  #accounts = 0
  /** Sum of all balances by asset: the trial balance, always zero after a command. */
  readonly #totals: BigInt64Array
  /** Slots moved since the last drain, in order of first movement. */
  #touchedSlots = new Int32Array(CAPACITY_MIN)
  #touchedCount = 0
  readonly #movedFlag: Uint8Array
  readonly #movedAssets: Int32Array
  #movedCount = 0
  #rehearsal: RehearsedMove[] | null = null

  readonly assetCount: number

  constructor(assetCount: number) {
    this.assetCount = assetCount
    this.#totals = new BigInt64Array(assetCount)
    this.#movedFlag = new Uint8Array(assetCount)
    this.#movedAssets = new Int32Array(assetCount)
    for (let account = 0; account < VENUE_ACCOUNTS; account += 1) this.openAccount()
  }

  get accountCount(): number {
    return this.#accounts
  }

  openAccount(): AccountId {
    if (this.#accounts === this.#firstSlot.length) this.#firstSlot = doubled(this.#firstSlot)
    this.#firstSlot[this.#accounts] = NONE
    this.#accounts += 1
    return (this.#accounts - 1) as AccountId
  }

  free(account: AccountId, asset: AssetIndex): Amount {
    return this.balance(account, asset, BUCKET.free)
  }

  locked(account: AccountId, asset: AssetIndex): Amount {
    return this.balance(account, asset, BUCKET.locked)
  }

  /** Principal owed, positive. */
  principal(account: AccountId, asset: AssetIndex): Amount {
    return -this.balance(account, asset, BUCKET.principal) as Amount
  }

  /** Interest owed, positive. */
  interest(account: AccountId, asset: AssetIndex): Amount {
    return -this.balance(account, asset, BUCKET.interest) as Amount
  }

  /** Principal and interest owed, positive. */
  owed(account: AccountId, asset: AssetIndex): Amount {
    return (this.principal(account, asset) + this.interest(account, asset)) as Amount
  }

  /** Free and locked together. */
  held(account: AccountId, asset: AssetIndex): Amount {
    return (this.free(account, asset) + this.locked(account, asset)) as Amount
  }

  /** The signed balance as it is booked. */
  balance(account: AccountId, asset: AssetIndex, bucket: Bucket): Amount {
    const slot = this.#find(account, asset)
    return slot === NONE ? (0n as Amount) : this.#at(slot * BUCKETS + bucket)
  }

  /**
   * Every asset the account holds or owes, in asset order. What it once held and no longer does is left out, so that
   * nothing depends on a past that a snapshot forgets.
   */
  *holdings(account: AccountId): Generator<Holding> {
    for (let slot = this.#first(account); slot !== NONE; slot = this.#next(slot)) {
      const holding = this.#holding(slot)
      if (!isEmpty(holding)) yield holding
    }
  }

  /** As `holdings`, without a generator, for paths that run on every command. */
  forEachHolding(
    account: AccountId,
    visit: (asset: AssetIndex, held: bigint, owed: bigint) => void,
  ): void {
    for (let slot = this.#first(account); slot !== NONE; slot = this.#next(slot)) {
      const index = slot * BUCKETS
      const held = this.#at(index) + this.#at(index + 1)
      const owed = -this.#at(index + 2) - this.#at(index + 3)
      if (held !== 0n || owed !== 0n)
        visit(this.#records[slot * RECORD + ASSET] as AssetIndex, held, owed)
    }
  }

  /**
   * Moves a positive amount between two buckets of one asset: the ledger's only entry.
   *
   * A balance that may not be negative and would be, or an amount past the ledger's range, is a bug of the caller.
   */
  move(
    asset: AssetIndex,
    from: AccountId,
    fromBucket: Bucket,
    to: AccountId,
    toBucket: Bucket,
    amount: bigint,
  ): void {
    assert(amount > 0n && amount <= AMOUNT_MAX, 'an entry moves a positive amount, in range')
    const fromSlot = this.#ensure(from, asset)
    const toSlot = this.#ensure(to, asset)
    const fromIndex = fromSlot * BUCKETS + fromBucket
    const toIndex = toSlot * BUCKETS + toBucket
    // Both ends are checked before either changes: a rehearsal that trips here must leave nothing behind. No sum of two
    // amounts in range leaves 64 bits; saying so spares the big integers.
    const less = BigInt.asIntN(64, (this.#amounts[fromIndex] as bigint) - amount)
    assertMayHold(from, fromBucket, less)
    if (fromIndex !== toIndex) {
      const more = BigInt.asIntN(64, (this.#amounts[toIndex] as bigint) + amount)
      assertMayHold(to, toBucket, more)
      this.#set(asset, fromIndex, less)
      this.#set(asset, toIndex, more)
    }
    this.#rehearsal?.push({ asset, fromIndex, toIndex, amount })
    const happened =
      fromSlot === toSlot && isOwn(fromBucket) && isOwn(toBucket) ? RELOCKED : CHANGED
    this.#touch(fromSlot, happened)
    this.#touch(toSlot, happened)
  }

  /** Puts an account's balances as a snapshot has them, signed as booked. Only for a ledger being restored. */
  load(account: AccountId, asset: AssetIndex, balances: readonly bigint[]): void {
    assert(balances.length === BUCKETS, 'a slot has four balances')
    const index = this.#ensure(account, asset) * BUCKETS
    balances.forEach((balance, bucket) => {
      assertMayHold(account, bucket as Bucket, balance)
      this.#set(asset, index + bucket, balance)
    })
  }

  /**
   * Runs `act`, returns its result, and takes back every move it made and every account it opened: what would be, without
   * its being so.
   */
  rehearse<T>(act: () => T): T {
    assert(this.#rehearsal === null, 'a rehearsal is not nested')
    assert(this.#touchedCount === 0, 'a rehearsal starts between commands')
    const moves: RehearsedMove[] = []
    const slots = this.#slots
    const accounts = this.#accounts
    this.#rehearsal = moves
    try {
      return act()
    } finally {
      this.#rehearsal = null
      for (const { asset, fromIndex, toIndex, amount } of moves.reverse()) {
        this.#set(asset, fromIndex, this.#at(fromIndex) + amount)
        this.#set(asset, toIndex, this.#at(toIndex) - amount)
      }
      this.drainTouched(() => {})
      while (this.#slots > slots) this.#dropLastSlot()
      this.#accounts = accounts
    }
  }

  /** Whether what moves now is taken back. */
  get isRehearsing(): boolean {
    return this.#rehearsal !== null
  }

  /**
   * Visits each (account, asset) moved since the last call, in order of first movement, and forgets them. `changed` is
   * false where funds were only locked or freed, so that what is held and owed is what it was.
   */
  drainTouched(visit: (account: AccountId, holding: Holding, changed: boolean) => void): void {
    for (let at = 0; at < this.#touchedCount; at += 1) {
      const slot = this.#touchedSlots[at] as number
      const changed = this.#records[slot * RECORD + TOUCHED] === CHANGED
      this.#records[slot * RECORD + TOUCHED] = 0
      visit(this.#records[slot * RECORD + OWNER] as AccountId, this.#holding(slot), changed)
    }
    this.#touchedCount = 0
  }

  /** Throws unless the balances of every asset that moved since the last time sum to zero, from the running totals. */
  assertBalanced(): void {
    for (let at = 0; at < this.#movedCount; at += 1) {
      const asset = this.#movedAssets[at] as number
      this.#movedFlag[asset] = 0
      assert(this.#totals[asset] === 0n, 'V1 the trial balance is zero in every asset')
    }
    this.#movedCount = 0
  }

  /** Every asset's sum over all slots, recomputed: what the running totals must equal. */
  recomputedTotals(): bigint[] {
    const totals = new Array<bigint>(this.assetCount).fill(0n)
    for (let slot = 0; slot < this.#slots; slot += 1) {
      const asset = this.#assetAt(slot)
      for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
        totals[asset] = (totals[asset] ?? 0n) + this.#at(slot * BUCKETS + bucket)
      }
    }
    return totals
  }

  /**
   * Σ held × price and Σ owed × price of an account in floating point, for screening only: a decision is taken on
   * exact integers. Writes [assets, debts] into `into`. Prices by asset index, in whole units, NaN where unknown; debts
   * at prices of their own where such are given.
   */
  screen(
    account: AccountId,
    prices: Float64Array,
    into: Float64Array,
    owedPrices: Float64Array = prices,
  ): void {
    let assets = 0
    let debts = 0
    for (let slot = this.#first(account); slot !== NONE; slot = this.#next(slot)) {
      const asset = this.#assetAt(slot)
      const word = slot * BUCKETS * 2
      assets += (this.#asFloat(word) + this.#asFloat(word + 2)) * (prices[asset] ?? 0)
      debts -= (this.#asFloat(word + 4) + this.#asFloat(word + 6)) * (owedPrices[asset] ?? 0)
    }
    into[0] = assets
    into[1] = debts
  }

  /** The account's slots and what they hold and owe in floating point, for screening only. Written into `into`. */
  listSlots(account: AccountId, into: SlotList): void {
    let count = 0
    for (let slot = this.#first(account); slot !== NONE; slot = this.#next(slot)) {
      const word = slot * BUCKETS * 2
      into.slots[count] = slot
      into.assets[count] = this.#assetAt(slot)
      into.held[count] = this.#asFloat(word) + this.#asFloat(word + 2)
      into.owed[count] = -this.#asFloat(word + 4) - this.#asFloat(word + 6)
      count += 1
    }
    into.count = count
  }

  /** Whether the account owes anything, principal or interest. */
  owesAnything(account: AccountId): boolean {
    const words = this.#words
    for (let slot = this.#first(account); slot !== NONE; slot = this.#next(slot)) {
      const word = slot * BUCKETS * 2 + 4
      if ((words[word] as number) | (words[word + 1] as number)) return true
      if ((words[word + 2] as number) | (words[word + 3] as number)) return true
    }
    return false
  }

  // Two int32 reads are many times cheaper than turning a BigInt into a number.
  #words = new Int32Array(this.#amounts.buffer)

  #asFloat(word: number): number {
    return (this.#words[word + 1] ?? 0) * 4_294_967_296 + ((this.#words[word] ?? 0) >>> 0)
  }

  #holding(slot: number): Holding {
    const index = slot * BUCKETS
    return {
      asset: this.#records[slot * RECORD + ASSET] as AssetIndex,
      free: this.#at(index),
      locked: this.#at(index + 1),
      principal: BigInt.asIntN(64, -this.#at(index + 2)) as Amount,
      interest: BigInt.asIntN(64, -this.#at(index + 3)) as Amount,
    }
  }

  #at(index: number): Amount {
    return this.#amounts[index] as Amount
  }

  #set(asset: AssetIndex, index: number, value: bigint): void {
    if (this.#movedFlag[asset] === 0) {
      this.#movedFlag[asset] = 1
      this.#movedAssets[this.#movedCount] = asset
      this.#movedCount += 1
    }
    const change = BigInt.asIntN(64, value - (this.#amounts[index] as bigint))
    this.#totals[asset] = BigInt.asIntN(64, (this.#totals[asset] as bigint) + change)
    this.#amounts[index] = value
  }

  #touch(slot: number, happened: typeof RELOCKED | typeof CHANGED): void {
    const flag = slot * RECORD + TOUCHED
    const before = this.#records[flag] as number
    if (before >= happened) return
    this.#records[flag] = happened
    if (before > 0) return
    if (this.#touchedCount === this.#touchedSlots.length)
      this.#touchedSlots = doubled(this.#touchedSlots)
    this.#touchedSlots[this.#touchedCount] = slot
    this.#touchedCount += 1
  }

  #next(slot: number): number {
    return this.#records[slot * RECORD + NEXT] ?? NONE
  }

  #assetAt(slot: number): number {
    return this.#records[slot * RECORD + ASSET] ?? 0
  }

  #first(account: AccountId): number {
    assert(account >= 0 && account < this.#accounts, 'an account was opened before it is used')
    return this.#firstSlot[account] ?? NONE
  }

  #find(account: AccountId, asset: AssetIndex): number {
    let slot = this.#first(account)
    while (slot !== NONE && this.#assetAt(slot) < asset) slot = this.#next(slot)
    return slot !== NONE && this.#assetAt(slot) === asset ? slot : NONE
  }

  #ensure(account: AccountId, asset: AssetIndex): number {
    const found = this.#find(account, asset)
    if (found !== NONE) return found
    assert(asset >= 0 && asset < this.assetCount, 'an asset is one of the venue’s')
    if (this.#slots * RECORD === this.#records.length) this.#grow()
    const slot = this.#slots
    this.#slots += 1
    this.#records[slot * RECORD + ASSET] = asset
    this.#records[slot * RECORD + OWNER] = account
    let before = NONE
    let after = this.#first(account)
    while (after !== NONE && this.#assetAt(after) < asset) {
      before = after
      after = this.#next(after)
    }
    this.#records[slot * RECORD + NEXT] = after
    if (before === NONE) this.#firstSlot[account] = slot
    else this.#records[before * RECORD + NEXT] = slot
    return slot
  }

  /** The slot made last, empty again, leaves its account. */
  #dropLastSlot(): void {
    const slot = this.#slots - 1
    const account = this.#records[slot * RECORD + OWNER] as AccountId
    let before = NONE
    for (let at = this.#first(account); at !== slot; at = this.#next(at)) before = at
    if (before === NONE) this.#firstSlot[account] = this.#next(slot)
    else this.#records[before * RECORD + NEXT] = this.#next(slot)
    this.#slots = slot
  }

  #grow(): void {
    const amounts = new BigInt64Array(this.#amounts.length * 2)
    amounts.set(this.#amounts)
    this.#amounts = amounts
    this.#words = new Int32Array(amounts.buffer)
    this.#records = doubled(this.#records)
  }
}

/** Whether a bucket holds what the account has, not what it owes. */
function isOwn(bucket: Bucket): boolean {
  return bucket === BUCKET.free || bucket === BUCKET.locked
}

function isEmpty({ free, locked, principal, interest }: Holding): boolean {
  return free === 0n && locked === 0n && principal === 0n && interest === 0n
}

function assertMayHold(account: AccountId, bucket: Bucket, value: bigint): void {
  assert(value <= AMOUNT_MAX && value >= -AMOUNT_MAX, 'a balance stays within ±2^61 units of 10^-8')
  if (bucket === BUCKET.free || bucket === BUCKET.locked) {
    assert(value >= 0n || mayBeNegative(account), 'V2 a balance is never negative')
  } else {
    assert(value <= 0n, 'V2 nobody owes less than nothing')
  }
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}
