const COUNTED_MAX = 100_000

/** Sums per name within one aligned window; past `COUNTED_MAX` names the rest share one sum, so memory is bounded. */
export class WindowCounter {
  readonly #lengthMs: number
  readonly #sums = new Map<string, number>()
  #window = -1

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs
  }

  add(name: string, weight: number, nowMs: number): number {
    this.#turn(nowMs)
    const slot = this.#sums.has(name) || this.#sums.size < COUNTED_MAX ? name : ''
    const sum = (this.#sums.get(slot) ?? 0) + weight
    this.#sums.set(slot, sum)
    return sum
  }

  /** Never below zero: there is no credit. */
  takeOff(name: string, weight: number, nowMs: number): void {
    this.#turn(nowMs)
    const sum = this.#sums.get(name)
    if (sum !== undefined) this.#sums.set(name, Math.max(0, sum - weight))
  }

  read(name: string, nowMs: number): number {
    this.#turn(nowMs)
    return this.#sums.get(name) ?? 0
  }

  /** Seconds until the window turns, rounded up. */
  secondsLeft(nowMs: number): number {
    return Math.ceil((this.#lengthMs - (nowMs % this.#lengthMs)) / 1000)
  }

  #turn(nowMs: number): void {
    const window = Math.floor(nowMs / this.#lengthMs)
    if (window === this.#window) return
    this.#window = window
    this.#sums.clear()
  }
}
