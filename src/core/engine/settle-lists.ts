import type { Order } from '../domain/order.ts'
import { removeOrder } from './end-order.ts'
import { gatherLock, pairOf } from './list-lock.ts'
import type { OpenOrderList } from './order-lists.ts'
import type { ExchangeState } from './state.ts'

/**
 * What follows for the rest of a list from what happened to one of its orders (rules T12 to T14): the other of a pair
 * expires once one has traded, pending orders get their turn or end, and a list without open orders is done.
 */
export function settleLists(state: ExchangeState): void {
  for (let open = state.lists.takeTouched(); open !== undefined; open = state.lists.takeTouched()) {
    settlePending(state, open)
    settlePair(state, open)
    const { list } = open
    if (list.orders.some((id) => state.orders.byId(id) !== undefined)) continue
    list.status = 'ALL_DONE'
    state.lists.close(list)
    state.events.push({ type: 'OrderListChanged', list: { ...list }, change: 'ALL_DONE' })
  }
}

function settlePair(state: ExchangeState, open: OpenOrderList): void {
  const pair = pairOf(state, open.list)
  const [one, other] = pair
  if (one === undefined || one.stage === 'PENDING') return
  if (other === undefined) {
    if (!hasGoneAhead(one)) endWith(state, open, one)
    return
  }
  const ahead = pair.find(hasGoneAhead)
  if (ahead === undefined) return
  gatherLock(state, ahead)
  removeOrder(state, ahead === one ? other : one, 'EXPIRED', 'list')
  if (!state.orders.isCommitted(ahead)) state.orders.commit(ahead)
}

/** It has traded or been prevented from it, or its price has come: the other of its pair has lost. */
function hasGoneAhead(order: Order): boolean {
  if (order.executedLots > 0 || order.preventedLots > 0) return true
  return order.stage === 'WORKING' && order.stopPrice + order.trailingBips > 0
}

function settlePending(state: ExchangeState, open: OpenOrderList): void {
  const { list, ends } = open
  const [working] = list.orders
  if (list.kind === 'OCO' || open.turnCame || working === undefined) return
  const end = ends.get(working)
  if (end === undefined) return
  const pending = list.orders.slice(1).flatMap((id) => state.orders.byId(id) ?? [])
  if (end === 'FILLED') {
    open.turnCame = true
    const [first] = pending
    if (first !== undefined) state.triggers.push(list.symbol, first.id)
    return
  }
  for (const order of pending) endWith(state, open, order)
}

/** An order ends because another of its list has: cancelled when that was, expired otherwise. */
function endWith(state: ExchangeState, { ends }: OpenOrderList, order: Order): void {
  const isCanceled = [...ends.values()].includes('CANCELED')
  removeOrder(state, order, isCanceled ? 'CANCELED' : 'EXPIRED', 'list')
}
