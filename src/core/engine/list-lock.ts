import type { Order } from '../domain/order.ts'
import { remainingLots } from '../domain/order.ts'
import type { OrderList } from '../domain/order-list.ts'
import type { Amount } from '../money/amount.ts'
import { maxBigint, minBigint } from '../money/rounding.ts'
import { lockOf } from './post-order.ts'
import type { ExchangeState } from './state.ts'

/** The two orders of a list of which only one goes ahead: all of an OCO, the later two of an OTOCO, none of an OTO. */
export function pairOf(state: ExchangeState, list: OrderList): Order[] {
  const ids = list.kind === 'OCO' ? list.orders : list.kind === 'OTOCO' ? list.orders.slice(1) : []
  return ids.flatMap((id) => state.orders.byId(id) ?? [])
}

/** The open order that only trades if this one does not; undefined: there is none. */
export function siblingOf(state: ExchangeState, order: Order): Order | undefined {
  if (order.listId === null) return undefined
  const open = state.lists.get(order.listId)
  if (open === undefined) return undefined
  const pair = pairOf(state, open.list)
  return pair.includes(order) ? pair.find((other) => other !== order) : undefined
}

/**
 * Puts an order that rests or waits into its account's sums. Of two of which only one can trade one is summed: the one
 * in the market, where there is one, for it may trade at any moment.
 */
export function commitOne(state: ExchangeState, order: Order): void {
  const sibling = siblingOf(state, order)
  if (sibling !== undefined && state.orders.isCommitted(sibling)) {
    if (sibling.stage === 'WORKING' || order.stage === 'WAITING') return
    state.orders.release(sibling)
  }
  state.orders.commit(order)
}

/**
 * Two orders of which only one can trade lock the dearer of the two once (rule T12): the second holds only what it needs
 * more. The one that goes ahead takes what it lacks over from the other, and the loan that paid for it.
 */
export function gatherLock(state: ExchangeState, order: Order): void {
  const lacking = lockOf(state, order, remainingLots(order)) - order.locked
  if (lacking <= 0n) return
  const sibling = siblingOf(state, order)
  if (sibling === undefined) return
  const moved = minBigint(lacking, sibling.locked)
  const kept = sibling.locked - moved
  const loanMoved = maxBigint(sibling.borrowed - kept, 0n)
  sibling.locked = kept as Amount
  order.locked = (order.locked + moved) as Amount
  if (loanMoved === 0n) return
  order.borrowed = (order.borrowed + loanMoved) as Amount
  order.borrowedAsset = sibling.borrowedAsset
  sibling.borrowed = (sibling.borrowed - loanMoved) as Amount
}
