import { present } from '../core/assert.ts'
import type { Lots } from '../core/money/price.ts'
import { refuseFunds } from './reference-market-funds.ts'
import { conditionHolds, crosses } from './reference-market-judge.ts'
import { enqueue, giveWay, settleLists } from './reference-market-lists.ts'
import { endOrder, tellEntry } from './reference-market-orders.ts'
import type { Fraction, ModelOrder, ModelState, ModelSymbol } from './reference-market-state.ts'
import {
  comparePrices,
  isStop,
  marketLockPrice,
  partnerOf,
  symbolOf,
  triggerPrice,
  whole,
} from './reference-market-state.ts'
import type { Entry } from './reference-market-take.ts'
import { announce, carryOut } from './reference-market-take.ts'

/** Does what an order announced, observes every price that it traded at, then sees to the lists (rules T10, T13). */
export function takeAndObserve(state: ModelState, entry: Entry): void {
  const symbol = symbolOf(state, entry.order.place.symbol)
  const prices = carryOut(state, entry)
  if (state.venue.policy.trading.stopTrigger === 'LAST_TRADE') {
    for (const price of prices) observePrice(state, symbol, present(whole(price), 'it has a price'))
  }
  settleLists(state)
}

/** A price that was seen: of the orders that wait for it, the oldest comes first (rules T8 to T10). */
export function observePrice(state: ModelState, symbol: ModelSymbol, price: Fraction): void {
  for (const order of state.open) {
    if (order.place.symbol !== symbol.rules.index || order.stage !== 'WAITING') continue
    if (!order.queued && isDue(order, price)) enqueue(state, [order])
  }
}

function isDue(order: ModelOrder, price: Fraction): boolean {
  const { place } = order
  if (place.trailingBips === 0) return conditionHolds(place, price)
  const tracks = order.extreme !== null || place.stopPrice === 0 || conditionHolds(place, price)
  if (!tracks) return false
  const before = order.extreme ?? price
  const sells = place.side === 'SELL'
  const further = comparePrices(price, before)
  order.extreme = (sells ? further > 0 : further < 0) ? price : before
  const part = BigInt(sells ? 10_000 - place.trailingBips : 10_000 + place.trailingBips)
  const limit = { over: order.extreme.over * part, under: order.extreme.under * 10_000n }
  const moved = comparePrices(price, limit)
  return sells ? moved <= 0 : moved >= 0
}

/** An order begins to wait for its price (rules T8, T9). */
export function beginToWait(
  state: ModelState,
  order: ModelOrder,
  said: 'accepted' | 'activated',
): void {
  const { place } = order
  order.stage = 'WAITING'
  order.lockPrice = marketLockPrice(state, place)
  if (place.trailingBips > 0 && place.stopPrice === 0) {
    order.extreme = triggerPrice(state, symbolOf(state, place.symbol))
  }
  tellEntry(state, order, said, 0)
}

/** Rule T10: what is queued, first come first, as much as one command may set off. */
export function workOffQueue(state: ModelState): void {
  for (let left = state.venue.policy.trading.triggersPerCommand; left > 0; left -= 1) {
    // Those of a symbol that does not trade wait (rule T20).
    const next = state.queue.findIndex(
      ([first]) => first !== undefined && symbolOf(state, first.place.symbol).state === 'TRADING',
    )
    if (next < 0) return
    const orders = present(state.queue.splice(next, 1)[0], 'it is queued')
    for (const order of orders) order.queued = false
    const first = present(orders[0], 'an entry has an order')
    if (first.stage === 'PENDING') placePending(state, orders)
    else setOff(state, first)
  }
}

/** An order's price has come: it goes ahead, and the other one of an OCO expires (rules T11, T12). */
function setOff(state: ModelState, order: ModelOrder): void {
  const partner = partnerOf(order)
  if (partner !== null) giveWay(state, partner)
  takeAndObserve(state, announce(state, order, 'activated'))
}

/** Rule T13: the working order is filled, and what it was to trigger is placed, both orders of a pair or none. */
function placePending(state: ModelState, orders: readonly ModelOrder[]): void {
  if (isRefused(state, orders)) {
    for (const order of orders) endOrder(state, order, 'EXPIRED', 'refused')
    settleLists(state)
    return
  }
  for (const order of orders) {
    order.status = 'NEW'
    order.stage = 'WAITING'
  }
  for (const order of orders) {
    if (isStop(order.place.orderType)) waitFromNow(state, order)
    else takeAndObserve(state, announce(state, order, 'activated'))
  }
}

/** One whose price has come meanwhile goes ahead at once. */
function waitFromNow(state: ModelState, order: ModelOrder): void {
  beginToWait(state, order, 'activated')
  const price = triggerPrice(state, symbolOf(state, order.place.symbol))
  if (price !== null && isDue(order, price)) enqueue(state, [order])
}

function isRefused(state: ModelState, orders: readonly ModelOrder[]): boolean {
  const takes = ({ place }: ModelOrder) =>
    place.orderType === 'LIMIT_MAKER' && crosses(state, place)
  if (orders.some(takes)) return true
  // One to buy at market takes what there is money for.
  const locking = orders.filter(
    ({ place }) => place.orderType !== 'MARKET' || place.side === 'SELL',
  )
  const places = locking.map(({ place, lots }) => ({ ...place, lots: lots as Lots }))
  return places.length > 0 && refuseFunds(state, places) !== null
}
