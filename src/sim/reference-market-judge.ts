import type { PlaceOrder } from '../core/domain/command.ts'
import { opposite, stopCondition } from '../core/domain/order.ts'
import type { OrderListKind } from '../core/domain/order-list.ts'
import type { Fraction, ModelState } from './reference-market-state.ts'
import {
  comparePrices,
  hasNoLimit,
  isStop,
  sideOf,
  symbolOf,
  triggerPrice,
  whole,
} from './reference-market-state.ts'

/** Whether the price meets the condition of a stop price (rule T8). */
export function conditionHolds(place: PlaceOrder, price: Fraction): boolean {
  const stop = { over: BigInt(place.stopPrice), under: 1n }
  const order = comparePrices(price, stop)
  return stopCondition(place.orderType, place.side) === 'RISE' ? order >= 0 : order <= 0
}

/** Rule T4: whether it would trade at once, self-trades included, for the book must not cross. */
export function crosses(state: ModelState, place: PlaceOrder): boolean {
  const best = sideOf(symbolOf(state, place.symbol), opposite(place.side))[0]
  if (best === undefined) return false
  if (hasNoLimit(place.orderType)) return true
  return place.side === 'BUY' ? best.place.price <= place.price : best.place.price >= place.price
}

/** What refuses an order that goes into the market or the stop book now (rules T4, T8, T20); null: nothing. */
export function refuseEntry(state: ModelState, place: PlaceOrder): string | null {
  if (isStop(place.orderType)) {
    const price = triggerPrice(state, symbolOf(state, place.symbol))
    const holds = price !== null && place.stopPrice > 0 && conditionHolds(place, price)
    return holds ? 'would_trigger' : null
  }
  return place.orderType === 'LIMIT_MAKER' && crosses(state, place) ? 'would_take' : null
}

/** Rule T20: what a symbol that is not trading does not take. */
export function refuseByState(state: ModelState, place: PlaceOrder): string | null {
  const symbol = symbolOf(state, place.symbol)
  if (symbol.state === 'TRADING') return null
  if (symbol.state !== 'POST_ONLY') return 'market_closed'
  if (isStop(place.orderType)) return null
  const rests =
    place.orderType === 'LIMIT_MAKER' ||
    (place.orderType === 'LIMIT' && place.timeInForce === 'GTC' && !crosses(state, place))
  return rests ? null : 'market_closed'
}

/** Rule T12: above the last price and below it; where the index makes stops trigger, it is the index. */
export function refusePair(state: ModelState, above: PlaceOrder, below: PlaceOrder): string | null {
  const last = triggerPrice(state, symbolOf(state, above.symbol))
  const [high, low] = [standsAt(above), standsAt(below)]
  if (high !== null && low !== null && comparePrices(high, low) <= 0) return 'list_prices'
  if (last === null) return null
  if (high !== null && comparePrices(high, last) <= 0) return 'list_prices'
  return low !== null && comparePrices(low, last) >= 0 ? 'list_prices' : null
}

/** Where an order of an OCO stands: at its stop price, or at its limit; null for a trailing order without a stop price. */
function standsAt(place: PlaceOrder): Fraction | null {
  if (!isStop(place.orderType)) return whole(place.price)
  return place.stopPrice > 0 ? whole(place.stopPrice) : null
}

/** The orders of a list that go in when it is placed, and those that wait for the first (rules T12, T13). */
export function partsOf(
  kind: OrderListKind,
  orders: readonly PlaceOrder[],
): { readonly now: readonly PlaceOrder[]; readonly later: readonly PlaceOrder[] } {
  return kind === 'OCO'
    ? { now: orders, later: [] }
    : { now: orders.slice(0, 1), later: orders.slice(1) }
}
