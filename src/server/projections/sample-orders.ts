import { PLAIN } from '../../core/domain/command.ts'
import type { Event, PreventedSide, TradeSide } from '../../core/domain/event.ts'
import type {
  AccountId,
  AssetIndex,
  LiquidationId,
  OrderId,
  OrderListId,
  PreventedMatchId,
  SymbolIndex,
  TimestampMs,
  TradeId,
  UserId,
} from '../../core/domain/ids.ts'
import type { Order, Side } from '../../core/domain/order.ts'
import { remainingLots } from '../../core/domain/order.ts'
import type { OrderList } from '../../core/domain/order-list.ts'
import type { Amount } from '../../core/money/amount.ts'
import type { Lots, Ticks } from '../../core/money/price.ts'

export const START_MS = Date.UTC(2026, 0, 31, 22, 30) as TimestampMs
export const MAKER = 1 as UserId
export const USER = 2 as UserId
export const OTHER = 3 as UserId
export const BTCUSDT = 0 as SymbolIndex
export const BTC = 0 as AssetIndex
export const USDT = 1 as AssetIndex

const NO_LOTS = 0 as Lots

/** An order as it is accepted. */
export function order(given: Partial<Order> & { id: OrderId }): Order {
  return {
    clientOrderId: `client-${given.id}`,
    userId: USER,
    wallet: 'CROSS_MARGIN',
    accountId: 0 as AccountId,
    symbol: BTCUSDT,
    side: 'BUY',
    type: 'LIMIT',
    timeInForce: 'GTC',
    price: 3_000_000 as Ticks,
    lots: 10 as Lots,
    quoteQuantity: 0n as Amount,
    ...PLAIN,
    listId: null,
    sideEffect: 'NO_SIDE_EFFECT',
    autoRepayAtCancel: true,
    selfTradePrevention: 'NONE',
    createdMs: START_MS,
    borrowed: 0n as Amount,
    borrowedAsset: null,
    stage: 'WORKING',
    status: 'NEW',
    executedLots: NO_LOTS,
    executedQuote: 0n as Amount,
    preventedLots: NO_LOTS,
    amendments: 0,
    workingMs: given.createdMs ?? START_MS,
    updatedMs: START_MS,
    locked: 0n as Amount,
    reservePrice: 0n as Amount,
    ...given,
  }
}

/** What happens to orders, in any order chance gives. */
export class SampleOrders {
  readonly #whole: (below: number) => number
  readonly #open = new Map<OrderId, Order>()
  readonly #lists = new Map<OrderListId, OrderList>()
  #timeMs = START_MS
  #orderId = 0
  #listId = 0
  #preventedMatchId = 0
  readonly #tradeIds = [0, 0]

  /** `whole` draws a number from 0 to one below. */
  constructor(whole: (below: number) => number) {
    this.#whole = whole
  }

  events(timeMs: TimestampMs): Event[] {
    this.#timeMs = timeMs
    const kind = this.#whole(12)
    if (kind < 3) return this.#place()
    if (kind < 6) return this.#trade()
    if (kind < 8) return this.#end()
    if (kind === 8) return this.#amend()
    if (kind === 9) return this.#prevent()
    return kind === 10 ? this.#placeList() : this.#activate()
  }

