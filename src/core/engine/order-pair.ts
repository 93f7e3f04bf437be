import type { PlaceOrder } from '../domain/command.ts'
import type { Order } from '../domain/order.ts'
import { waitsForPrice } from '../domain/order.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import { ZERO } from '../money/amount.ts'
import type { Ticks } from '../money/price.ts'
import { maxBigint } from '../money/rounding.ts'
import { removeOrder } from './end-order.ts'
import { enterMarket, placeOf } from './enter-market.ts'
import type { OrderPlan } from './order-plan.ts'
import { isPlan } from './order-plan.ts'
import { fulfil } from './place-order.ts'
import type { Spoken } from './plan-order.ts'
import { decide } from './plan-order.ts'
import type { OrderPosting } from './post-order.ts'
import { triggerPrice } from './reference-price.ts'
import type { ExchangeState, User } from './state.ts'
import { ownerOf, venueOf } from './state.ts'

export type PlannedPair = readonly [above: OrderPlan, below: OrderPlan]

const NOTHING_SPOKEN: Spoken = { shared: ZERO, free: ZERO, borrow: ZERO }

export function isPair(planned: PlannedPair | Refusal): planned is PlannedPair {
  return Array.isArray(planned)
}

/** Decides the two orders of an OCO together: they lock the dearer of the two once (rule T12). Changes nothing. */
export function planPair(
  state: ExchangeState,
  user: User,
  [above, below]: readonly [PlaceOrder, PlaceOrder],
  mayTrigger = false,
): PlannedPair | Refusal {
  const first = decide(state, user, above, NOTHING_SPOKEN, mayTrigger)
  if (!isPlan(first)) return first
  const { need, borrow } = first
  const spoken = { shared: need, free: maxBigint(need - borrow, 0n) as typeof need, borrow }
  const second = decide(state, user, below, spoken, mayTrigger)
  return isPlan(second) ? [first, second] : second
}

/** Rule T12: one above the price of the moment, one below; until anything has traded, above each other. */
export function arePricesApart(
  state: ExchangeState,
  symbol: TradingSymbol,
  [above, below]: readonly [PlaceOrder, PlaceOrder],
): boolean {
  const upper = decisivePrice(above)
  const lower = decisivePrice(below)
  const now = triggerPrice(state, symbol, venueOf(state).policy.trading.stopTrigger)
  if (now === null) return upper === null || lower === null || upper > lower
  return (upper === null || upper > now.low) && (lower === null || lower < now.high)
}

/** The price at which an order of a pair goes ahead; null: one that trails from wherever the market is. */
function decisivePrice({ orderType, price, stopPrice }: PlaceOrder): Ticks | null {
  if (!waitsForPrice(orderType)) return price
  return stopPrice === 0 ? null : stopPrice
}

/**
 * The turn of an OTOCO's two orders has come (rule T13): both are placed, or both expire. One whose price has come
 * meanwhile goes ahead: what was meant to stop a loss must not vanish because the loss was quick.
 */
export function activatePair(state: ExchangeState, one: Order, other: Order): void {
  const pair: [Order, Order] = one.id < other.id ? [one, other] : [other, one]
  const { user } = ownerOf(state, one.accountId)
  const [above, below] = pair.map((order) => placeOf(order, order.type)) as [PlaceOrder, PlaceOrder]
  const planned = planPair(state, user, [above, below], true)
  if (!isPair(planned)) {
    for (const order of pair) removeOrder(state, order, 'EXPIRED', 'refused')
    return
  }
  const postings = pair.map((order, at) => enterMarket(state, order, planned[at] as OrderPlan))
  pair.forEach((order, at) => {
    fulfil(state, planned[at] as OrderPlan, order, postings[at] as OrderPosting, null)
  })
}
