import { isAtMarket } from '../core/domain/order.ts'
import type { TradingSymbol } from '../core/domain/venue.ts'
import type { Place } from './audit-balances.ts'
import type { OpenOrder } from './audit-order.ts'
import { leftOf, quoteOf } from './audit-order.ts'

/** Orders that lock together: one alone, or the two of a pair of which only one goes ahead. */
interface Group {
  readonly members: OpenOrder[]
  held: bigint
}

/** What the auditor says that open orders keep back: each its own, of a pair the dearer once (rules T11 to T13). */
export class AuditLocks {
  readonly #locked = new Map<Place, bigint>()
  readonly #groups = new Map<OpenOrder, Group>()

  lockedAt(place: Place): bigint {
    return this.#locked.get(place) ?? 0n
  }

  open(open: OpenOrder): void {
    this.#groups.set(open, { members: [open], held: 0n })
    this.changed(open)
  }

  /** Of the two only one goes ahead, so they lock as one. */
  pair(one: OpenOrder, other: OpenOrder): void {
    const [first, second] = [this.#groups.get(one), this.#groups.get(other)]
    if (first === undefined || second === undefined || first === second) return
    const group = { members: [one, other], held: first.held + second.held }
    this.#groups.set(one, group)
    this.#groups.set(other, group)
    this.#hold(group)
  }

  /** An order moved on, or less of it is left. */
  changed(open: OpenOrder): void {
    const group = this.#groups.get(open)
    if (group !== undefined) this.#hold(group)
  }

  close(open: OpenOrder): void {
    const group = this.#groups.get(open)
    if (group === undefined) return
    this.#groups.delete(open)
    group.members.splice(group.members.indexOf(open), 1)
    this.#hold(group, open.place)
  }

  #hold(group: Group, place: Place | undefined = group.members[0]?.place): void {
    if (place === undefined) return
    const needs = group.members.map(needOf)
    const held = needs.reduce((most, need) => (need > most ? need : most), 0n)
    this.#locked.set(place, this.lockedAt(place) + held - group.held)
    group.held = held
  }
}

/** What an order's open part keeps back: its price in the quote asset, or itself in the base asset. */
function needOf(open: OpenOrder): bigint {
  const { order, symbol, stage } = open
  if (stage === 'PENDING') return 0n
  const atMarket = isAtMarket(order.type)
  // At market there is nothing left to keep back for once it has entered.
  if (atMarket && stage === 'WORKING') return 0n
  const left = leftOf(open)
  if (order.side === 'SELL') return BigInt(left) * symbol.stepSize
  if (!atMarket) return quoteOf(symbol, order.price, left)
  if (order.stopPrice > 0) return quoteOf(symbol, order.stopPrice, left)
  return ceilDiv(BigInt(left) * symbol.stepSize * open.reservePrice, 10n ** 8n)
}

/**
 * At what a purchase at market that trails from wherever the market is keeps back, in 10⁻⁸ of the quote for one base:
 * the last trade's price or, before any, the indexes' by one another.
 */
export function reservePriceAt(
  symbol: TradingSymbol,
  lastPrice: number | null,
  prices: readonly (bigint | null)[],
): bigint {
  if (lastPrice !== null) return BigInt(lastPrice) * symbol.tickSize
  const [base, quote] = [prices[symbol.base] ?? null, prices[symbol.quote] ?? null]
  return base === null || quote === null ? 0n : (base * 10n ** 8n) / quote
}

function ceilDiv(dividend: bigint, divisor: bigint): bigint {
  return divisor === 0n ? 0n : (dividend + divisor - 1n) / divisor
}
