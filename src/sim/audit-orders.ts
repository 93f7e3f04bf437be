import type { EventOf, TradeSide } from '../core/domain/event.ts'
import type { OrderId } from '../core/domain/ids.ts'
import type { Order } from '../core/domain/order.ts'
import type { TradingSymbol, Venue } from '../core/domain/venue.ts'
import type { AuditBalances, Place } from './audit-balances.ts'

interface OpenOrder {
  readonly order: Readonly<Order>
  readonly symbol: TradingSymbol
  /** Where what it locks lies. */
  readonly place: Place
  executedLots: number
  executedQuote: bigint
}

type Report = (violation: string) => void

/** The auditor's own list of open orders, and what they should have locked. */
export class AuditOrders {
  readonly #venue: Venue
  readonly #balances: AuditBalances
  readonly #report: Report
  readonly #open = new Map<OrderId, OpenOrder>()
  readonly #locked = new Map<Place, bigint>()
  /** Accepted by the running command. */
  #accepted: OrderId[] = []
  #lastOrderId = 0
  readonly #lastTradeId: number[]

  constructor(venue: Venue, balances: AuditBalances, report: Report) {
    this.#venue = venue
    this.#balances = balances
    this.#report = report
    this.#lastTradeId = venue.symbols.map(() => 0)
  }

  lockedAt(place: Place): bigint {
    return this.#locked.get(place) ?? 0n
  }

  get size(): number {
    return this.#open.size
  }

  accept(order: Readonly<Order>): void {
    if (order.id !== this.#lastOrderId + 1) this.#report(`order id ${order.id} is not the next`)
    this.#lastOrderId = order.id
    const symbol = this.#venue.symbols[order.symbol]
    if (symbol === undefined) {
      this.#report(`order ${order.id} is on an unknown symbol`)
      return
    }
    const asset = order.side === 'BUY' ? symbol.quote : symbol.base
    const place = this.#balances.place(order.userId, order.wallet, asset)
    const open = { order, symbol, place, executedLots: 0, executedQuote: 0n }
    this.#open.set(order.id, open)
    this.#lock(open, 1n)
    this.#accepted.push(order.id)
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
    if (lots <= 0 || price <= 0) this.#report(`${at}: price and quantity are not positive`)
    if (quote !== (BigInt(price) * BigInt(lots) * symbol.tickSize * symbol.stepSize) / 10n ** 8n) {
      this.#report(`${at}: quote ${quote} is not price times quantity`)
    }
    if (maker.side === taker.side) this.#report(`${at}: both sides are ${maker.side}`)
    const resting = this.#open.get(maker.orderId)
    if (resting?.order.price !== price) this.#report(`${at}: not at the maker's price`)
    const taking = this.#open.get(taker.orderId)?.order
    if (taking !== undefined && taking.price > 0) {
      const within = taking.side === 'BUY' ? price <= taking.price : price >= taking.price
      if (!within) this.#report(`${at}: beyond the taker's limit`)
    }
    for (const side of [maker, taker]) this.#fill(side, lots, quote, at)
  }

  #fill(side: TradeSide, lots: number, quote: bigint, at: string): void {
    const open = this.#open.get(side.orderId)
    if (open === undefined) {
      this.#report(`${at}: order ${side.orderId} is not open`)
      return
    }
    this.#lock(open, -1n)
    open.executedLots += lots
    open.executedQuote += quote
    if (open.executedLots !== side.executedLots || open.executedQuote !== side.executedQuote) {
      this.#report(`${at}: order ${side.orderId} has other sums of its fills`)
    }
    const { order } = open
    if (order.lots > 0 && open.executedLots > order.lots) {
      this.#report(`${at}: order ${side.orderId} is overfilled`)
    }
    if (order.lots > 0 && open.executedLots >= order.lots) this.#open.delete(order.id)
    else this.#lock(open, 1n)
  }

  end(event: EventOf<'OrderEnded'>): void {
    const open = this.#open.get(event.orderId)
    if (open === undefined) {
      this.#report(`order ${event.orderId} ended without being open`)
      return
    }
    const left = Math.max(open.order.lots - open.executedLots, 0)
    if (left !== event.remainingLots) this.#report(`order ${event.orderId} ended with other lots`)
    this.#lock(open, -1n)
    this.#open.delete(event.orderId)
  }

  /** After a command, of what it accepted only orders that may rest are still open. */
  afterCommand(): void {
    for (const id of this.#accepted) {
      const order = this.#open.get(id)?.order
      if (order === undefined) continue
      const mayRest = order.type !== 'MARKET' && order.timeInForce === 'GTC'
      if (mayRest) continue
      // A market order by quote quantity is done when its money is; no event says so.
      if (order.lots > 0) this.#report(`order ${id} rests though it may not`)
      this.#open.delete(id)
    }
    this.#accepted = []
  }

  /** What an order's unexecuted part keeps back: its price in the quote asset, or itself in the base asset. */
  #lock(open: OpenOrder, sign: bigint): void {
    const { order, symbol, place } = open
    if (order.type === 'MARKET') return
    const lots = BigInt(order.lots - open.executedLots)
    const buys = order.side === 'BUY'
    const sum = buys
      ? (BigInt(order.price) * lots * symbol.tickSize * symbol.stepSize) / 10n ** 8n
      : lots * symbol.stepSize
    this.#locked.set(place, this.lockedAt(place) + sign * sum)
  }
}
