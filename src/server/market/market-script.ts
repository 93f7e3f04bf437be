import type { Event, Outcome } from '../../core/domain/event.ts'
import type { OrderId, Sequence, TimestampMs, TradeId } from '../../core/domain/ids.ts'
import type { Order, Side } from '../../core/domain/order.ts'
import { isAtMarket, opposite, remainingLots } from '../../core/domain/order.ts'
import type { TradingSymbol } from '../../core/domain/venue.ts'
import { notionalOf } from '../../core/domain/venue.ts'
import type { Amount } from '../../core/money/amount.ts'
import type { Lots } from '../../core/money/price.ts'
import type { ScriptOrder } from './script-events.ts'
import { endedEvent, preventedEvent, scriptOrder, tradeSide } from './script-events.ts'
import { SCRIPT_VENUE } from './script-venue.ts'

/** An order in the book: what it shows, and its turn among those at its price. */
interface Place {
  shown: number
  turn: number
}

/** For tests: a naive exchange that writes the events a real one would, in the order the contract gives. */
export class MarketScript {
  readonly resting: Order[] = []
  readonly waiting: Order[] = []
  sequence = 0
  timeMs = Date.UTC(2026, 0, 5, 12)
  readonly #places = new Map<OrderId, Place>()
  #turns = 0
  #nextOrderId = 1
  #preventedMatchId = 0
  readonly #nextTradeId = new Map<number, number>()

  outcome(events: readonly Event[]): Outcome {
    this.sequence += 1
    return {
      sequence: this.sequence as Sequence,
      timestampMs: this.timeMs as TimestampMs,
      events,
      refusal: null,
    }
  }

  place(asked: ScriptOrder): Outcome {
    return this.outcome(this.placed(asked))
  }

