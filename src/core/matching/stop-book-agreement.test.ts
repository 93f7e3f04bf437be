import { expect, test } from 'vitest'
import { Prng } from '../../server/feed/prng.ts'
import type { OrderId } from '../domain/ids.ts'
import type { Ticks } from '../money/price.ts'
import { TICKS_LIMIT } from '../money/price.ts'
import { ReferenceStopBook } from './reference-stop-book.ts'
import { StopBook } from './stop-book.ts'

/** Over all walks and seeds. `FUZZ_STEPS=10000000 npm test -- stop-book-agreement` takes its time. */
const STEPS = Number(process.env['FUZZ_STEPS'] ?? 200_000)
const SEEDS = [1, 2]
const MAXIMUM_WAITING = 150
/** Few, so that many orders trail by the same. */
const DISTANCES = [1, 10, 50, 50, 100, 500, 2_000, 9_999]

/** How the price moves from one observation to the next. */
interface Walk {
  readonly lowest: number
  readonly highest: number
  /** The longest step, in ticks. */
  readonly step: number
}

const walks: [string, Walk][] = [
  ['a price that hardly moves', { lowest: 9_950, highest: 10_050, step: 3 }],
  ['a price that swings', { lowest: 5_000, highest: 15_000, step: 150 }],
  ['a price of a few ticks', { lowest: 1, highest: 25, step: 3 }],
  ['the highest prices', { lowest: 2 ** 30 - 5_000, highest: 2 ** 30 - 1, step: 40 }],
  ['a price that leaps', { lowest: 0, highest: 2 ** 31, step: 2 ** 27 }],
]

/** The two books side by side, with the same steps done to both and every answer compared. */
class Twins {
  #fast = new StopBook()
  readonly #slow = new ReferenceStopBook()
  readonly #seed: number
  readonly #prng: Prng
  readonly #walk: Walk
  readonly #ids: OrderId[] = []
  #price: number
  #lastId = 0
  #step = 0

  constructor(seed: number, walk: Walk) {
    this.#seed = seed
    this.#prng = new Prng(seed)
    this.#walk = walk
    this.#price = Math.round((walk.lowest + walk.highest) / 2)
  }

  step(): void {
    this.#step += 1
    const isFull = this.#slow.size >= MAXIMUM_WAITING
    const what = this.#prng.weighted(isFull ? [0, 2, 5, 3, 0.002] : [4, 1, 5, 1.5, 0.002])
    if (what === 0) this.#add()
    else if (what === 1) this.#remove()
    else if (what === 2) this.#observe()
    else if (what === 3) this.#same(this.#fast.takeTriggered(), this.#slow.takeTriggered())
    else this.#restore()
    this.#same(this.#fast.size, this.#slow.size)
    this.#same(this.#fast.triggeredCount, this.#slow.triggeredCount)
  }

  compareWhole(): void {
    this.#fast.assertSound()
    this.#slow.assertSound()
    this.#same(JSON.stringify([...this.#fast.stops()]), JSON.stringify([...this.#slow.stops()]))
  }

  #add(): void {
    const prng = this.#prng
    // Now and then an order is older than those that wait already: the pending order of a list is.
    this.#lastId += prng.integer(1, 3)
    const id = (prng.chance(0.1) ? this.#unusedId() : this.#lastId) as OrderId
    const trailingBips = prng.chance(0.6) ? prng.pick(DISTANCES) : 0
    const tracksAtOnce = trailingBips > 0 && prng.chance(0.5)
    const order = {
      id,
      side: prng.pick(['BUY', 'SELL'] as const),
      condition: prng.pick(['RISE', 'FALL'] as const),
      stopPrice: (tracksAtOnce ? 0 : orderPrice(this.#near(10))) as Ticks | 0,
      trailingBips,
    }
    // The last price is mostly the one last observed, but a book may be told another.
    const last = prng.chance(0.1) ? null : prng.chance(0.8) ? this.#price : this.#near(3)
    this.#fast.add(order, last as Ticks | null)
    this.#slow.add(order, last as Ticks | null)
    this.#ids.push(id)
  }

  #unusedId(): number {
    let id = this.#prng.integer(1, this.#lastId)
    while (this.#slow.has(id as OrderId)) id += 1
    this.#lastId = Math.max(this.#lastId, id)
    return id
  }

  #remove(): void {
    if (this.#ids.length === 0) return
    const place = this.#prng.below(this.#ids.length)
    const id = this.#ids[place] as OrderId
    this.#ids[place] = this.#ids[this.#ids.length - 1] as OrderId
    this.#ids.pop()
    const isThere = this.#slow.has(id)
    this.#same(this.#fast.has(id), isThere)
    if (!isThere) return
    this.#fast.remove(id)
    this.#slow.remove(id)
  }

  #observe(): void {
    this.#price = this.#near(1)
    const high = this.#price + (this.#prng.chance(0.3) ? 1 : 0)
    this.#fast.observe(this.#price as Ticks, high as Ticks)
    this.#slow.observe(this.#price as Ticks, high as Ticks)
  }

  #restore(): void {
    const restored = new StopBook()
    for (const record of this.#fast.stops()) restored.restore(record)
    this.#fast = restored
    this.compareWhole()
  }

  #near(steps: number): number {
    const { lowest, highest, step } = this.#walk
    const away = this.#prng.integer(-step * steps, step * steps)
    return Math.min(highest, Math.max(lowest, this.#price + away))
  }

  #same(fast: unknown, slow: unknown): void {
    if (fast !== slow) expect(fast, `seed ${this.#seed}, step ${this.#step}`).toBe(slow)
  }
}

/** The nearest price that an order can have. */
function orderPrice(price: number): number {
  return Math.min(TICKS_LIMIT - 1, Math.max(1, price))
}

const stepsEach = Math.ceil(STEPS / walks.length / SEEDS.length)

test.each(walks)(
  'the fast stop book does as the slow one at %s',
  { timeout: 30_000 + STEPS },
  (_, walk) => {
    for (const seed of SEEDS) {
      const twins = new Twins(seed, walk)
      for (let step = 1; step <= stepsEach; step += 1) {
        twins.step()
        if (step % 200 === 0) twins.compareWhole()
      }
      twins.compareWhole()
    }
  },
)
