import type { Event, Outcome, TradeSide } from '../../core/domain/event.ts'
import type {
  AccountId,
  AssetIndex,
  OrderId,
  Sequence,
  SymbolIndex,
  TimestampMs,
  TradeId,
  UserId,
} from '../../core/domain/ids.ts'
import type { Order, OrderType, Side, TimeInForce } from '../../core/domain/order.ts'
import { opposite } from '../../core/domain/order.ts'
import type { TradingSymbol, Venue } from '../../core/domain/venue.ts'
import { notionalOf } from '../../core/domain/venue.ts'
import type { Amount } from '../../core/money/amount.ts'
import { ZERO } from '../../core/money/amount.ts'
import type { Lots, Ticks } from '../../core/money/price.ts'

/** For tests: two symbols with a tick of 0.01 USDT and a lot of 0.001 of the base. */
export const SCRIPT_VENUE = {
  assets: ['USDT', 'BTC', 'ETH'].map((code, index) => ({ index, code })),
  symbols: [symbol(0, 'BTCUSDT', 1), symbol(1, 'ETHUSDT', 2)],
  symbolByName: new Map([
    ['BTCUSDT', symbol(0, 'BTCUSDT', 1)],
    ['ETHUSDT', symbol(1, 'ETHUSDT', 2)],
  ]),
} as unknown as Venue

function symbol(index: number, name: string, base: number): TradingSymbol {
  return {
    index: index as SymbolIndex,
    symbol: name,
    base: base as AssetIndex,
    quote: 0 as AssetIndex,
    tickSize: 1_000_000n as Amount,
    stepSize: 100_000n as Amount,
    quotePerTickLot: 1_000n,
  } as TradingSymbol
}

export interface ScriptOrder {
  readonly userId?: number
  readonly wallet?: 'SPOT' | 'CROSS_MARGIN'
  readonly symbol?: number
  readonly side: Side
  readonly type?: OrderType
  readonly timeInForce?: TimeInForce
  readonly price: number
  readonly lots: number
  readonly clientOrderId?: string
}

/** For tests: a naive exchange that writes the events a real one would, in the order the contract gives. */
export class MarketScript {
  readonly resting: Order[] = []
  sequence = 0
  timeMs = Date.UTC(2026, 0, 5, 12)
  #nextOrderId = 1
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
    const order = this.resting.find((candidate) => candidate.id === orderId)
    return this.outcome(order === undefined ? [] : [this.#end(order, 'CANCELED', true)])
  }

  placed(asked: ScriptOrder): Event[] {
    const order = this.#order(asked)
    const events: Event[] = [{ type: 'OrderAccepted', order: { ...order } }]
    for (const maker of this.#makersFor(order)) {
      const lots = Math.min(remaining(order), remaining(maker))
      if (lots === 0) break
      events.push(this.#trade(order, maker, lots as Lots))
    }
    if (remaining(order) === 0) return events
    const rests = order.type !== 'MARKET' && order.timeInForce === 'GTC'
    if (rests) this.resting.push(order)
    else events.push(this.#end(order, 'EXPIRED', false))
    return events
  }

  /** Lots resting at each price of one side. */
  depth(symbolIndex: number, side: Side): Map<number, number> {
    const levels = new Map<number, number>()
    for (const order of this.resting)
      if (order.symbol === symbolIndex && order.side === side)
        levels.set(order.price, (levels.get(order.price) ?? 0) + remaining(order))
    return levels
  }

  #order(asked: ScriptOrder): Order {
    const orderId = this.#nextOrderId
    this.#nextOrderId += 1
    return {
      id: orderId as OrderId,
      clientOrderId: asked.clientOrderId ?? `c${orderId}`,
      userId: (asked.userId ?? 1) as UserId,
      wallet: asked.wallet ?? 'SPOT',
      accountId: 0 as AccountId,
      symbol: (asked.symbol ?? 0) as SymbolIndex,
      side: asked.side,
      type: asked.type ?? 'LIMIT',
      timeInForce: asked.timeInForce ?? 'GTC',
      price: asked.price as Ticks,
      lots: asked.lots as Lots,
      quoteQuantity: ZERO,
      sideEffect: 'NO_SIDE_EFFECT',
      autoRepayAtCancel: true,
      selfTradePrevention: 'NONE',
      createdMs: this.timeMs as TimestampMs,
      borrowed: ZERO,
      borrowedAsset: null,
      status: 'NEW',
      executedLots: 0 as Lots,
      executedQuote: ZERO,
      updatedMs: this.timeMs as TimestampMs,
      locked: ZERO,
    }
  }

  /** Orders the taker meets, best price first, then oldest. */
  #makersFor(taker: Order): Order[] {
    const sign = taker.side === 'BUY' ? 1 : -1
    return this.resting
      .filter((maker) => maker.symbol === taker.symbol && maker.side === opposite(taker.side))
      .filter((maker) => taker.type === 'MARKET' || maker.price * sign <= taker.price * sign)
      .sort((a, b) => (a.price - b.price) * sign || a.id - b.id)
  }

  #trade(taker: Order, maker: Order, lots: Lots): Event {
    const definition = SCRIPT_VENUE.symbols[taker.symbol] as TradingSymbol
    const quote = notionalOf(definition, maker.price, lots)
    for (const order of [taker, maker]) {
      order.executedLots = (order.executedLots + lots) as Lots
      order.executedQuote = (order.executedQuote + quote) as Amount
      order.status = remaining(order) === 0 ? 'FILLED' : 'PARTIALLY_FILLED'
    }
    if (maker.status === 'FILLED') this.resting.splice(this.resting.indexOf(maker), 1)
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
    }
  }

  #end(order: Order, status: 'CANCELED' | 'EXPIRED', wasResting: boolean): Event {
    if (wasResting) this.resting.splice(this.resting.indexOf(order), 1)
    return {
      type: 'OrderEnded',
      orderId: order.id,
      clientOrderId: order.clientOrderId,
      userId: order.userId,
      wallet: order.wallet,
      symbol: order.symbol,
      side: order.side,
      price: order.price,
      status,
      cause: wasResting ? 'user' : 'unfilled',
      remainingLots: remaining(order) as Lots,
      wasResting,
      executedLots: order.executedLots,
      executedQuote: order.executedQuote,
    }
  }
}

function remaining(order: Order): number {
  return order.lots - order.executedLots
}

function tradeSide(order: Order, definition: TradingSymbol): TradeSide {
  return {
    orderId: order.id,
    clientOrderId: order.clientOrderId,
    userId: order.userId,
    wallet: order.wallet,
    side: order.side,
    fee: 7n as Amount,
    feeAsset: order.side === 'BUY' ? definition.base : definition.quote,
    status: order.status,
    executedLots: order.executedLots,
    executedQuote: order.executedQuote,
  }
}
