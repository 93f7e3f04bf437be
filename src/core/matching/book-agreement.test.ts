import { expect, test } from 'vitest'
import { Prng } from '../../server/feed/prng.ts'
import type { OrderId } from '../domain/ids.ts'
import type { SelfTradePrevention, Side } from '../domain/order.ts'
import { SELF_TRADE_PREVENTIONS } from '../domain/order.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { told } from './book-cases.ts'
import type { RestingOrder, Sweep, SweepRequest } from './order-book.ts'
import { OrderBook } from './order-book.ts'
import { OrderTable, SLOT_BITS } from './order-table.ts'
import { ReferenceBook } from './reference-book.ts'

/** Over all markets and seeds. `FUZZ_STEPS=10000000 npm test -- book-agreement` takes its time. */
const STEPS = Number(process.env['FUZZ_STEPS'] ?? 150_000)
const SEEDS = [1, 2]
const OWNERS = 4
const LOTS = 20
const MAXIMUM_RESTING = 150

/** Where a market's prices lie: dense ones share trie nodes, far ones share none. */
interface Terrain {
  readonly middle: number
  /** Ticks between neighbouring prices. */
  readonly spacing: number
  readonly prices: number
}

const terrains: [string, Terrain][] = [
  ['a dense market', { middle: 50_000, spacing: 1, prices: 40 }],
  ['the lowest ticks', { middle: 12, spacing: 1, prices: 22 }],
  ['the highest ticks', { middle: 2 ** 30 - 14, spacing: 1, prices: 24 }],
  ['a market across a trie border', { middle: 2 ** 25, spacing: 7, prices: 60 }],
  ['prices spread over everything', { middle: 2 ** 29, spacing: 2 ** 23 + 12_345, prices: 120 }],
]

/** The two books of one symbol side by side. */
interface Twins {
  fast: OrderBook
  slow: ReferenceBook
}

/** A venue of two symbols, whose orders share a table, each step done to both of the symbol's books and every answer compared. */
class Venue {
  #table = new OrderTable()
  readonly #symbols: Twins[]
  readonly #seed: number
  readonly #prng: Prng
  readonly #terrain: Terrain
  readonly #ids: OrderId[] = []
  #step = 0