  cancel(orderId: number): Outcome {
    const order = this.#openOrder(orderId)
    return this.outcome(order === undefined ? [] : [this.#end(order, 'CANCELED', 'user')])
  }

  /** Lowers an order that stands in the book, which shows less only when it must. */
  amend(orderId: number, lots: number, clientOrderId: string): Outcome {
    const order = this.#openOrder(orderId) as Order
    const { lots: originalLots, clientOrderId: originalClientOrderId } = order
    order.lots = lots as Lots
    order.clientOrderId = clientOrderId
    order.amendments += 1
    order.updatedMs = this.timeMs as TimestampMs
    const shownLotsLess = this.#showAtMost(order)
    return this.outcome([
      {
        type: 'OrderAmended',
        order: { ...order },
        originalClientOrderId,
        originalLots,
        shownLotsLess: shownLotsLess as Lots,
      },
    ])
  }

  placed(asked: ScriptOrder): Event[] {
    const order = scriptOrder(asked, this.#nextOrderId, this.timeMs)
    this.#nextOrderId += 1
    const accepted = { type: 'OrderAccepted', order: { ...order } } as const
    if (order.stage === 'WORKING') return this.#enter(order, accepted)
    this.waiting.push(order)
    return [{ ...accepted, restingLots: 0 as Lots }]
  }

  /** An order's price has come. */
  activated(orderId: number): Event[] {
    const order = this.#openOrder(orderId) as Order
    this.waiting.splice(this.waiting.indexOf(order), 1)
    order.stage = 'WORKING'
    order.workingMs = this.timeMs as TimestampMs
    order.updatedMs = this.timeMs as TimestampMs
    return this.#enter(order, { type: 'OrderActivated', order: { ...order } })
  }

  /** Lots shown at each price of one side. */
  depth(symbolIndex: number, side: Side): Map<number, number> {
    const levels = new Map<number, number>()
    for (const order of this.resting)
      if (order.symbol === symbolIndex && order.side === side)
        levels.set(order.price, (levels.get(order.price) ?? 0) + this.#placeOf(order).shown)
    return levels
  }

  #openOrder(orderId: number): Order | undefined {
    return [...this.resting, ...this.waiting].find((candidate) => candidate.id === orderId)
  }

  #enter(
    order: Order,
    entered: { type: 'OrderAccepted' | 'OrderActivated'; order: Readonly<Order> },
  ): Event[] {
    const events: Event[] = []
    for (let maker = this.#makerFor(order); maker !== null; maker = this.#makerFor(order))
      events.push(...this.#meet(order, maker))
    const rests = !isAtMarket(order.type) && order.timeInForce === 'GTC' && isOpen(order)
    if (rests) this.#rest(order)
    else if (isOpen(order)) events.push(this.#end(order, 'EXPIRED', 'unfilled'))
    const restingLots = (rests ? this.#placeOf(order).shown : 0) as Lots
    return [{ ...entered, restingLots }, ...events]
  }

  #rest(order: Order): void {
    this.resting.push(order)
    this.#turns += 1
    this.#places.set(order.id, { shown: partOf(order), turn: this.#turns })
  }

  #placeOf(order: Order): Place {
    return this.#places.get(order.id) as Place
  }

  /** The order the taker meets next: best price first, then whose turn it is. */
  #makerFor(taker: Order): Order | null {
    if (!isOpen(taker)) return null
    const sign = taker.side === 'BUY' ? 1 : -1
    const [first] = this.resting
      .filter((maker) => maker.symbol === taker.symbol && maker.side === opposite(taker.side))
      .filter((maker) => isAtMarket(taker.type) || maker.price * sign <= taker.price * sign)
      .sort((a, b) => (a.price - b.price) * sign || this.#placeOf(a).turn - this.#placeOf(b).turn)
    return first ?? null
  }

  #meet(taker: Order, maker: Order): Event[] {
    const prevents = taker.selfTradePrevention !== 'NONE' && taker.userId === maker.userId
    return prevents ? this.#prevent(taker, maker) : [this.#trade(taker, maker)]
  }

  #trade(taker: Order, maker: Order): Event {
    const place = this.#placeOf(maker)
    const lots = Math.min(remainingLots(taker), place.shown) as Lots
    const definition = SCRIPT_VENUE.symbols[taker.symbol] as TradingSymbol
    const quote = notionalOf(definition, maker.price, lots)
    for (const order of [taker, maker]) {
      order.executedLots = (order.executedLots + lots) as Lots
      order.executedQuote = (order.executedQuote + quote) as Amount
      order.status = remainingLots(order) === 0 ? 'FILLED' : 'PARTIALLY_FILLED'
    }
    place.shown -= lots
    let replenishedLots = 0
    if (maker.status === 'FILLED') this.#leave(maker)
    else if (place.shown === 0) {
      replenishedLots = partOf(maker)
      this.#turns += 1
      this.#places.set(maker.id, { shown: replenishedLots, turn: this.#turns })
    }
    const tradeId = (this.#nextTradeId.get(taker.symbol) ?? 0) + 1
    this.#nextTradeId.set(taker.symbol, tradeId)
    return {
      type: 'TradeExecuted',
      symbol: taker.symbol,
      tradeId: tradeId as TradeId,
      price: maker.price,
      lots,
      quote,
      maker: tradeSide(maker, definition),
      taker: tradeSide(taker, definition),
      liquidationId: null,
      replenishedLots: replenishedLots as Lots,
    }
  }

  #prevent(taker: Order, maker: Order): Event[] {
    const mode = taker.selfTradePrevention
    const met = Math.min(remainingLots(taker), remainingLots(maker))
    const decrements = mode === 'DECREMENT' || mode === 'TRANSFER'
    const all = (order: Order, expires: boolean) => (expires ? remainingLots(order) : 0)
    const lots = {
      taker: decrements ? met : all(taker, mode !== 'EXPIRE_MAKER'),
      maker: decrements ? met : all(maker, mode !== 'EXPIRE_TAKER'),
    }
    this.#preventedMatchId += 1
    taker.preventedLots = (taker.preventedLots + lots.taker) as Lots
    maker.preventedLots = (maker.preventedLots + lots.maker) as Lots
    const makerEnds = !isOpen(maker)
    const less = makerEnds ? 0 : this.#showAtMost(maker)
    const event = preventedEvent(taker, maker, { id: this.#preventedMatchId, ...lots }, less)
    const ends = [maker, taker]
      .filter((order) => !isOpen(order))
      .map((order) => this.#end(order, 'EXPIRED_IN_MATCH', 'self_trade'))
    return [event, ...ends]
  }

  /** Takes off what an order shows beyond what is left of it; how much that is. */
  #showAtMost(order: Order): number {
    const place = this.#places.get(order.id)
    const less = Math.max(0, (place?.shown ?? 0) - remainingLots(order))
    if (place !== undefined) place.shown -= less
    return less
  }

  #end(
    order: Order,
    status: 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH',
    cause: 'user' | 'unfilled' | 'self_trade',
  ): Event {
    const shown = this.#places.get(order.id)?.shown ?? null
    if (shown !== null) this.#leave(order)
    if (this.waiting.includes(order)) this.waiting.splice(this.waiting.indexOf(order), 1)
    return endedEvent(order, status, cause, shown)
  }

  #leave(order: Order): void {
    this.resting.splice(this.resting.indexOf(order), 1)
    this.#places.delete(order.id)
  }
}

function isOpen(order: Order): boolean {
  return remainingLots(order) > 0
}

/** What an order shows of what is left of it. */
function partOf(order: Order): number {
  const remaining = remainingLots(order)
  return order.icebergLots === 0 ? remaining : Math.min(order.icebergLots, remaining)
}
