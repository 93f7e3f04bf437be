import { assert } from '../assert.ts'
import type { OrderId } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import { opposite } from '../domain/order.ts'
import type { Lots, Ticks } from '../money/price.ts'
import type { DepthLevel, OrderBook, RestingOrder, Sweep, SweepRequest } from './order-book.ts'

/** What any book does, whichever way it is built. */
export type Book = Pick<OrderBook, keyof OrderBook>

interface Entry {
  readonly id: OrderId
  readonly owner: number
  readonly price: Ticks
  readonly display: number
  shown: number
  hidden: number
}

interface Fill {
  readonly maker: Entry
  readonly lots: number
  readonly replenished: number
}

interface Prevented {
  readonly maker: Entry
  readonly takerLots: number
  readonly makerLots: number
  readonly after: number
}

interface ReferenceSweep extends Sweep {
  readonly version: number
  readonly makers: Side
  /** The makers' side as the sweep leaves it. */
  readonly left: Entry[]
}

/**
 * The slow and obvious book: one list per side, best price first, first in the queue first, searched from its start. A
 * sweep is played on a copy of the list, always with the first that is left, and taking it takes over the copy. It
 * exists to be compared with: whatever it says, `OrderBook` must say.
 */
export class ReferenceBook implements Book {
  readonly #sides: Record<Side, Entry[]> = { BUY: [], SELL: [] }
  #version = 0

  get size(): number {
    return this.#sides.BUY.length + this.#sides.SELL.length
  }

