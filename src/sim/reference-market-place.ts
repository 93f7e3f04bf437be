import type { PlaceOrder, PlaceOrderList } from '../core/domain/command.ts'
import type { UserId } from '../core/domain/ids.ts'
import { failedFilter } from './reference-market-filters.ts'
import { refuseFunds } from './reference-market-funds.ts'
import { partsOf, refuseByState, refuseEntry, refusePair } from './reference-market-judge.ts'
import { listLine } from './reference-market-lines.ts'
import { newOrder, tellEntry } from './reference-market-orders.ts'
import type { ModelList, ModelState } from './reference-market-state.ts'
import { isStop, symbolOf } from './reference-market-state.ts'
import type { Entry } from './reference-market-take.ts'
import { announce } from './reference-market-take.ts'
import { beginToWait, takeAndObserve } from './reference-market-triggers.ts'

/** A single order. The refusal, or null when it was accepted. */
export function placeOrder(state: ModelState, place: PlaceOrder): string | null {
  const refusal = refuseSingle(state, place)
  if (refusal !== null) return refusal
  const order = newOrder(state, place, null)
  if (isStop(place.orderType)) beginToWait(state, order, 'accepted')
  else takeAndObserve(state, announce(state, order, 'accepted'))
  return null
}

/** Why an order is not accepted: its terms, the filters, its name, the state of the symbol, the market, the funds. */
function refuseSingle(state: ModelState, place: PlaceOrder): string | null {
  return (
    refuseTerms(state, place) ??
    failedFilter(state, [place], false) ??
    refuseName(state, place.userId, place.clientOrderId) ??
    refuseByState(state, place) ??
    refuseEntry(state, place) ??
    refuseFunds(state, [place])
  )
}

function refuseTerms(state: ModelState, place: PlaceOrder): string | null {
  const { allowed } = symbolOf(state, place.symbol).rules.orderRules.selfTradePrevention
  if (!allowed.includes(place.selfTradePrevention)) return 'self_trade_prevention'
  return place.icebergLots > place.lots ? 'iceberg_exceeds_quantity' : null
}

/** Rule T25: the name of an open order, or for a while of one that traded and ended. */
export function refuseName(state: ModelState, userId: UserId, name: string): string | null {
  const open = state.open.some((order) => order.place.userId === userId && order.name === name)
  const windowMs = state.venue.policy.trading.clientOrderIdWindowMs
  const kept = state.names.some(
    (used) => used.userId === userId && used.name === name && state.nowMs < used.endedMs + windowMs,
  )
  return open || kept ? 'client_order_id_duplicate' : null
}

/** An order list (rules T12, T13). The refusal, or null when it was accepted. */
export function placeOrderList(state: ModelState, command: PlaceOrderList): string | null {
  const refusal = refuseList(state, command)
  if (refusal !== null) return refusal
  state.listCount += 1
  const list: ModelList = {
    id: state.listCount,
    name: command.clientListId,
    userId: command.userId,
    symbol: command.symbol,
    kind: command.kind,
    orders: [],
    spared: null,
  }
  state.lists.push(list)
  list.orders.push(...command.orders.map((place) => newOrder(state, place, list)))
  const { now } = partsOf(command.kind, command.orders)
  const entries: Entry[] = []
  for (const order of list.orders) {
    if (!now.includes(order.place)) {
      order.stage = 'PENDING'
      order.status = 'PENDING_NEW'
      tellEntry(state, order, 'accepted', 0)
    } else if (isStop(order.place.orderType)) {
      beginToWait(state, order, 'accepted')
    } else {
      entries.push(announce(state, order, 'accepted'))
    }
  }
  state.lines.push(listLine(list.userId, list.name, list.id, 'PLACED', 'EXECUTING'))
  for (const entry of entries) takeAndObserve(state, entry)
  return null
}

function refuseList(state: ModelState, command: PlaceOrderList): string | null {
  const { kind, userId, orders } = command
  const { now } = partsOf(kind, orders)
  const [above, below] = now
  return (
    firstRefusal(orders, (place) => refuseTerms(state, place)) ??
    failedFilter(state, orders, true) ??
    firstRefusal(orders, (place) => refuseName(state, userId, place.clientOrderId)) ??
    refuseTwins(orders) ??
    refuseListName(state, userId, command.clientListId) ??
    firstRefusal(now, (place) => refuseByState(state, place)) ??
    (above !== undefined && below !== undefined ? refusePair(state, above, below) : null) ??
    firstRefusal(now, (place) => refuseEntry(state, place)) ??
    refuseFunds(state, now)
  )
}

function firstRefusal(
  orders: readonly PlaceOrder[],
  refuse: (place: PlaceOrder) => string | null,
): string | null {
  for (const place of orders) {
    const refusal = refuse(place)
    if (refusal !== null) return refusal
  }
  return null
}

function refuseTwins(orders: readonly PlaceOrder[]): string | null {
  const names = new Set(orders.map(({ clientOrderId }) => clientOrderId))
  return names.size < orders.length ? 'client_order_id_duplicate' : null
}

function refuseListName(state: ModelState, userId: UserId, name: string): string | null {
  const taken = state.lists.some((list) => list.userId === userId && list.name === name)
  return taken ? 'list_id_duplicate' : null
}
