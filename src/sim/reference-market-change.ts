import type {
  AmendOrder,
  CancelAllOrders,
  CancelOrder,
  CancelOrderList,
  CancelReplace,
  CancelRestriction,
  OrderReference,
} from '../core/domain/command.ts'
import type { OrderEndCause } from '../core/domain/event.ts'
import type { SymbolIndex, UserId } from '../core/domain/ids.ts'
import { failedByLess } from './reference-market-filters.ts'
import { amendLine, listLine } from './reference-market-lines.ts'
import { settleLists } from './reference-market-lists.ts'
import { endOrder } from './reference-market-orders.ts'
import { placeOrder, refuseName } from './reference-market-place.ts'
import type { ModelOrder, ModelState } from './reference-market-state.ts'
import { partnerOf, remainingOf, symbolOf, whoIs } from './reference-market-state.ts'

function findOrder(
  state: ModelState,
  userId: UserId,
  symbol: SymbolIndex,
  { orderId, clientOrderId }: OrderReference,
): ModelOrder | undefined {
  return state.open.find(
    (order) =>
      order.place.userId === userId &&
      order.place.symbol === symbol &&
      (orderId !== null ? order.orderId === orderId : order.name === clientOrderId),
  )
}

export function cancelOrder(state: ModelState, command: CancelOrder): string | null {
  const { userId, symbol, order, restriction } = command
  return cancelOne(state, findOrder(state, userId, symbol, order), restriction, 'user')
}

function cancelOne(
  state: ModelState,
  order: ModelOrder | undefined,
  restriction: CancelRestriction | null,
  cause: OrderEndCause,
): string | null {
  if (order === undefined) return 'order_unknown'
  const asked = restriction === 'ONLY_NEW' ? 'NEW' : 'PARTIALLY_FILLED'
  if (restriction !== null && order.status !== asked) return 'cancel_restricted'
  endOrder(state, order, 'CANCELED', cause)
  settleLists(state)
  return null
}

export function cancelAllOrders(state: ModelState, command: CancelAllOrders): string | null {
  const { userId, symbol } = command
  return cancelMany(state, userId, symbol, 'user') ? null : 'order_unknown'
}

/** Everything of a user that is open, oldest first, on a symbol or (null) on all; whether there was anything. */
export function cancelMany(
  state: ModelState,
  userId: UserId,
  symbol: SymbolIndex | null,
  cause: OrderEndCause,
): boolean {
  const theirs = state.open.filter(
    ({ place }) => place.userId === userId && (symbol === null || place.symbol === symbol),
  )
  for (const order of theirs) endOrder(state, order, 'CANCELED', cause)
  settleLists(state)
  return theirs.length > 0
}

export function cancelOrderList(state: ModelState, command: CancelOrderList): string | null {
  const { listId, clientListId } = command.list
  const list = state.lists.find(
    (one) =>
      one.userId === command.userId &&
      one.symbol === command.symbol &&
      (listId !== null ? one.id === listId : one.name === clientListId),
  )
  if (list === undefined) return 'list_unknown'
  for (const order of list.orders) {
    endOrder(state, order, 'CANCELED', 'user')
  }
  settleLists(state)
  return null
}

/** Rule T15: each half tells what became of it. */
export function cancelReplace(state: ModelState, command: CancelReplace): string | null {
  const { cancel, mode, restriction, place } = command
  const order = findOrder(state, place.userId, place.symbol, cancel)
  const cancelled = cancelOne(state, order, restriction, 'replaced')
  if (cancelled !== null && mode === 'STOP_ON_FAILURE') {
    return `cancel_replace_stopped (${cancelled})`
  }
  const placed = placeOrder(state, place)
  if (cancelled === null && placed === null) return null
  return `cancel_replace_partly (${cancelled ?? 'done'}, ${placed ?? 'done'})`
}

/** Rule T16: less of an order, in its place; both orders of an OCO change. */
export function amendOrder(state: ModelState, command: AmendOrder): string | null {
  const { userId, symbol, lots, clientOrderId } = command
  const order = findOrder(state, userId, symbol, command.order)
  if (order === undefined) return 'order_unknown'
  const refusal = refuseAmendment(state, order, lots, clientOrderId)
  if (refusal !== null) return refusal
  const renamed = order.name !== clientOrderId
  lower(state, order, lots, clientOrderId)
  const partner = partnerOf(order)
  if (partner !== null && !partner.ended) lower(state, partner, lots, partner.name)
  const { list } = order
  if (renamed && list !== null) {
    state.lines.push(listLine(userId, list.name, list.id, 'UPDATED', 'EXECUTING'))
  }
  return null
}

function refuseAmendment(
  state: ModelState,
  order: ModelOrder,
  lots: number,
  name: string,
): string | null {
  const symbol = symbolOf(state, order.place.symbol)
  if (lots >= order.lots) return 'amend_not_lower'
  if (lots <= order.executed + order.prevented) return 'amend_executed'
  const failure = failedByLess(order, symbol, lots)
  if (failure !== null) return failure
  if (order.amendments >= symbol.rules.orderRules.maximumAmendments) return 'amend_limit'
  const partner = partnerOf(order)
  const beside = partner === null || partner.ended ? null : failedByLess(partner, symbol, lots)
  if (beside !== null) return beside
  return name === order.name ? null : refuseName(state, order.place.userId, name)
}

function lower(state: ModelState, order: ModelOrder, lots: number, name: string): void {
  const [was, lotsWere] = [whoIs(order), order.lots]
  order.lots = lots
  order.name = name
  order.amendments += 1
  // An iceberg shows less only when it must.
  const shown = order.resting ? Math.min(order.shown, remainingOf(order)) : 0
  const shownLess = order.resting ? order.shown - shown : 0
  order.shown = shown
  const times = order.amendments
  state.lines.push(amendLine({ was, who: whoIs(order), lotsWere, lots, shownLess, times }))
}
