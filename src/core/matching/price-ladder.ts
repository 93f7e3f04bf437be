import { assert } from '../assert.ts'
import { TICKS_LIMIT } from '../money/price.ts'
import { doubledIntegers, lowestBit, NONE } from './columns.ts'

const ROOT = 0
const DIGIT_BITS = 5
const FANOUT = 2 ** DIGIT_BITS
const TOP_SHIFT = Math.log2(TICKS_LIMIT) - DIGIT_BITS
const INITIAL_NODES = 32

/**
 * Which keys below 2^30 are occupied, and by which price level: a trie over the key's six base-32 digits, each node a
 * word of bits and 32 children. Every operation costs a handful of word operations wherever the prices lie and however
 * many there are: a book that a crash has spread thin is as fast as a dense one.
 */
export class PriceLadder {
  #bits = new Int32Array(INITIAL_NODES)
  /** A node's 32 children side by side: nodes, or price levels under the last digit. Meaningless where the bit is 0. */
  #children = new Int32Array(INITIAL_NODES * FANOUT)
  /** Released nodes, chained through their first child. */
  #free = NONE
  #nodes = 1

  /** The level at `key`, or NONE. */
  at(key: number): number {
    let node = ROOT
    for (let shift = TOP_SHIFT; shift >= 0; shift -= DIGIT_BITS) {
      const digit = digitOf(key, shift)
      if (((this.#bits[node] as number) & (1 << digit)) === 0) return NONE
      node = this.#children[node * FANOUT + digit] as number
    }
    return node
  }

  insert(key: number, level: number): void {
    let node = ROOT
    for (let shift = TOP_SHIFT; shift > 0; shift -= DIGIT_BITS) {
      const digit = digitOf(key, shift)
      const isThere = ((this.#bits[node] as number) & (1 << digit)) !== 0
      const child = isThere ? (this.#children[node * FANOUT + digit] as number) : this.#allocate()
      if (!isThere) this.#link(node, digit, child)
      node = child
    }
    const digit = digitOf(key, 0)
    assert(((this.#bits[node] as number) & (1 << digit)) === 0, 'a price has one level')
    this.#link(node, digit, level)
  }

  /** Clears `key`, which is occupied, and gives back the nodes that only it needed. */
  remove(key: number): void {
    let node = ROOT
    let fork = ROOT
    let forkShift = TOP_SHIFT
    for (let shift = TOP_SHIFT; shift >= 0; shift -= DIGIT_BITS) {
      const bits = this.#bits[node] as number
      const digit = digitOf(key, shift)
      assert((bits & (1 << digit)) !== 0, 'a level that empties is on the ladder')
      if (bits !== 1 << digit) {
        fork = node
        forkShift = shift
      }
      node = this.#children[node * FANOUT + digit] as number
    }
    const digit = digitOf(key, forkShift)
    this.#bits[fork] = (this.#bits[fork] as number) & ~(1 << digit)
    let orphan = this.#children[fork * FANOUT + digit] as number
    for (let shift = forkShift - DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
      const child = this.#children[orphan * FANOUT + digitOf(key, shift)] as number
      this.#release(orphan)
      orphan = child
    }
  }

  /** The level at the lowest occupied key above `key`, or NONE; -1 asks for the lowest of all. */
  above(key: number): number {
    if (key < 0) return this.#lowestUnder(ROOT, TOP_SHIFT)
    let node = ROOT
    let turn = NONE
    let turnShift = 0
    for (let shift = TOP_SHIFT; shift >= 0; shift -= DIGIT_BITS) {
      const bits = this.#bits[node] as number
      const digit = digitOf(key, shift)
      const greater = bits & (-2 << digit)
      if (greater !== 0) {
        turn = this.#children[node * FANOUT + lowestBit(greater)] as number
        turnShift = shift
      }
      if ((bits & (1 << digit)) === 0) break
      node = this.#children[node * FANOUT + digit] as number
    }
    return turn === NONE ? NONE : this.#lowestUnder(turn, turnShift - DIGIT_BITS)
  }

  /** Asserts that exactly the nodes in use are reachable and that none but the root is empty. */
  assertSound(): void {
    let released = 0
    for (let node = this.#free; node !== NONE; node = this.#children[node * FANOUT] as number) {
      released += 1
    }
    assert(this.#nodesUnder(ROOT, TOP_SHIFT) + released === this.#nodes, 'no ladder node is lost')
  }

  #nodesUnder(node: number, shift: number): number {
    const bits = this.#bits[node] as number
    assert(bits !== 0 || node === ROOT, 'an empty ladder node is given back')
    let nodes = 1
    for (let digit = 0; digit < FANOUT && shift > 0; digit += 1) {
      if ((bits & (1 << digit)) === 0) continue
      const child = this.#children[node * FANOUT + digit] as number
      nodes += this.#nodesUnder(child, shift - DIGIT_BITS)
    }
    return nodes
  }

  #lowestUnder(node: number, topShift: number): number {
    let found = node
    for (let shift = topShift; shift >= 0; shift -= DIGIT_BITS) {
      const bits = this.#bits[found] as number
      if (bits === 0) return NONE
      found = this.#children[found * FANOUT + lowestBit(bits)] as number
    }
    return found
  }

  #link(node: number, digit: number, child: number): void {
    this.#bits[node] = (this.#bits[node] as number) | (1 << digit)
    this.#children[node * FANOUT + digit] = child
  }

  #allocate(): number {
    const released = this.#free
    if (released !== NONE) {
      this.#free = this.#children[released * FANOUT] as number
      return released
    }
    if (this.#nodes === this.#bits.length) this.#grow()
    this.#nodes += 1
    return this.#nodes - 1
  }

  #release(node: number): void {
    this.#bits[node] = 0
    this.#children[node * FANOUT] = this.#free
    this.#free = node
  }

  #grow(): void {
    this.#bits = doubledIntegers(this.#bits)
    this.#children = doubledIntegers(this.#children)
  }
}

function digitOf(key: number, shift: number): number {
  return (key >>> shift) & (FANOUT - 1)
}
