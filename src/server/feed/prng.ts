/** The generator's whole state: four 32-bit words. */
export type PrngState = readonly [number, number, number, number]

/**
 * xoshiro128** by Blackman and Vigna: the same seed gives the same numbers on every machine.
 *
 * Only integer and IEEE basic operations are used, so what is built on it repeats bit for bit as well.
 * Not for secrets.
 */
export class Prng {
  #a = 0
  #b = 0
  #c = 0
  #d = 0

  /** Any safe integer; seeds that differ by one give unrelated streams. */
  constructor(seed: number) {
    let word = (seed ^ Math.floor(seed / 4_294_967_296)) >>> 0
    const next = (): number => {
      word = (word + 0x9e3779b9) >>> 0
      let mixed = word
      mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
      return (mixed ^ (mixed >>> 15)) >>> 0
    }
    this.restore([next(), next(), next(), next()])
  }

  get state(): PrngState {
    return [this.#a >>> 0, this.#b >>> 0, this.#c >>> 0, this.#d >>> 0]
  }

  restore(state: PrngState): void {
    ;[this.#a, this.#b, this.#c, this.#d] = state
  }

  /** 0 to 2^32 − 1. */
  word(): number {
    const scrambled = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = rotate(this.#d, 11)
    return scrambled
  }

  /** At least 0, less than 1. */
  unit(): number {
    return this.word() / 4_294_967_296
  }

  /** An integer of 0 to `limit` − 1. */
  below(limit: number): number {
    return Math.floor(this.unit() * limit)
  }

  /** An integer of `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  between(low: number, high: number): number {
    return low + this.unit() * (high - low)
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item
  }

  /** Chooses an index with the given weights. */
  weighted(weights: readonly number[]): number {
    let left = this.unit() * weights.reduce((sum, weight) => sum + weight, 0)
    for (const [index, weight] of weights.entries()) {
      left -= weight
      if (left < 0) return index
    }
    return weights.length - 1
  }

  /** Mean 0, deviation 1, never beyond 6: the sum of twelve uniforms, as it needs no logarithm. */
  normal(): number {
    let sum = -6
    for (let draw = 0; draw < 12; draw += 1) sum += this.unit()
    return sum
  }

  shuffled<T>(items: readonly T[]): T[] {
    const order = [...items]
    for (let last = order.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1)
      const kept = order[last] as T
      order[last] = order[other] as T
      order[other] = kept
    }
    return order
  }
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
