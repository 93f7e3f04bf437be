import { expect, test } from 'vitest'
import { Prng } from '../../server/feed/prng.ts'
import type { OrderId } from '../domain/ids.ts'
import type { SelfTradePrevention, Side } from '../domain/order.ts'
import { SELF_TRADE_PREVENTIONS } from '../domain/order.ts'
import type { Lots, Ticks } from '../money/price.ts'
import type { Sweep, SweepRequest } from './order-book.ts'
import { OrderBook } from './order-book.ts'
import { ReferenceBook } from './reference-book.ts'

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

/** The two books side by side, with the same steps done to both and every answer compared. */
class Twins {
  readonly fast = new OrderBook()
  readonly slow = new ReferenceBook()
  readonly #prng: Prng
  readonly #terrain: Terrain
  readonly #ids: OrderId[] = []
  #lastId = 0

  constructor(seed: number, terrain: Terrain) {
    this.#prng = new Prng(seed)
    this.#terrain = terrain
  }

  step(): void {
    const isFull = this.slow.size >= MAXIMUM_RESTING
    const what = this.#prng.weighted(isFull ? [1, 2, 1] : [6, 3, 1])
    if (what === 0) this.#place()
    else if (what === 1) this.#cancel()
    else this.#sweepByBudget()
    for (const side of ['BUY', 'SELL'] as const) same(this.fast.best(side), this.slow.best(side))
    same(this.fast.size, this.slow.size)
  }

  compareWhole(): void {
    this.fast.assertSound()
    for (const side of ['BUY', 'SELL'] as const) {
      expect([...this.fast.orders(side)]).toEqual([...this.slow.orders(side)])
      expect(this.fast.depth(side, 1_000)).toEqual(this.slow.depth(side, 1_000))
    }
  }

  #place(): void {
    const prng = this.#prng
    this.#lastId += prng.chance(0.01) ? 2 ** 32 : 1
    const id = this.#lastId as OrderId
    const { side, limit, lots, owner, selfTradePrevention } = this.#request()
    const isMarket = prng.chance(0.05)
    const sweep = this.#take({
      side,
      limit: isMarket ? null : limit,
      lots,
      quoteBudget: null,
      quotePerTickLot: 1n,
      owner,
      selfTradePrevention,
    })
    const left = lots - sweep.filledLots
    if (left === 0 || sweep.takerExpired || isMarket) return
    same(this.fast.crosses(side, limit), this.slow.crosses(side, limit))
    this.fast.rest(id, owner, side, limit, left as Lots)
    this.slow.rest(id, owner, side, limit, left as Lots)
    this.#ids.push(id)
  }

  #cancel(): void {
    if (this.#ids.length === 0) return
    const place = this.#prng.below(this.#ids.length)
    const id = this.#ids[place] as OrderId
    this.#ids[place] = this.#ids[this.#ids.length - 1] as OrderId
    this.#ids.pop()
    const isThere = this.slow.has(id)
    same(this.fast.has(id), isThere)
    if (!isThere) return
    same(this.fast.lotsOf(id), this.slow.lotsOf(id))
    same(this.fast.cancel(id), this.slow.cancel(id))
  }

  #sweepByBudget(): void {
    const { side, limit, lots, owner, selfTradePrevention } = this.#request()
    const quotePerTickLot = this.#prng.chance(0.5) ? 1n : 10_000_000n
    const cost = BigInt(limit) * BigInt(lots) * quotePerTickLot
    const quoteBudget = (cost * BigInt(this.#prng.below(150))) / 100n
    this.#take({
      side,
      limit: this.#prng.chance(0.5) ? null : limit,
      lots: null,
      quoteBudget,
      quotePerTickLot,
      owner,
      selfTradePrevention,
    })
  }

  #request() {
    const { middle, spacing, prices } = this.#terrain
    const side: Side = this.#prng.chance(0.5) ? 'BUY' : 'SELL'
    const lean = side === 'BUY' ? -prices / 4 : prices / 4
    const step = Math.round(lean + this.#prng.below(prices / 2) - prices / 4)
    return {
      side,
      limit: (middle + step * spacing) as Ticks,
      lots: this.#prng.integer(1, LOTS) as Lots,
      owner: this.#prng.below(OWNERS),
      selfTradePrevention: this.#prng.pick<SelfTradePrevention>(SELF_TRADE_PREVENTIONS),
    }
  }

  #take(request: SweepRequest): Sweep {
    const fast = this.fast.sweep(request)
    const slow = this.slow.sweep(request)
    same(columns(fast), columns(slow))
    // Measured, refused, and measured again: reading must leave no mark.
    if (this.#prng.chance(0.1)) same(columns(this.fast.sweep(request)), columns(slow))
    this.fast.take(fast)
    this.slow.take(slow)
    return slow
  }
}

function columns(sweep: Sweep): string {
  const column = (values: Float64Array | Int32Array) => values.subarray(0, sweep.count).join()
  return [
    column(sweep.makerId),
    column(sweep.makerOwner),
    column(sweep.price),
    column(sweep.lots),
    sweep.filledLots,
    sweep.expiredMakerIds,
    sweep.takerExpired,
    sweep.crosses,
  ].join(';')
}

/** `expect` at every step of a fuzz would be most of its time. */
function same(fast: unknown, slow: unknown): void {
  if (fast !== slow) expect(fast).toBe(slow)
}

const STEPS = 40_000

test.each(terrains)('the fast book does as the slow one in %s', (_, terrain) => {
  for (const seed of [1, 2]) {
    const twins = new Twins(seed, terrain)
    for (let step = 1; step <= STEPS / 2; step += 1) {
      twins.step()
      if (step % 500 === 0) twins.compareWhole()
    }
    twins.compareWhole()
  }
})
