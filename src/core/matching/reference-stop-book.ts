import { assert } from '../assert.ts'
import type { OrderId } from '../domain/ids.ts'
import type { Ticks } from '../money/price.ts'
import type { StopBook, StopOrder, StopRecord } from './stop-book.ts'
import { assertObservationSound, assertStopSound, BIPS, seenPrice } from './stop-order.ts'

/** What any stop book does, whichever way it is built. */
export type AnyStopBook = Pick<StopBook, keyof StopBook>

interface Entry extends StopOrder {
  state: StopRecord['state']
  extreme: Ticks | 0
}

/**
 * The slow and obvious stop book: one list, gone through at every price, and a queue. It exists to be compared with:
 * whatever it says, `StopBook` must say.
 */
export class ReferenceStopBook implements AnyStopBook {
  #waiting: Entry[] = []
  #queue: Entry[] = []

  get size(): number {
    return this.#waiting.length + this.#queue.length
  }

  get triggeredCount(): number {
    return this.#queue.length
  }

  has(id: OrderId): boolean {
    return [...this.#waiting, ...this.#queue].some((entry) => entry.id === id)
  }

  add({ id, side, condition, stopPrice, trailingBips }: StopOrder, lastPrice: Ticks | null): void {
    const tracksAtOnce = stopPrice === 0 && lastPrice !== null
    this.restore({
      ...{ id, side, condition, stopPrice, trailingBips },
      state: tracksAtOnce ? 'TRACKING' : 'WAITING',
      extreme: tracksAtOnce ? seenPrice(lastPrice) : 0,
    })
  }

  remove(id: OrderId): void {
    assert(this.has(id), 'the order waits in this book')
    this.#waiting = this.#waiting.filter((entry) => entry.id !== id)
    this.#queue = this.#queue.filter((entry) => entry.id !== id)
  }

  observe(observedLow: Ticks, observedHigh: Ticks): void {
    assertObservationSound(observedLow, observedHigh)
    const low = seenPrice(observedLow)
    const high = seenPrice(observedHigh)
    const triggered = this.#waiting.filter((entry) => triggers(entry, low, high))
    this.#waiting = this.#waiting.filter((entry) => !triggered.includes(entry))
    for (const entry of this.#waiting) follow(entry, low, high)
    for (const entry of triggered.sort((a, b) => a.id - b.id)) {
      this.#queue.push({ ...entry, state: 'TRIGGERED', extreme: 0 })
    }
  }

  takeTriggered(): OrderId | null {
    return this.#queue.shift()?.id ?? null
  }

  *stops(): Generator<StopRecord> {
    yield* this.#waiting.toSorted((a, b) => a.id - b.id)
    yield* this.#queue
  }

  restore(record: StopRecord): void {
    assertStopSound(record)
    assert(!this.has(record.id), 'an order waits once')
    const list = record.state === 'TRIGGERED' ? this.#queue : this.#waiting
    list.push({ ...record })
  }

  assertSound(): void {
    const ids = [...this.stops()].map(({ id }) => id)
    assert(new Set(ids).size === ids.length, 'every order is in one place')
  }
}

function isMet({ condition, stopPrice }: StopOrder, low: Ticks, high: Ticks): boolean {
  if (stopPrice === 0) return true
  return condition === 'RISE' ? low >= stopPrice : high <= stopPrice
}

function triggers(entry: Entry, low: Ticks, high: Ticks): boolean {
  const { side, state, extreme, trailingBips } = entry
  if (state === 'WAITING') return trailingBips === 0 && isMet(entry, low, high)
  if (side === 'SELL') {
    const highest = Math.max(extreme, low)
    return high * BIPS <= highest * (BIPS - trailingBips)
  }
  const lowest = Math.min(extreme, high)
  return low * BIPS >= lowest * (BIPS + trailingBips)
}

/** Begins to track at the first price that meets the condition, and moves the extreme with later ones. */
function follow(entry: Entry, low: Ticks, high: Ticks): void {
  const { side, state, extreme } = entry
  if (state === 'TRACKING') {
    entry.extreme = (side === 'SELL' ? Math.max(extreme, low) : Math.min(extreme, high)) as Ticks
  } else if (entry.trailingBips > 0 && isMet(entry, low, high)) {
    entry.state = 'TRACKING'
    entry.extreme = side === 'SELL' ? low : high
  }
}