  #place(given: Partial<Order> = {}): Event[] {
    this.#orderId += 1
    const placed = order({
      id: this.#orderId as OrderId,
      userId: ([MAKER, MAKER, USER, OTHER] as const)[this.#whole(4)] as UserId,
      symbol: this.#whole(2) as SymbolIndex,
      side: this.#whole(2) === 0 ? 'BUY' : 'SELL',
      lots: (this.#whole(20) + 2) as Lots,
      strategyId: this.#whole(4) === 0 ? this.#orderId : null,
      createdMs: this.#timeMs,
      updatedMs: this.#timeMs,
      ...given,
    })
    this.#open.set(placed.id, { ...placed })
    return [{ type: 'OrderAccepted', order: placed, restingLots: NO_LOTS }]
  }

  #pick(where: (candidate: Order) => boolean = () => true): Order | undefined {
    const candidates = [...this.#open.values()].filter(where)
    return candidates[this.#whole(candidates.length)]
  }

  /** A new order takes one or two lots at a time from an old one. */
  #trade(): Event[] {
    const maker = this.#pick(({ stage }) => stage === 'WORKING')
    if (maker === undefined) return []
    const events = this.#place()
    const taker = this.#open.get(this.#orderId as OrderId) as Order
    const liquidationId = this.#whole(5) === 0 ? (1 as LiquidationId) : null
    for (let fills = 1 + this.#whole(3); fills > 0 && remainingLots(taker) > 0; fills--) {
      if (!this.#open.has(maker.id) || remainingLots(maker) === 0) break
      const price = (3_000_000 + this.#whole(3)) as Ticks
      events.push(this.#fill(maker, taker, price, liquidationId))
    }
    return events
  }

  #fill(maker: Order, taker: Order, price: Ticks, liquidationId: LiquidationId | null): Event {
    const symbol = maker.symbol
    const tradeId = (this.#tradeIds[symbol] ?? 0) + 1
    this.#tradeIds[symbol] = tradeId
    const quote = BigInt(price) as Amount
    return {
      type: 'TradeExecuted',
      symbol,
      tradeId: tradeId as TradeId,
      price,
      lots: 1 as Lots,
      quote,
      maker: this.#side(maker, 'SELL', quote),
      taker: this.#side(taker, 'BUY', quote),
      liquidationId,
      replenishedLots: NO_LOTS,
    }
  }

  #side(traded: Order, side: Side, quote: Amount): TradeSide {
    traded.executedLots = (traded.executedLots + 1) as Lots
    traded.executedQuote = (traded.executedQuote + quote) as Amount
    const filled = remainingLots(traded) === 0
    traded.status = filled ? 'FILLED' : 'PARTIALLY_FILLED'
    if (filled) this.#open.delete(traded.id)
    return {
      orderId: traded.id,
      clientOrderId: traded.clientOrderId,
      userId: traded.userId,
      wallet: traded.wallet,
      side,
      fee: 7n as Amount,
      feeAsset: USDT,
      status: traded.status,
      executedLots: traded.executedLots,
      executedQuote: traded.executedQuote,
    }
  }

  #end(): Event[] {
    const ended = this.#pick()
    if (ended === undefined) return []
    const events = [this.#ended(ended, this.#whole(4) === 0 ? 'quote' : 'user')]
    const list = this.#lists.get(ended.listId ?? (0 as OrderListId))
    if (list === undefined) return events
    for (const id of list.orders) {
      const member = this.#open.get(id)
      if (member !== undefined) events.push(this.#ended(member, 'list'))
    }
    this.#lists.delete(list.id)
    const done = { ...list, status: 'ALL_DONE' } as const
    return [...events, { type: 'OrderListChanged', list: done, change: 'ALL_DONE' }]
  }

  #ended(ended: Order, cause: 'quote' | 'user' | 'list' | 'self_trade'): Event {
    this.#open.delete(ended.id)
    return {
      type: 'OrderEnded',
      orderId: ended.id,
      clientOrderId: ended.clientOrderId,
      userId: ended.userId,
      wallet: ended.wallet,
      symbol: ended.symbol,
      side: ended.side,
      price: ended.price,
      status: cause === 'self_trade' ? 'EXPIRED_IN_MATCH' : 'CANCELED',
      cause,
      remainingLots: remainingLots(ended),
      wasResting: true,
      shownLots: remainingLots(ended),
      preventedLots: ended.preventedLots,
      listId: ended.listId,
      executedLots: ended.executedLots,
      executedQuote: ended.executedQuote,
    }
  }

  #amend(): Event[] {
    const amended = this.#pick((candidate) => remainingLots(candidate) > 1)
    if (amended === undefined) return []
    const { clientOrderId: originalClientOrderId, lots: originalLots } = amended
    amended.lots = (amended.lots - 1) as Lots
    amended.amendments += 1
    amended.clientOrderId = `${originalClientOrderId}'`
    const shownLotsLess = 1 as Lots
    const told = { originalClientOrderId, originalLots, shownLotsLess }
    return [{ type: 'OrderAmended', order: { ...amended }, ...told }]
  }

  /** Two open orders lose a lot to each other; whichever has nothing left ends. */
  #prevent(): Event[] {
    const maker = this.#pick()
    const taker = this.#pick((candidate) => candidate !== maker)
    if (maker === undefined || taker === undefined) return []
    this.#preventedMatchId += 1
    const [made, taken] = [preventedSide(maker), preventedSide(taker)]
    const prevented: Event = {
      type: 'SelfTradePrevented',
      symbol: maker.symbol,
      preventedMatchId: this.#preventedMatchId as PreventedMatchId,
      mode: 'DECREMENT',
      price: maker.price,
      maker: made,
      taker: taken,
      shownLotsLess: NO_LOTS,
      tradeGroupId: this.#whole(2) === 0 ? 5 : null,
      transferred: null,
    }
    const ends = [maker, taker].filter((each) => remainingLots(each) === 0)
    return [prevented, ...ends.map((each) => this.#ended(each, 'self_trade'))]
  }

  #placeList(): Event[] {
    this.#listId += 1
    const listId = this.#listId as OrderListId
    const shared = { listId, userId: this.#whole(3) === 0 ? MAKER : USER, symbol: BTCUSDT }
    const waiting = { stage: 'WAITING', workingMs: null, stopPrice: 9 as Ticks } as const
    const events = [...this.#place(shared), ...this.#place({ ...shared, ...waiting })]
    const list: OrderList = {
      id: listId,
      clientListId: `list-${this.#whole(9)}`,
      userId: shared.userId,
      wallet: 'CROSS_MARGIN',
      accountId: 0 as AccountId,
      symbol: BTCUSDT,
      kind: 'OCO',
      orders: [(this.#orderId - 1) as OrderId, this.#orderId as OrderId],
      createdMs: this.#timeMs,
      status: 'EXECUTING',
    }
    this.#lists.set(listId, list)
    return [{ type: 'OrderListChanged', list, change: 'PLACED' }, ...events]
  }

  #activate(): Event[] {
    const activated = this.#pick(({ stage }) => stage === 'WAITING')
    if (activated === undefined) return []
    activated.stage = 'WORKING'
    activated.workingMs = this.#timeMs
    return [{ type: 'OrderActivated', order: { ...activated }, restingLots: NO_LOTS }]
  }
}

function preventedSide(prevented: Order): PreventedSide {
  prevented.preventedLots = (prevented.preventedLots + 1) as Lots
  const { id: orderId, clientOrderId, userId, wallet, side, preventedLots } = prevented
  return { orderId, clientOrderId, userId, wallet, side, lots: 1 as Lots, preventedLots }
}
