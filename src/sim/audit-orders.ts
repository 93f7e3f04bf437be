import type {
  EventOf,
  OrderAmended,
  PreventedSide,
  SelfTradePrevented,
  TradeSide,
} from '../core/domain/event.ts'
import type { OrderId } from '../core/domain/ids.ts'
import type { Order } from '../core/domain/order.ts'
import { isAtMarket } from '../core/domain/order.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'
import type { AuditBalances, Place } from './audit-balances.ts'
import { AuditLists, pairOf } from './audit-lists.ts'
import { AuditLocks, reservePriceAt } from './audit-locks.ts'
import type { OpenOrder, Report } from './audit-order.ts'
import { leftOf, quoteOf } from './audit-order.ts'
import { AuditPrevention } from './audit-prevention.ts'
import { AuditStops } from './audit-stops.ts'

/** The auditor's own list of open orders, and what they should have locked. */
export class AuditOrders {
  #venue: Venue
  readonly #balances: AuditBalances
  readonly #goodPrices: () => readonly (bigint | null)[]
  readonly #report: Report
  readonly #open = new Map<OrderId, OpenOrder>()
  readonly #locks = new AuditLocks()
  readonly #lists: AuditLists
  readonly prevention: AuditPrevention
  readonly stops: AuditStops
  /** Brought into the market by the running command. */
  #entered: OrderId[] = []
  #lastOrderId = 0
  readonly #lastTradeId: number[]
  readonly #lastPrice: (number | null)[]

  constructor(
    venue: Venue,
    balances: AuditBalances,
    goodPrices: () => readonly (bigint | null)[],
    report: Report,
  ) {
    this.#venue = venue
    this.#balances = balances
    this.#goodPrices = goodPrices
    this.#report = report
    this.#lists = new AuditLists(this.#open, report)
    this.prevention = new AuditPrevention(venue, balances, report)
    this.stops = new AuditStops(venue, report)
    this.#lastTradeId = venue.symbols.map(() => 0)
    this.#lastPrice = venue.symbols.map(() => null)
  }

  changeVenue(venue: Venue): void {
    this.#venue = venue
  }

  lockedAt(place: Place): bigint {
    return this.#locks.lockedAt(place)
  }

  get size(): number {
    return this.#open.size
  }

