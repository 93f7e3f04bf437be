import type { OrderId, SymbolIndex } from '../core/domain/ids.ts'
import { stopCondition } from '../core/domain/order.ts'
import type { SymbolState, Venue } from '../core/domain/venue.ts'
import type { OpenOrder, Report } from './audit-order.ts'

/** A waiting order's price, as the auditor watches it. */
interface Watched {
  readonly open: OpenOrder
  /** Of a trailing order: the best price since it began to track; null: it has not begun. */
  best: number | null
  /** Its price has come. Null: that cannot be told from the events. */
  fired: boolean | null
}

/**
 * Rules T8 to T10: an order moves into the market only once its price has come, and then in the same command, unless that
 * set off as many as it may or the symbol does not trade. Watches last trades; what indexes set off it takes as told.
 */
export class AuditStops {
  readonly #budget: number
  readonly #byTrades: boolean
  readonly #report: Report
  readonly #watched: Map<OrderId, Watched>[]
  readonly #states: SymbolState[]
  /** Set off by the running command. */
  #setOff = 0

  constructor({ symbols, policy }: Venue, report: Report) {
    this.#budget = policy.trading.triggersPerCommand
    this.#byTrades = policy.trading.stopTrigger === 'LAST_TRADE'
    this.#report = report
    this.#watched = symbols.map(() => new Map())
    this.#states = symbols.map(() => 'TRADING')
  }

  setState(symbol: SymbolIndex, state: SymbolState): void {
    this.#states[symbol] = state
  }

  /** An order begins to wait. `pended`: its turn has just come, and its condition may hold already. */
  wait(open: OpenOrder, lastPrice: number | null, pended: boolean): void {
    const { trailingBips, stopPrice, symbol, id } = open.order
    const watched: Watched = { open, best: null, fired: this.#byTrades ? false : null }
    if (trailingBips > 0 && stopPrice === 0) watched.best = lastPrice
    // Whether it begins to track with a price that was there before it, no rule says.
    else if (trailingBips > 0 && pended) watched.fired = null
    else if (trailingBips === 0 && lastPrice !== null) observe(watched, lastPrice)
    this.#watched[symbol]?.set(id, watched)
  }

  trade(symbol: SymbolIndex, price: number): void {
    for (const watched of this.#watched[symbol]?.values() ?? []) observe(watched, price)
  }

  /** Its price has come, or its turn: it moves on, or is refused as it would. */
  setOff({ order: { id, symbol } }: OpenOrder): void {
    this.#setOff += 1
    const watched = this.#watched[symbol]?.get(id)
    if (watched?.fired === false)
      this.#report(`T8 order ${id} was set off, but its price never came`)
    if (this.#states[symbol] !== 'TRADING')
      this.#report(`T20 order ${id} was set off while its symbol does not trade`)
    this.#watched[symbol]?.delete(id)
  }

  forget({ order: { id, symbol } }: OpenOrder): void {
    this.#watched[symbol]?.delete(id)
  }

  afterCommand(): void {
    const exhausted = this.#setOff >= this.#budget
    this.#setOff = 0
    if (exhausted) return
    for (const [symbol, orders] of this.#watched.entries()) {
      if (this.#states[symbol] !== 'TRADING') continue
      for (const { open, fired } of orders.values())
        if (fired === true)
          this.#report(`T10 the price of order ${open.order.id} came and it waits`)
    }
  }
}

function observe(watched: Watched, price: number): void {
  if (watched.fired !== false) return
  const { type, side, stopPrice, trailingBips } = watched.open.order
  const rises = stopCondition(type, side) === 'RISE'
  const met = rises ? price >= stopPrice : price <= stopPrice
  if (trailingBips === 0) {
    watched.fired = met
    return
  }
  if (watched.best === null) {
    if (stopPrice === 0 || met) watched.best = price
    return
  }
  // Products, for the bounds lie between ticks; in integers, for these are prices.
  const [now, best] = [BigInt(price) * 10_000n, BigInt(watched.best)]
  if (side === 'SELL') {
    watched.best = Math.max(watched.best, price)
    watched.fired = now <= best * BigInt(10_000 - trailingBips)
  } else {
    watched.best = Math.min(watched.best, price)
    watched.fired = now >= best * BigInt(10_000 + trailingBips)
  }
}
