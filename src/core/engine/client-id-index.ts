import { assert } from '../assert.ts'
import type { AccountId } from '../domain/ids.ts'

const INITIAL_BITS = 8
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193
/** 2^32 divided by the golden ratio. */
const FIBONACCI = 0x9e3779b1

/** What an entry is compared by; the texts stay where the orders are. */
export interface NamedSlots {
  isNamed(slot: number, account: AccountId, name: string): boolean
}

/**
 * The slot of each open order by its account and the account's name for it. Open addressing with linear probing, at most
 * half full; two words an order, where a map of texts would take ten times that.
 */
export class ClientIdIndex {
  readonly #orders: NamedSlots
  /** Pairs of slot + 1, 0 where the place is empty, and hash: side by side, so that a look costs one cache line. */
  #entries = new Int32Array(2 ** INITIAL_BITS * 2)
  #shift = 32 - INITIAL_BITS
  #count = 0

  constructor(orders: NamedSlots) {
    this.#orders = orders
  }

  /** The slot of the account's order of that name, or -1. */
  find(account: AccountId, name: string): number {
    return (this.#entries[this.#placeOf(account, name, hashOf(account, name)) * 2] as number) - 1
  }

  /** Enters a slot under a name; returns the name's hash, by which `remove` finds it. */
  add(account: AccountId, name: string, slot: number): number {
    if (this.#count * 4 >= this.#entries.length) this.#grow()
    const hash = hashOf(account, name)
    const at = this.#placeOf(account, name, hash) * 2
    assert(this.#entries[at] === 0, 'V9 a client id is unique while open')
    this.#entries[at] = slot + 1
    this.#entries[at + 1] = hash
    this.#count += 1
    return hash
  }

  /** Takes a slot's name out and closes the gap, so that no probe ends early and no tombstones gather. */
  remove(slot: number, hash: number): void {
    const entries = this.#entries
    const mask = entries.length / 2 - 1
    let gap = this.#homeOf(hash)
    while (entries[gap * 2] !== slot + 1) {
      assert(entries[gap * 2] !== 0, 'V9 an open order is found by its client id')
      gap = (gap + 1) & mask
    }
    for (let place = (gap + 1) & mask; entries[place * 2] !== 0; place = (place + 1) & mask) {
      const home = this.#homeOf(entries[place * 2 + 1] as number)
      const probedOverGap = ((place - home) & mask) >= ((place - gap) & mask)
      if (!probedOverGap) continue
      entries[gap * 2] = entries[place * 2] as number
      entries[gap * 2 + 1] = entries[place * 2 + 1] as number
      gap = place
    }
    entries[gap * 2] = 0
    this.#count -= 1
  }

  /** Where the name is, or the empty place where it would go. */
  #placeOf(account: AccountId, name: string, hash: number): number {
    const entries = this.#entries
    const mask = entries.length / 2 - 1
    let place = this.#homeOf(hash)
    for (;;) {
      const slot = (entries[place * 2] as number) - 1
      if (slot < 0) return place
      if (entries[place * 2 + 1] === hash && this.#orders.isNamed(slot, account, name)) return place
      place = (place + 1) & mask
    }
  }

  #homeOf(hash: number): number {
    return Math.imul(hash, FIBONACCI) >>> this.#shift
  }

  #grow(): void {
    const old = this.#entries
    this.#entries = new Int32Array(old.length * 2)
    this.#shift -= 1
    const mask = this.#entries.length / 2 - 1
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] === 0) continue
      const hash = old[at + 1] as number
      let place = this.#homeOf(hash)
      while (this.#entries[place * 2] !== 0) place = (place + 1) & mask
      this.#entries[place * 2] = old[at] as number
      this.#entries[place * 2 + 1] = hash
    }
  }
}

/** The name hashed last: a command looks for the same one several times. */
let lastAccount = -1
let lastName = ''
let lastHash = 0

/** FNV-1a over the account and the name's characters. */
function hashOf(account: AccountId, name: string): number {
  if (account === lastAccount && name === lastName) return lastHash
  let hash = Math.imul(FNV_OFFSET ^ account, FNV_PRIME)
  for (let at = 0; at < name.length; at += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(at), FNV_PRIME)
  }
  lastAccount = account
  lastName = name
  lastHash = hash
  return hash
}