  accept(order: Readonly<Order>): void {
    if (order.id <= this.#lastOrderId) this.#report(`T24 order id ${order.id} does not rise`)
    this.#lastOrderId = order.id
    const symbol = this.#venue.symbols[order.symbol]
    if (symbol === undefined) {
      this.#report(`order ${order.id} is on an unknown symbol`)
      return
    }
    const asset = order.side === 'BUY' ? symbol.quote : symbol.base
    const place = this.#balances.place(order.userId, order.wallet, asset, order.symbol)
    const { stage, lots } = order
    const done = { executedLots: 0, executedQuote: 0n, preventedLots: 0, amendments: 0 }
    const open: OpenOrder = { order, symbol, place, stage, lots, ...done, reservePrice: 0n }
    this.#open.set(order.id, open)
    this.#enter(open, false)
    this.#locks.open(open)
    this.#lists.touch(order.listId)
  }

  /** Its price has come, or its turn. */
  activate(order: Readonly<Order>): void {
    const open = this.#find(order.id, 'was activated')
    if (open === undefined) return
    const before = open.stage
    const moves = before === 'PENDING' || (before === 'WAITING' && order.stage === 'WORKING')
    if (!moves || order.stage === 'PENDING')
      this.#report(`T11 order ${order.id} went from ${before} to ${order.stage}`)
    this.stops.setOff(open)
    open.stage = order.stage
    this.#enter(open, true)
    this.#locks.changed(open)
    this.#lists.touch(order.listId)
  }

  #enter(open: OpenOrder, pended: boolean): void {
    const { order, symbol, stage } = open
    const lastPrice = this.#lastPrice[symbol.index] ?? null
    if (stage === 'WORKING') this.#entered.push(order.id)
    if (stage !== 'WAITING') return
    this.stops.wait(open, lastPrice, pended)
    if (order.side === 'BUY' && isAtMarket(order.type) && order.stopPrice === 0)
      open.reservePrice = reservePriceAt(symbol, lastPrice, this.#goodPrices())
  }

  amend({ order, originalLots }: OrderAmended): void {
    const open = this.#find(order.id, 'was amended')
    if (open === undefined) return
    const at = `T16 order ${order.id}`
    if (originalLots !== open.lots) this.#report(`${at} was amended from other lots`)
    if (order.lots >= open.lots) this.#report(`${at} was not lowered`)
    if (order.lots <= open.executedLots + open.preventedLots)
      this.#report(`${at} has more behind it`)
    open.lots = order.lots
    open.amendments += 1
    const { maximumAmendments } = open.symbol.orderRules
    if (open.amendments > maximumAmendments) this.#report(`${at} was amended too often`)
    this.#locks.changed(open)
    this.#lists.touch(order.listId)
  }

  changeList(event: EventOf<'OrderListChanged'>): void {
    this.#lists.changed(event)
    if (event.change !== 'PLACED') return
    const [one, other] = pairOf(event.list).map((id) => this.#open.get(id))
    if (one !== undefined && other !== undefined) this.#locks.pair(one, other)
  }

  trade(event: EventOf<'TradeExecuted'>): void {
    const { symbol: index, tradeId, price, lots, quote, maker, taker } = event
    const symbol = this.#venue.symbols[index]
    const at = `trade ${tradeId} on ${symbol?.symbol}`
    if (symbol === undefined) {
      this.#report(`${at}: unknown symbol`)
      return
    }
    if (tradeId !== (this.#lastTradeId[index] ?? 0) + 1) this.#report(`${at}: id is not the next`)
    this.#lastTradeId[index] = tradeId
    this.#lastPrice[index] = price
    this.#checkTrade(event, symbol, at)
    this.stops.trade(index, price)
    const [taking, resting] = [this.#open.get(taker.orderId), this.#open.get(maker.orderId)]
    if (taking !== undefined && resting !== undefined)
      this.prevention.checkTrade(taking, resting, at)
    for (const side of [maker, taker]) this.#fill(side, lots, quote, at)
  }

  #checkTrade(
    { price, lots, quote, maker, taker }: EventOf<'TradeExecuted'>,
    symbol: TradingSymbol,
    at: string,
  ): void {
    if (lots <= 0 || price <= 0) this.#report(`${at}: price and quantity are not positive`)
    if (quote !== quoteOf(symbol, price, lots))
      this.#report(`${at}: quote ${quote} is not price times quantity`)
    if (maker.side === taker.side) this.#report(`${at}: both sides are ${maker.side}`)
    const resting = this.#open.get(maker.orderId)
    if (resting?.order.price !== price) this.#report(`T2 ${at}: not at the maker's price`)
    const taking = this.#open.get(taker.orderId)?.order
    if (taking === undefined || isAtMarket(taking.type)) return
    const within = taking.side === 'BUY' ? price <= taking.price : price >= taking.price
    if (!within) this.#report(`${at}: beyond the taker's limit`)
  }

  #fill(side: TradeSide, lots: number, quote: bigint, at: string): void {
    const open = this.#find(side.orderId, `is in ${at}`)
    if (open === undefined) return
    if (open.stage !== 'WORKING') this.#report(`${at}: order ${side.orderId} is not in the market`)
    open.executedLots += lots
    open.executedQuote += quote
    if (open.executedLots !== side.executedLots || open.executedQuote !== side.executedQuote)
      this.#report(`${at}: order ${side.orderId} has other sums of its fills`)
    const { order } = open
    const left = open.lots - open.executedLots - open.preventedLots
    const overfilled = open.lots > 0 ? left < 0 : open.executedQuote > order.quoteQuantity
    if (overfilled) this.#report(`${at}: order ${side.orderId} is overfilled`)
    const filled = side.status === 'FILLED'
    if (open.lots > 0 && filled !== (left === 0))
      this.#report(`${at}: order ${side.orderId} is ${side.status} with ${left} lots left`)
    if (filled) this.#close(open)
    else this.#locks.changed(open)
    this.#lists.touch(order.listId)
  }

  /** Rule T6: what is prevented is neither executed nor open. */
  prevent(event: SelfTradePrevented): void {
    const taking = this.#find(event.taker.orderId, 'was kept from a self-trade')
    const resting = this.#find(event.maker.orderId, 'was kept from a self-trade')
    if (taking === undefined || resting === undefined) return
    this.prevention.check(event, taking, resting)
    this.#takeOff(event.taker, taking)
    this.#takeOff(event.maker, resting)
  }

  #takeOff({ lots, preventedLots }: PreventedSide, open: OpenOrder): void {
    open.preventedLots += lots
    const at = `T6 order ${open.order.id}`
    if (preventedLots !== open.preventedLots) this.#report(`${at} has another prevented quantity`)
    this.#locks.changed(open)
    if (lots > 0) this.#lists.touch(open.order.listId)
  }

  end(event: EventOf<'OrderEnded'>): void {
    const open = this.#find(event.orderId, 'ended')
    if (open === undefined) return
    const at = `order ${event.orderId} ended`
    const left = leftOf(open)
    if (left !== event.remainingLots) this.#report(`${at} with other lots`)
    const { executedLots, executedQuote, preventedLots } = open
    const same =
      executedLots === event.executedLots &&
      executedQuote === event.executedQuote &&
      preventedLots === event.preventedLots
    if (!same) this.#report(`${at} with other sums`)
    if (event.shownLots > left + (event.status === 'EXPIRED_IN_MATCH' ? preventedLots : 0))
      this.#report(`T7 ${at} and showed more than it had`)
    // What is refused when its time has come was set off as much as what enters.
    if (event.cause === 'refused') this.stops.setOff(open)
    this.#close(open)
    this.#lists.touch(event.listId)
  }

  #close(open: OpenOrder): void {
    this.#open.delete(open.order.id)
    this.stops.forget(open)
    this.#locks.close(open)
  }

  #find(id: OrderId, what: string): OpenOrder | undefined {
    const open = this.#open.get(id)
    if (open === undefined) this.#report(`order ${id} ${what} without being open`)
    return open
  }

  /** After a command, of what it brought into the market only orders that may rest are still open. */
  afterCommand(): void {
    for (const id of this.#entered) {
      const order = this.#open.get(id)?.order
      if (order === undefined) continue
      const mayRest = !isAtMarket(order.type) && order.timeInForce === 'GTC'
      if (!mayRest) this.#report(`T3 order ${id} rests though it may not`)
    }
    this.#entered = []
    this.#lists.afterCommand()
    this.stops.afterCommand()
  }
}
