import { assert } from '../assert.ts'
import type { AccountId, AssetIndex } from '../domain/ids.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_MAX } from '../money/amount.ts'
import type { Bucket } from './chart.ts'
import { BUCKET, BUCKETS, mayBeNegative, VENUE_ACCOUNTS } from './chart.ts'

const NONE = -1
const CAPACITY_MIN = 64

/** One asset in one account. Owed amounts are positive here. */
export interface Holding {
  readonly asset: AssetIndex
  readonly free: Amount
  readonly locked: Amount
  readonly principal: Amount
  readonly interest: Amount
}

/**
 * Every balance of the venue, and the one owner of them.
 *
 * The only change is `move`: one amount leaves one bucket and reaches another, so an entry cannot be out of
 * balance. An account's holdings are a chain of slots in asset order; a slot is four int64 side by side.
 */
export class Ledger {
  #amounts = new BigInt64Array(CAPACITY_MIN * BUCKETS)
  #assetOf = new Uint16Array(CAPACITY_MIN)
  #nextSlot = new Int32Array(CAPACITY_MIN)
  #accountOf = new Int32Array(CAPACITY_MIN)
  #slots = 0
  #firstSlot = new Int32Array(CAPACITY_MIN)
  #accounts = 0
  /** Sum of all balances by asset: the trial balance, always zero after a command. */
  readonly #totals: BigInt64Array
  #touchedFlag = new Uint8Array(CAPACITY_MIN)
  #touchedSlots: number[] = []
  #rehearsal: { fromIndex: number; toIndex: number; amount: bigint }[] | null = null

  readonly assetCount: number

  constructor(assetCount: number) {
    this.assetCount = assetCount
    this.#totals = new BigInt64Array(assetCount)
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
    for (let slot = this.#first(account); slot !== NONE; slot = this.#nextSlot[slot] ?? NONE) {
      const holding = this.#holding(slot)
      if (!isEmpty(holding)) yield holding
    }
  }

