import { assert, present } from '../assert.ts'
import type { PlaceOrder, PlaceOrderList } from '../domain/command.ts'
import type { OrderListId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import type { OrderList } from '../domain/order-list.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import { ZERO } from '../money/amount.ts'
import type { Lots } from '../money/price.ts'
import { accountOfOrder } from './accounts.ts'
import { refuseCounts, refuseFilters } from './filters.ts'
import { enterMode, modeOf } from './margin-mode.ts'
import { arePricesApart, isPair, planPair } from './order-pair.ts'
import type { OrderPlan } from './order-plan.ts'
import { isPlan } from './order-plan.ts'
import { admitOrder, fulfil, newOrder } from './place-order.ts'
import {
  decide,
  refuseClientOrderId,
  refuseClosed,
  refuseTaking,
  refuseTrading,
} from './plan-order.ts'
import type { ExchangeState, User } from './state.ts'
import { symbolAt } from './state.ts'

const NOTHING_SPOKEN = { shared: ZERO, free: ZERO, borrow: ZERO } as const

/** Rules T12 and T13: all orders of the list are accepted, or none. */
export function placeOrderList(
  state: ExchangeState,
  user: User,
  command: PlaceOrderList,
): Refusal | null {
  assertShape(command)
  const refusal = refuseList(state, user, command)
  if (refusal !== null) return refusal
  const planned = planWorking(state, user, command)
  if (!Array.isArray(planned)) return planned as Refusal
  if (command.wallet !== 'SPOT') enterMode(state, user, modeOf(command.wallet))
  acceptList(state, user, command, planned)
  return null
}

function assertShape({ kind, orders, userId, wallet, symbol }: PlaceOrderList): void {
  assert(orders.length === (kind === 'OTOCO' ? 3 : 2), 'T12 a list has the orders of its kind')
  const isOfList = (place: PlaceOrder): boolean =>
    place.userId === userId && place.wallet === wallet && place.symbol === symbol
  assert(orders.every(isOfList), 'T12 the orders of a list are of one account and symbol')
}

function refuseList(state: ExchangeState, user: User, command: PlaceOrderList): Refusal | null {
  const { clientListId, orders } = command
  const symbol = symbolAt(state, command.symbol)
  for (const place of orders) {
    const refusal =
      refuseTrading(state, user, symbol, place) ??
      refuseFilters(state, symbol, accountOfOrder(user, place), place)
    if (refusal !== null) return refusal
  }
  const account = accountOfOrder(user, command)
  const refusal = refuseCounts(state, symbol, account, orders)
  if (refusal !== null) return refusal
  for (const place of orders) {
    const taken = refuseClientOrderId(state, account, place)
    if (taken !== null) return taken
  }
  const names = new Set(orders.map(({ clientOrderId }) => clientOrderId))
  if (names.size < orders.length) return { reason: 'client_order_id_duplicate', orderId: 0 }
  const open = state.lists.find(account, { listId: null, clientListId })
  return open === undefined ? null : { reason: 'list_id_duplicate', listId: open.list.id }
}

/** The orders that go ahead at once: both of an OCO, the first of the others. */
function workingOf({ kind, orders }: PlaceOrderList): readonly PlaceOrder[] {
  return kind === 'OCO' ? orders : orders.slice(0, 1)
}

function planWorking(
  state: ExchangeState,
  user: User,
  command: PlaceOrderList,
): OrderPlan[] | Refusal {
  const symbol = symbolAt(state, command.symbol)
  const places = workingOf(command)
  for (const place of places) {
    const closed = refuseClosed(state, symbol, place)
    if (closed !== null) return closed
  }
  if (command.kind === 'OCO')
    return planOco(state, user, symbol, places as [PlaceOrder, PlaceOrder])
  const plan = decide(state, user, present(places[0], 'a list has orders'), NOTHING_SPOKEN)
  return isPlan(plan) ? [plan] : plan
}

function planOco(
  state: ExchangeState,
  user: User,
  symbol: TradingSymbol,
  pair: readonly [PlaceOrder, PlaceOrder],
): OrderPlan[] | Refusal {
  if (!arePricesApart(state, symbol, pair)) return { reason: 'list_prices' }
  for (const place of pair) {
    const refusal = refuseTaking(state, symbol, place)
    if (refusal !== null) return refusal
  }
  const planned = planPair(state, user, pair)
  return isPair(planned) ? [...planned] : planned
}

function acceptList(
  state: ExchangeState,
  user: User,
  command: PlaceOrderList,
  plans: readonly OrderPlan[],
): void {
  state.lists.lastId = (state.lists.lastId + 1) as OrderListId
  const { lastId: id } = state.lists
  const admitted = plans.map((plan) => admitOrder(state, plan, id))
  const pending = command.orders
    .slice(plans.length)
    .map((place) => openPending(state, user, place, id))
  const list: OrderList = {
    id,
    clientListId: command.clientListId,
    userId: user.id,
    wallet: command.wallet,
    accountId: accountOfOrder(user, command),
    symbol: command.symbol,
    kind: command.kind,
    orders: [...admitted.map(({ order }) => order.id), ...pending.map((order) => order.id)],
    createdMs: state.nowMs,
    status: 'EXECUTING',
  }
  state.lists.open(list)
  state.events.push({ type: 'OrderListChanged', list: { ...list }, change: 'PLACED' })
  admitted.forEach(({ order, posting }, at) => {
    fulfil(state, present(plans[at], 'an admitted order was planned'), order, posting, null)
  })
}

/** An order whose turn is yet to come: it has a name and a number, and holds nothing. */
function openPending(
  state: ExchangeState,
  user: User,
  place: PlaceOrder,
  listId: OrderListId,
): Order {
  const order = newOrder(state, user, place, listId)
  order.status = 'PENDING_NEW'
  state.orders.open(order)
  state.events.push({ type: 'OrderAccepted', order: { ...order }, restingLots: 0 as Lots })
  return order
}
