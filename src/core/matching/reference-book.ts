import { assert } from '../assert.ts'
import type { OrderId } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import { opposite } from '../domain/order.ts'
import type { Lots, Ticks } from '../money/price.ts'
import type { DepthLevel, OrderBook, RestingOrder, Sweep, SweepRequest } from './order-book.ts'

/** What any book does, whichever way it is built. */
export type Book = Pick<OrderBook, keyof OrderBook>

interface Entry extends RestingOrder {
  readonly side: Side
  lots: Lots
}

interface ReferenceSweep extends Sweep {
  readonly version: number
  readonly fills: readonly { maker: Entry; lots: number }[]
}

/**
 * The slow and obvious book: one list per side, best price first, oldest first, searched from its start. It exists to
 * be compared with: whatever it says, `OrderBook` must say.
 */
export class ReferenceBook implements Book {
  readonly #sides: Record<Side, Entry[]> = { BUY: [], SELL: [] }
  #version = 0

  get size(): number {
    return this.#sides.BUY.length + this.#sides.SELL.length
  }

  sweep(request: SweepRequest): ReferenceSweep {
    const { side, limit, owner, selfTradePrevention } = request
    const reachable = this.#sides[opposite(side)].filter(
      ({ price }) => limit === null || (side === 'BUY' ? price <= limit : price >= limit),
    )
    const fills: { maker: Entry; lots: number }[] = []
    const expiredMakerIds: OrderId[] = []
    let takerExpired = false
    for (const maker of reachable) {
      const wanted = wantedAt(request, maker.price, fills)
      if (wanted === 0) break
      if (selfTradePrevention !== 'NONE' && maker.owner === owner) {
        takerExpired = selfTradePrevention !== 'EXPIRE_MAKER'
        if (selfTradePrevention !== 'EXPIRE_TAKER') expiredMakerIds.push(maker.id)
        if (takerExpired) break
        continue
      }
      fills.push({ maker, lots: Math.min(wanted, maker.lots) })
      if (wantedAt(request, maker.price, fills) === 0) break
    }
    return {
      version: this.#version,
      fills,
      count: fills.length,
      makerId: Float64Array.from(fills, ({ maker }) => maker.id),
      makerOwner: Int32Array.from(fills, ({ maker }) => maker.owner),
      price: Int32Array.from(fills, ({ maker }) => maker.price),
      lots: Float64Array.from(fills, ({ lots }) => lots),
      filledLots: fills.reduce((sum, { lots }) => sum + lots, 0),
      expiredMakerIds,
      takerExpired,
      crosses: reachable.length > 0,
    }
  }

  take(sweep: Sweep): void {
    const { version, fills, expiredMakerIds } = sweep as ReferenceSweep
    assert(version === this.#version, 'a sweep is taken before anything else changes')
    this.#version += 1
    for (const id of expiredMakerIds) this.cancel(id)
    for (const { maker, lots } of fills) {
      maker.lots = (maker.lots - lots) as Lots
      if (maker.lots === 0) this.cancel(maker.id)
    }
  }

  rest(id: OrderId, owner: number, side: Side, price: Ticks, lots: Lots): void {
    assert(lots > 0, 'a resting order has lots')
    assert(!this.has(id), 'an order id rests once')
    assert(!this.crosses(side, price), 'a resting order does not cross')
    this.#version += 1
    const entries = this.#sides[side]
    const worse = entries.findIndex((entry) =>
      side === 'BUY' ? entry.price < price : entry.price > price,
    )
    entries.splice(worse === -1 ? entries.length : worse, 0, { id, owner, side, price, lots })
  }

  cancel(id: OrderId): Lots {
    this.#version += 1
    const entry = this.#find(id)
    const entries = this.#sides[entry.side]
    entries.splice(entries.indexOf(entry), 1)
    return entry.lots
  }

  has(id: OrderId): boolean {
    return [...this.#sides.BUY, ...this.#sides.SELL].some((entry) => entry.id === id)
  }

  lotsOf(id: OrderId): Lots {
    return this.#find(id).lots
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
      return [price, here.reduce((sum, { lots }) => sum + lots, 0) as Lots, here.length]
    })
  }

  *orders(side: Side): Generator<RestingOrder> {
    for (const { id, owner, price, lots } of this.#sides[side]) yield { id, owner, price, lots }
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

/** The lots that the request still wants at `price`, after `fills`. */
function wantedAt(
  { lots, quoteBudget, quotePerTickLot }: SweepRequest,
  price: Ticks,
  fills: ReferenceSweep['fills'],
): number {
  if (quoteBudget === null) return fills.reduce((left, fill) => left - fill.lots, lots ?? 0)
  const cost = (ticks: Ticks, count: number) => BigInt(ticks) * BigInt(count) * quotePerTickLot
  const left = fills.reduce((sum, fill) => sum - cost(fill.maker.price, fill.lots), quoteBudget)
  return Number(left / cost(price, 1))
}