  /** As `holdings`, without a generator, for paths that run on every command. */
  forEachHolding(
    account: AccountId,
    visit: (asset: AssetIndex, held: bigint, owed: bigint) => void,
  ): void {
    for (let slot = this.#first(account); slot !== NONE; slot = this.#nextSlot[slot] ?? NONE) {
      const index = slot * BUCKETS
      const held = this.#at(index) + this.#at(index + 1)
      const owed = -this.#at(index + 2) - this.#at(index + 3)
      if (held !== 0n || owed !== 0n) visit(this.#assetOf[slot] as AssetIndex, held, owed)
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
    assert(amount > 0n, 'an entry moves a positive amount')
    const fromSlot = this.#ensure(from, asset)
    const toSlot = this.#ensure(to, asset)
    const fromIndex = fromSlot * BUCKETS + fromBucket
    const toIndex = toSlot * BUCKETS + toBucket
    // Both ends are checked before either changes: a rehearsal that trips here must leave nothing behind.
    assertMayHold(from, fromBucket, this.#at(fromIndex) - amount)
    if (fromIndex !== toIndex) assertMayHold(to, toBucket, this.#at(toIndex) + amount)
    this.#set(fromIndex, this.#at(fromIndex) - amount)
    this.#set(toIndex, this.#at(toIndex) + amount)
    this.#rehearsal?.push({ fromIndex, toIndex, amount })
    this.#touch(fromSlot)
    this.#touch(toSlot)
  }

  /** Puts an account's balances as a snapshot has them, signed as booked. Only for a ledger being restored. */
  load(account: AccountId, asset: AssetIndex, balances: readonly bigint[]): void {
    assert(balances.length === BUCKETS, 'a slot has four balances')
    const index = this.#ensure(account, asset) * BUCKETS
    balances.forEach((balance, bucket) => {
      assertMayHold(account, bucket as Bucket, balance)
      this.#set(index + bucket, balance)
    })
  }

  /** Runs `act`, returns its result, and takes back every move it made: what would be, without its being so. */
  rehearse<T>(act: () => T): T {
    assert(this.#rehearsal === null, 'a rehearsal is not nested')
    assert(this.#touchedSlots.length === 0, 'a rehearsal starts between commands')
    const moves: { fromIndex: number; toIndex: number; amount: bigint }[] = []
    this.#rehearsal = moves
    try {
      return act()
    } finally {
      this.#rehearsal = null
      for (const { fromIndex, toIndex, amount } of moves.reverse()) {
        this.#set(fromIndex, this.#at(fromIndex) + amount)
        this.#set(toIndex, this.#at(toIndex) - amount)
      }
      this.drainTouched(() => {})
    }
  }

  /** Visits each (account, asset) moved since the last call, in order of first movement, and forgets them. */
  drainTouched(visit: (account: AccountId, holding: Holding) => void): void {
    for (const slot of this.#touchedSlots) {
      this.#touchedFlag[slot] = 0
      visit((this.#accountOf[slot] ?? NONE) as AccountId, this.#holding(slot))
    }
    this.#touchedSlots = []
  }

  /** Throws unless every asset's balances sum to zero, from the running totals. */
  assertBalanced(): void {
    for (let asset = 0; asset < this.assetCount; asset += 1) {
      assert(this.#totals[asset] === 0n, 'V1 the trial balance is zero in every asset')
    }
  }

  /** Every asset's sum over all slots, recomputed: what the running totals must equal. */
  recomputedTotals(): bigint[] {
    const totals = new Array<bigint>(this.assetCount).fill(0n)
    for (let slot = 0; slot < this.#slots; slot += 1) {
      const asset = this.#assetOf[slot] ?? 0
      for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
        totals[asset] = (totals[asset] ?? 0n) + this.#at(slot * BUCKETS + bucket)
      }
    }
    return totals
  }

  /**
   * Σ held × price and Σ owed × price of an account in floating point, for screening only: a decision is taken on
   * exact integers. Writes [assets, debts] into `into`. Prices by asset index, in whole units, NaN where unknown.
   */
  screen(account: AccountId, prices: Float64Array, into: Float64Array): void {
    let assets = 0
    let debts = 0
    for (let slot = this.#first(account); slot !== NONE; slot = this.#nextSlot[slot] ?? NONE) {
      const price = prices[this.#assetOf[slot] ?? 0] ?? 0
      const word = slot * BUCKETS * 2
      assets += (this.#asFloat(word) + this.#asFloat(word + 2)) * price
      debts -= (this.#asFloat(word + 4) + this.#asFloat(word + 6)) * price
    }
    into[0] = assets
    into[1] = debts
  }

  // Two int32 reads are many times cheaper than turning a BigInt into a number.
  #words = new Int32Array(this.#amounts.buffer)

  #asFloat(word: number): number {
    return (this.#words[word + 1] ?? 0) * 4_294_967_296 + ((this.#words[word] ?? 0) >>> 0)
  }

  #holding(slot: number): Holding {
    const index = slot * BUCKETS
    return {
      asset: this.#assetOf[slot] as AssetIndex,
      free: this.#at(index),
      locked: this.#at(index + 1),
      principal: -this.#at(index + 2) as Amount,
      interest: -this.#at(index + 3) as Amount,
    }
  }

  #at(index: number): Amount {
    return this.#amounts[index] as Amount
  }

  #set(index: number, value: bigint): void {
    const asset = this.#assetOf[Math.floor(index / BUCKETS)] ?? 0
    this.#totals[asset] = (this.#totals[asset] ?? 0n) + value - this.#at(index)
    this.#amounts[index] = value
  }

  #touch(slot: number): void {
    if (this.#touchedFlag[slot] === 1) return
    this.#touchedFlag[slot] = 1
    this.#touchedSlots.push(slot)
  }

  #first(account: AccountId): number {
    assert(account >= 0 && account < this.#accounts, 'an account was opened before it is used')
    return this.#firstSlot[account] ?? NONE
  }

  #find(account: AccountId, asset: AssetIndex): number {
    let slot = this.#first(account)
    while (slot !== NONE && (this.#assetOf[slot] ?? 0) < asset) slot = this.#nextSlot[slot] ?? NONE
    return slot !== NONE && this.#assetOf[slot] === asset ? slot : NONE
  }

  #ensure(account: AccountId, asset: AssetIndex): number {
    const found = this.#find(account, asset)
    if (found !== NONE) return found
    assert(asset >= 0 && asset < this.assetCount, 'an asset is one of the venue’s')
    if (this.#slots === this.#assetOf.length) this.#grow()
    const slot = this.#slots
    this.#slots += 1
    this.#assetOf[slot] = asset
    this.#accountOf[slot] = account
    let before = NONE
    let after = this.#first(account)
    while (after !== NONE && (this.#assetOf[after] ?? 0) < asset) {
      before = after
      after = this.#nextSlot[after] ?? NONE
    }
    this.#nextSlot[slot] = after
    if (before === NONE) this.#firstSlot[account] = slot
    else this.#nextSlot[before] = slot
    return slot
  }

  #grow(): void {
    const amounts = new BigInt64Array(this.#amounts.length * 2)
    amounts.set(this.#amounts)
    this.#amounts = amounts
    this.#words = new Int32Array(amounts.buffer)
    const assets = new Uint16Array(this.#assetOf.length * 2)
    assets.set(this.#assetOf)
    this.#assetOf = assets
    const flags = new Uint8Array(this.#touchedFlag.length * 2)
    flags.set(this.#touchedFlag)
    this.#touchedFlag = flags
    this.#nextSlot = doubled(this.#nextSlot)
    this.#accountOf = doubled(this.#accountOf)
  }
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