  sweep(request: SweepRequest): ReferenceSweep {
    const makers = opposite(request.side)
    const left = this.#sides[makers].map((entry) => ({ ...entry }))
    const play = new Play(request, left)
    const crosses = left.some(({ price }) => play.accepts(price))
    play.run()
    return { version: this.#version, makers, left, ...play.result(), crosses }
  }

  take(sweep: Sweep): void {
    const { version, makers, left } = sweep as ReferenceSweep
    assert(version === this.#version, 'a sweep is taken before anything else changes')
    this.#version += 1
    this.#sides[makers] = left
  }

  rest(id: OrderId, owner: number, side: Side, price: Ticks, lots: Lots, display: Lots): void {
    const shown = display === 0 ? lots : Math.min(lots, display)
    this.restore(id, owner, side, price, shown as Lots, (lots - shown) as Lots, display)
  }

  restore(
    id: OrderId,
    owner: number,
    side: Side,
    price: Ticks,
    shown: Lots,
    hidden: Lots,
    display: Lots,
  ): void {
    assert(shown > 0, 'a resting order has lots')
    assert(!this.has(id), 'an order rests once')
    assert(!this.crosses(side, price), 'a resting order does not cross')
    this.#version += 1
    const entries = this.#sides[side]
    const worse = entries.findIndex((entry) =>
      side === 'BUY' ? entry.price < price : entry.price > price,
    )
    const place = worse === -1 ? entries.length : worse
    entries.splice(place, 0, { id, owner, price, display, shown, hidden })
  }

  cancel(id: OrderId): Lots {
    const { shown, hidden } = this.#find(id)
    this.#version += 1
    for (const side of ['BUY', 'SELL'] as const) {
      this.#sides[side] = this.#sides[side].filter((entry) => entry.id !== id)
    }
    return (shown + hidden) as Lots
  }

  reduce(id: OrderId, lots: Lots): Lots {
    const entry = this.#find(id)
    assert(lots > 0, 'an order is reduced by some lots')
    assert(lots < entry.shown + entry.hidden, 'an order that is reduced keeps some lots')
    this.#version += 1
    const before = entry.shown
    lose(entry, lots)
    return (before - entry.shown) as Lots
  }

  has(id: OrderId): boolean {
    return [...this.#sides.BUY, ...this.#sides.SELL].some((entry) => entry.id === id)
  }

  lotsOf(id: OrderId): Lots {
    const { shown, hidden } = this.#find(id)
    return (shown + hidden) as Lots
  }

  shownOf(id: OrderId): Lots {
    return this.#find(id).shown as Lots
  }

  best(side: Side): Ticks | null {
    return this.#sides[side][0]?.price ?? null
  }

  crosses(side: Side, price: Ticks): boolean {
    const best = this.best(opposite(side))
    return best !== null && (side === 'BUY' ? price >= best : price <= best)
  }

  depth(side: Side, levels: number): DepthLevel[] {
    const prices = [...new Set(this.#sides[side].map(({ price }) => price))]
    return prices.slice(0, levels).map((price) => {
      const here = this.#sides[side].filter((entry) => entry.price === price)
      return [price, here.reduce((sum, { shown }) => sum + shown, 0) as Lots, here.length]
    })
  }

  *orders(side: Side): Generator<RestingOrder> {
    for (const { id, owner, price, shown, hidden, display } of this.#sides[side]) {
      const lots = (shown + hidden) as Lots
      yield { id, owner, price, lots, shown: shown as Lots, display: display as Lots }
    }
  }

  assertSound(): void {
    const bid = this.best('BUY')
    const ask = this.best('SELL')
    assert(bid === null || ask === null || bid < ask, 'the book is not crossed')
  }

  #find(id: OrderId): Entry {
    const entry = [...this.#sides.BUY, ...this.#sides.SELL].find((one) => one.id === id)
    assert(entry !== undefined, 'the order rests in this book')
    return entry
  }
}

/** One sweep, played with the makers in `queue` until it ends. */
class Play {
  readonly #request: SweepRequest
  readonly #queue: Entry[]
  readonly #fills: Fill[] = []
  readonly #prevented: Prevented[] = []
  readonly #passedOver: Entry[] = []
  #takerExpired = false
  #nextPrice: Ticks | null = null

  constructor(request: SweepRequest, queue: Entry[]) {
    this.#request = request
    this.#queue = queue
  }

  accepts(price: Ticks): boolean {
    const { side, limit } = this.#request
    return limit === null || (side === 'BUY' ? price <= limit : price >= limit)
  }

  run(): void {
    for (;;) {
      const maker = this.#queue[0]
      if (maker === undefined) return
      if (!this.accepts(maker.price)) {
        this.#nextPrice = maker.price
        return
      }
      if (this.#wantedAt(maker.price) === 0) return
      this.#meet(maker)
      if (this.#takerExpired || this.#wantedAt(maker.price) === 0) return
    }
  }

  result(): Omit<Sweep, 'crosses'> {
    const [fills, prevented] = [this.#fills, this.#prevented]
    return {
      count: fills.length,
      makerId: Float64Array.from(fills, ({ maker }) => maker.id),
      makerOwner: Int32Array.from(fills, ({ maker }) => maker.owner),
      price: Int32Array.from(fills, ({ maker }) => maker.price),
      lots: Float64Array.from(fills, ({ lots }) => lots),
      replenished: Float64Array.from(fills, ({ replenished }) => replenished),
      filledLots: fills.reduce((sum, { lots }) => sum + lots, 0),
      preventedCount: prevented.length,
      preventedMakerId: Float64Array.from(prevented, ({ maker }) => maker.id),
      preventedPrice: Int32Array.from(prevented, ({ maker }) => maker.price),
      preventedTakerLots: Float64Array.from(prevented, ({ takerLots }) => takerLots),
      preventedMakerLots: Float64Array.from(prevented, ({ makerLots }) => makerLots),
      preventedAfter: Int32Array.from(prevented, ({ after }) => after),
      preventedLots: prevented.reduce((sum, { takerLots }) => sum + takerLots, 0),
      takerExpired: this.#takerExpired,
      passedOverIds: this.#passedOver.map(({ id }) => id),
      nextPrice: this.#nextPrice,
    }
  }

  #meet(maker: Entry): void {
    const { owner, selfTradePrevention, excluded } = this.#request
    if (excluded?.has(maker.id)) {
      this.#passedOver.push(maker)
      this.#queue.shift()
    } else if (selfTradePrevention !== 'NONE' && maker.owner === owner) {
      this.#prevent(maker)
    } else {
      this.#fill(maker)
    }
  }

  #fill(maker: Entry): void {
    const lots = Math.min(this.#wantedAt(maker.price), maker.shown)
    maker.shown -= lots
    const replenished = maker.shown === 0 ? Math.min(maker.hidden, maker.display) : 0
    this.#fills.push({ maker, lots, replenished })
    if (maker.shown > 0) return
    this.#queue.shift()
    if (replenished === 0) return
    maker.shown = replenished
    maker.hidden -= replenished
    const others = this.#queue.filter(({ price }) => price === maker.price).length
    this.#queue.splice(others, 0, maker)
  }

  #prevent(maker: Entry): void {
    const wanted = this.#wantedAt(maker.price)
    const has = maker.shown + maker.hidden
    const smaller = Math.min(wanted, has)
    const [takerLots, makerLots] = {
      NONE: [0, 0],
      EXPIRE_TAKER: [wanted, 0],
      EXPIRE_MAKER: [0, has],
      EXPIRE_BOTH: [wanted, has],
      DECREMENT: [smaller, smaller],
      TRANSFER: [smaller, smaller],
    }[this.#request.selfTradePrevention] as [number, number]
    this.#prevented.push({ maker, takerLots, makerLots, after: this.#fills.length })
    this.#takerExpired = takerLots === wanted
    if (makerLots === has) this.#queue.shift()
    else lose(maker, makerLots)
  }

  /** The lots that it still wants at `price`. */
  #wantedAt(price: Ticks): number {
    const { lots, quoteBudget, quotePerTickLot } = this.#request
    const used = [
      ...this.#fills.map((fill) => ({ price: fill.maker.price, lots: fill.lots })),
      ...this.#prevented.map((match) => ({ price: match.maker.price, lots: match.takerLots })),
    ]
    if (quoteBudget === null) return used.reduce((left, one) => left - one.lots, lots ?? 0)
    const cost = (ticks: Ticks, count: number) => BigInt(ticks) * BigInt(count) * quotePerTickLot
    const left = used.reduce((sum, one) => sum - cost(one.price, one.lots), quoteBudget)
    return Math.min(Number(left / cost(price, 1)), Number.MAX_SAFE_INTEGER)
  }
}

/** What is hidden goes first, what is shown only beyond that. */
function lose(entry: Entry, lots: number): void {
  const fromHidden = Math.min(entry.hidden, lots)
  entry.hidden -= fromHidden
  entry.shown -= lots - fromHidden
}