  constructor(seed: number, terrain: Terrain) {
    this.#seed = seed
    this.#prng = new Prng(seed)
    this.#terrain = terrain
    // Ids beyond 32 bits come after years; here every other seed begins with them.
    if (seed % 2 === 0) this.#table.restore(2 ** 8 * 2 ** SLOT_BITS + 4_000, 4_096)
    this.#symbols = [0, 1].map(() => ({
      fast: new OrderBook(this.#table),
      slow: new ReferenceBook(),
    }))
  }

  step(): void {
    this.#step += 1
    const twins = this.#prng.pick(this.#symbols)
    const isFull = twins.slow.size >= MAXIMUM_RESTING
    const what = this.#prng.weighted(isFull ? [10, 20, 5, 10, 0.01] : [60, 30, 10, 10, 0.01])
    if (what === 0) this.#place(twins)
    else if (what === 1) this.#cancel(twins)
    else if (what === 2) this.#reduce(twins)
    else if (what === 3) this.#sweepByBudget(twins)
    else this.#restore()
    for (const side of ['BUY', 'SELL'] as const) {
      this.#same(twins.fast.best(side), twins.slow.best(side))
    }
    this.#same(twins.fast.size, twins.slow.size)
  }

  compareWhole(): void {
    this.#table.assertSound()
    for (const { fast, slow } of this.#symbols) {
      fast.assertSound()
      for (const side of ['BUY', 'SELL'] as const) {
        this.#same(JSON.stringify([...fast.orders(side)]), JSON.stringify([...slow.orders(side)]))
        this.#same(JSON.stringify(fast.depth(side, 1_000)), JSON.stringify(slow.depth(side, 1_000)))
      }
    }
    const resting = this.#symbols.reduce((sum, { slow }) => sum + slow.size, 0)
    this.#same(this.#table.count, resting)
  }

  #place(twins: Twins): void {
    const prng = this.#prng
    const { fast, slow } = twins
    const id = this.#table.open()
    const request = this.#request(twins)
    const { side, limit, lots, owner } = request
    const isMarket = prng.chance(0.05)
    const sweep = this.#take(twins, { ...request, limit: isMarket ? null : limit })
    const left = lots - sweep.filledLots - sweep.preventedLots
    if (left === 0 || sweep.takerExpired || isMarket) {
      this.#table.close(id)
      return
    }
    this.#same(fast.crosses(side, limit), slow.crosses(side, limit))
    const display = (prng.chance(0.4) ? prng.integer(1, Math.ceil(left / 3)) : 0) as Lots
    fast.rest(id, owner, side, limit, left as Lots, display)
    slow.rest(id, owner, side, limit, left as Lots, display)
    this.#ids.push(id)
  }

  #cancel({ fast, slow }: Twins): void {
    const id = this.#anyId()
    if (id === null) return
    const isThere = slow.has(id)
    this.#same(fast.has(id), isThere)
    if (!isThere) return
    this.#same(fast.lotsOf(id), slow.lotsOf(id))
    this.#same(fast.shownOf(id), slow.shownOf(id))
    this.#same(fast.cancel(id), slow.cancel(id))
    this.#table.close(id)
    this.#same(fast.has(id), false)
  }

  #reduce({ fast, slow }: Twins): void {
    const id = this.#anyId()
    if (id === null || !slow.has(id)) return
    const left = slow.lotsOf(id)
    if (left === 1) return
    const lots = this.#prng.integer(1, left - 1) as Lots
    this.#same(fast.reduce(id, lots), slow.reduce(id, lots))
  }

  #sweepByBudget(twins: Twins): void {
    const request = this.#request(twins)
    const quotePerTickLot = this.#prng.chance(0.5) ? 1n : 10_000_000n
    const cost = BigInt(request.limit) * BigInt(request.lots) * quotePerTickLot
    const quoteBudget = (cost * BigInt(this.#prng.below(150))) / 100n
    const limit = this.#prng.chance(0.5) ? null : request.limit
    this.#take(twins, { ...request, limit, lots: null, quoteBudget, quotePerTickLot })
  }

  /** Begins anew from what a snapshot has. */
  #restore(): void {
    const old = this.#table
    const open = this.#symbols.map(({ fast }) => ({
      BUY: [...fast.orders('BUY')],
      SELL: [...fast.orders('SELL')],
    }))
    this.#table = new OrderTable()
    this.#table.restore(old.lastId, old.capacity)
    for (const [symbol, sides] of open.entries()) {
      const fast = new OrderBook(this.#table)
      for (const side of ['BUY', 'SELL'] as const) {
        for (const order of sides[side]) restoreInto(this.#table, fast, side, order)
      }
      ;(this.#symbols[symbol] as Twins).fast = fast
    }
    this.compareWhole()
  }

  /** The id of an order that was placed, which may be gone or rest in the other book. */
  #anyId(): OrderId | null {
    if (this.#ids.length === 0) return null
    const place = this.#prng.below(this.#ids.length)
    const id = this.#ids[place] as OrderId
    if (this.#table.has(id)) return id
    this.#ids[place] = this.#ids[this.#ids.length - 1] as OrderId
    this.#ids.pop()
    return id
  }

  #request({ slow }: Twins) {
    const prng = this.#prng
    const { middle, spacing, prices } = this.#terrain
    const side: Side = prng.chance(0.5) ? 'BUY' : 'SELL'
    const lean = side === 'BUY' ? -prices / 4 : prices / 4
    const step = Math.round(lean + prng.below(prices / 2) - prices / 4)
    const excludes = prng.chance(0.1)
    return {
      side,
      limit: (middle + step * spacing) as Ticks,
      lots: prng.integer(1, prng.chance(0.1) ? LOTS * 10 : LOTS) as Lots,
      quoteBudget: null,
      quotePerTickLot: 1n,
      owner: prng.below(OWNERS),
      selfTradePrevention: prng.pick<SelfTradePrevention>(SELF_TRADE_PREVENTIONS),
      excluded: excludes
        ? new Set(this.#ids.filter((id) => prng.chance(0.2) && slow.has(id)))
        : null,
    }
  }

  #take({ fast, slow }: Twins, request: SweepRequest): Sweep {
    const slowSweep = slow.sweep(request)
    const expected = everything(slowSweep)
    const fastSweep = fast.sweep(request)
    this.#same(everything(fastSweep), expected)
    // Measured, refused, and measured again: reading must leave no mark.
    if (this.#prng.chance(0.1)) this.#same(everything(fast.sweep(request)), expected)
    fast.take(fastSweep)
    slow.take(slowSweep)
    this.#closeMakers(slow, slowSweep)
    return slowSweep
  }

  #closeMakers(slow: ReferenceBook, { makerId, preventedMakerId, passedOverIds }: Sweep): void {
    for (const id of [...makerId, ...preventedMakerId, ...passedOverIds] as OrderId[]) {
      if (this.#table.has(id) && !slow.has(id)) this.#table.close(id)
    }
  }

  /** `expect` at every step of a fuzz would be most of its time. */
  #same(fast: unknown, slow: unknown): void {
    if (fast !== slow) expect(fast, `seed ${this.#seed}, step ${this.#step}`).toBe(slow)
  }
}

function restoreInto(
  table: OrderTable,
  book: OrderBook,
  side: Side,
  { id, owner, price, lots, shown, display }: RestingOrder,
): void {
  table.reopen(id)
  book.restore(id, owner, side, price, shown, (lots - shown) as Lots, display)
}

function everything(sweep: Sweep): string {
  const owners = sweep.makerOwner.subarray(0, sweep.count).join()
  const prices = sweep.preventedPrice.subarray(0, sweep.preventedCount).join()
  const { filledLots, preventedLots, crosses, nextPrice } = sweep
  return [told(sweep), owners, prices, filledLots, preventedLots, crosses, nextPrice].join(';')
}

const stepsEach = Math.ceil(STEPS / terrains.length / SEEDS.length)

test.each(terrains)(
  'the fast book does as the slow one in %s',
  { timeout: 30_000 + STEPS },
  (_, terrain) => {
    for (const seed of SEEDS) {
      const venue = new Venue(seed, terrain)
      for (let step = 1; step <= stepsEach; step += 1) {
        venue.step()
        if (step % 500 === 0) venue.compareWhole()
      }
      venue.compareWhole()
    }
  },
)
