import type { AccountId } from '../domain/ids.ts'

// Prices fall into buckets by the leading bits of their floating point form: 4,096 between a price and its double, each
// 0.012 to 0.024 % wide. The bits order as the prices do, and unlike a logarithm they are the same on every machine.

const MANTISSA_BITS = 12
const PAGE = 2 ** MANTISSA_BITS
const SHIFT = 20 - MANTISSA_BITS
/** Before the first bucket, which begins at a price of 1: its exponent is written as 1,023. */
const OFFSET = 1_023 * PAGE - 1
const PRICE = new Float64Array(1)
const WORDS = new Int32Array(PRICE.buffer)
const CAPACITY_MIN = 64

/** Places in a slot's record, and its length. Slots are counted from one here: zero is none. */
const NEXT = 0
const BEFORE = 1
const BUCKET = 2
const OWNER = 3
const RECORD = 4

/** The bucket of a price of at least 1, from 1. Dearer prices are never in a lower one. */
export function bucketOf(price: number): number {
  PRICE[0] = price
  return ((WORDS[1] as number) >> SHIFT) - OFFSET
}

/** The least price in a bucket. */
export function floorOf(bucket: number): number {
  WORDS[0] = 0
  WORDS[1] = (bucket + OFFSET) << SHIFT
  return PRICE[0] as number
}

/**
 * At most one watch on each slot of the ledger: a price of the slot's asset at which its account is to be measured again.
 * The watches of one asset, direction and bucket are a chain, so that a move visits those it reaches and no other.
 */
export class PriceWatches {
  #records = new Int32Array(CAPACITY_MIN * RECORD)
  #placed = 0
  /** By asset, then by the power of two that a price lies above: the first slot of each bucket's chain. */
  readonly #falls: (Int32Array | undefined)[][]
  readonly #rises: (Int32Array | undefined)[][]

  constructor(assetCount: number) {
    this.#falls = Array.from({ length: assetCount }, () => [])
    this.#rises = Array.from({ length: assetCount }, () => [])
  }

  /** How many watches were placed so far. */
  get placed(): number {
    return this.#placed
  }

  /** The bucket a fall must reach, negative for a rise, 0 without a watch. */
  bucketAt(slot: number): number {
    return this.#records[slot * RECORD + BUCKET] ?? 0
  }

  /** In place of the slot's watch, one at a bucket: for a fall to it, negative for a rise to it; 0: none. */
  place(slot: number, account: AccountId, asset: number, signed: number): void {
    if (this.bucketAt(slot) === signed) return
    this.remove(slot, asset)
    if (signed === 0) return
    this.#reserve(slot)
    this.#placed += 1
    const bucket = Math.abs(signed)
    const page = pageOf(this.#pages(asset, signed), bucket)
    const first = page[bucket % PAGE] as number
    const at = slot * RECORD
    this.#records[at + NEXT] = first
    this.#records[at + BEFORE] = 0
    this.#records[at + BUCKET] = signed
    this.#records[at + OWNER] = account
    if (first !== 0) this.#records[(first - 1) * RECORD + BEFORE] = slot + 1
    page[bucket % PAGE] = slot + 1
  }

  remove(slot: number, asset: number): void {
    const signed = this.bucketAt(slot)
    if (signed === 0) return
    const at = slot * RECORD
    const next = this.#records[at + NEXT] as number
    const before = this.#records[at + BEFORE] as number
    if (next !== 0) this.#records[(next - 1) * RECORD + BEFORE] = before
    if (before !== 0) this.#records[(before - 1) * RECORD + NEXT] = next
    else {
      const bucket = Math.abs(signed)
      pageOf(this.#pages(asset, signed), bucket)[bucket % PAGE] = next
    }
    this.#records[at + BUCKET] = 0
  }

  /** Visits the account of every watch that a move of the asset's price has reached, bucket by bucket; the watches stay. */
  forEachReached(
    asset: number,
    from: number,
    to: number,
    visit: (account: AccountId) => void,
  ): void {
    if (to < from) this.#visit(this.#falls[asset] ?? [], bucketOf(to), bucketOf(from), visit)
    if (to > from) this.#visit(this.#rises[asset] ?? [], bucketOf(from), bucketOf(to), visit)
  }

  #visit(
    pages: readonly (Int32Array | undefined)[],
    first: number,
    last: number,
    visit: (account: AccountId) => void,
  ): void {
    for (let bucket = first; bucket <= last; bucket += 1) {
      const page = pages[Math.floor(bucket / PAGE)]
      if (page === undefined) {
        bucket |= PAGE - 1
        continue
      }
      let slot = page[bucket % PAGE] as number
      while (slot !== 0) {
        const at = (slot - 1) * RECORD
        visit(this.#records[at + OWNER] as AccountId)
        slot = this.#records[at + NEXT] as number
      }
    }
  }

  #pages(asset: number, signed: number): (Int32Array | undefined)[] {
    return (signed > 0 ? this.#falls : this.#rises)[asset] as (Int32Array | undefined)[]
  }

  #reserve(slot: number): void {
    if ((slot + 1) * RECORD <= this.#records.length) return
    const records = new Int32Array(Math.max((slot + 1) * RECORD, this.#records.length * 2))
    records.set(this.#records)
    this.#records = records
  }
}

function pageOf(pages: (Int32Array | undefined)[], bucket: number): Int32Array {
  const place = Math.floor(bucket / PAGE)
  const page = pages[place] ?? new Int32Array(PAGE)
  pages[place] = page
  return page
}
