import { assert } from '../assert.ts'
import { doubledIntegers, lowestBit, NONE } from './columns.ts'

const WORD_BITS = 32

/**
 * Which slots are taken, a bit each, searched a word at a time. Slots are numbered from 0; how many there are is a
 * multiple of 32.
 */
export class SlotRing {
  #words: Int32Array

  constructor(slots: number) {
    assert(slots % WORD_BITS === 0, 'slots come in whole words')
    this.#words = new Int32Array(slots / WORD_BITS)
  }

  isTaken(slot: number): boolean {
    return ((this.#words[slot >>> 5] as number) & (1 << slot)) !== 0
  }

  take(slot: number): void {
    this.#words[slot >>> 5] = (this.#words[slot >>> 5] as number) | (1 << slot)
  }

  free(slot: number): void {
    this.#words[slot >>> 5] = (this.#words[slot >>> 5] as number) & ~(1 << slot)
  }

  /** The first free slot at `from` or after it, or NONE. */
  firstFree(from: number): number {
    const words = this.#words
    let word = from >>> 5
    if (word >= words.length) return NONE
    let free = ~(words[word] as number) & (-1 << from)
    while (free === 0) {
      word += 1
      if (word === words.length) return NONE
      free = ~(words[word] as number)
    }
    return word * WORD_BITS + lowestBit(free)
  }

  /** Adds as many free slots as there are. */
  double(): void {
    this.#words = doubledIntegers(this.#words)
  }
}
