import type { AmendOrder } from '../domain/command.ts'
import type { Order } from '../domain/order.ts'
import { remainingLots } from '../domain/order.ts'
import type { Refusal } from '../domain/rejection.ts'
import { notionalOf } from '../domain/venue.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import type { Lots } from '../money/price.ts'
import { maxBigint } from '../money/rounding.ts'
import { tradingAccount } from './accounts.ts'
import { announceRepayment } from './funds.ts'
import { siblingOf } from './list-lock.ts'
import { lockOf, postRelease } from './post-order.ts'
import type { ExchangeState, User } from './state.ts'
import { assetAt, bookOf, symbolAt } from './state.ts'

/** Rule T16: lowers an order's quantity in its place. */
export function amendOrder(
  state: ExchangeState,
  user: User,
  { wallet, symbol, order: reference, lots, clientOrderId }: AmendOrder,
): Refusal | null {
  const account = tradingAccount(user, wallet, symbol)
  const order = account === undefined ? undefined : state.orders.find(account, symbol, reference)
  if (order === undefined) return { reason: 'order_unknown' }
  const sibling = siblingOf(state, order)
  const isRenamed = clientOrderId !== order.clientOrderId
  const refusal =
    refuseAmendment(state, order, lots) ??
    (sibling === undefined ? null : refuseAmendment(state, sibling, lots)) ??
    refuseName(state, order, clientOrderId)
  if (refusal !== null) return refusal
  lower(state, order, sibling, { lots, clientOrderId })
  if (sibling !== undefined) {
    lower(state, sibling, order, { lots, clientOrderId: sibling.clientOrderId })
  }
  const open = order.listId === null ? undefined : state.lists.get(order.listId)
  if (open !== undefined && isRenamed) {
    state.events.push({ type: 'OrderListChanged', list: { ...open.list }, change: 'UPDATED' })
  }
  return null
}

function refuseAmendment(state: ExchangeState, order: Order, lots: Lots): Refusal | null {
  const symbol = symbolAt(state, order.symbol)
  if (lots >= order.lots) return { reason: 'amend_not_lower', lots: order.lots, asked: lots }
  const gone = order.executedLots + order.preventedLots
  if (lots <= gone) return { reason: 'amend_executed', executed: gone, asked: lots }
  if (lots < symbol.minimumLots) return { reason: 'filter', filter: 'LOT_SIZE' }
  if (order.price > 0 && notionalOf(symbol, order.price, lots) < symbol.minimumNotional) {
    return { reason: 'filter', filter: 'NOTIONAL' }
  }
  const limit = symbol.orderRules.maximumAmendments
  return order.amendments >= limit ? { reason: 'amend_limit', limit } : null
}

function refuseName(state: ExchangeState, order: Order, clientOrderId: string): Refusal | null {
  if (clientOrderId === order.clientOrderId) return null
  const orderId =
    state.orders.byClientId(order.accountId, clientOrderId)?.id ??
    state.recentClientIds.find(order.accountId, clientOrderId)
  return orderId === null ? null : { reason: 'client_order_id_duplicate', orderId }
}

interface Lowered {
  readonly lots: Lots
  readonly clientOrderId: string
}

function lower(
  state: ExchangeState,
  order: Order,
  sibling: Order | undefined,
  { lots, clientOrderId }: Lowered,
): void {
  const { lots: originalLots, clientOrderId: originalClientOrderId } = order
  const less = (originalLots - lots) as Lots
  const freed = order.stage === 'PENDING' ? ZERO : freedBy(state, order, sibling, less)
  const givenBack = postRelease(state, order, freed)
  const isInBook = order.stage === 'WORKING'
  const shownLotsLess = isInBook ? bookOf(state, order.symbol).reduce(order.id, less) : (0 as Lots)
  state.orders.noteLess(order, less)
  order.lots = lots
  order.locked = (order.locked - freed) as Amount
  order.amendments += 1
  order.updatedMs = state.nowMs
  state.orders.rename(order, clientOrderId)
  state.events.push({
    type: 'OrderAmended',
    order: { ...order },
    originalClientOrderId,
    originalLots,
    shownLotsLess,
  })
  if (givenBack === null) return
  const symbol = symbolAt(state, order.symbol)
  const asset = assetAt(state, order.side === 'BUY' ? symbol.quote : symbol.base)
  announceRepayment(state, order.accountId, asset, givenBack, 'AUTO')
}

/**
 * What of its lock an order does not need with so many lots fewer. Of two of which only one can trade, the later holds
 * no more than it needs beyond the earlier (rule T12).
 */
function freedBy(
  state: ExchangeState,
  order: Order,
  sibling: Order | undefined,
  less: Lots,
): Amount {
  const left = (remainingLots(order) - less) as Lots
  const own = lockOf(state, order, left)
  const shared = sibling !== undefined && sibling.id < order.id ? lockOf(state, sibling, left) : 0n
  const needed = maxBigint(own - shared, 0n)
  return maxBigint(order.locked - needed, 0n) as Amount
}
