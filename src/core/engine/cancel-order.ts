import type {
  CancelAllOrders,
  CancelOrder,
  CancelOrderList,
  CancelReplace,
  CancelRestriction,
  OrderReference,
  TradingWallet,
} from '../domain/command.ts'
import type { OrderEndCause } from '../domain/event.ts'
import type { AccountId, SymbolIndex } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import type { Refusal } from '../domain/rejection.ts'
import { tradingAccount } from './accounts.ts'
import { removeOrder } from './end-order.ts'
import { placeOrder } from './place-order.ts'
import { settleLists } from './settle-lists.ts'
import type { ExchangeState, User } from './state.ts'
import { openOrdersOf } from './state.ts'

export function cancelOrder(
  state: ExchangeState,
  user: User,
  { wallet, symbol, order, restriction }: CancelOrder,
): Refusal | null {
  return cancel(state, user, { wallet, symbol, reference: order, restriction, cause: 'user' })
}

interface Cancellation {
  readonly wallet: TradingWallet
  readonly symbol: SymbolIndex
  readonly reference: OrderReference
  readonly restriction: CancelRestriction | null
  readonly cause: OrderEndCause
}

function cancel(
  state: ExchangeState,
  user: User,
  { wallet, symbol, reference, restriction, cause }: Cancellation,
): Refusal | null {
  const account = tradingAccount(user, wallet, symbol)
  const order = account === undefined ? undefined : state.orders.find(account, symbol, reference)
  if (order === undefined) return { reason: 'order_unknown' }
  const { status } = order
  // Rule T17.
  const wanted = restriction === 'ONLY_NEW' ? 'NEW' : 'PARTIALLY_FILLED'
  if (restriction !== null && status !== wanted) {
    return { reason: 'cancel_restricted', status, restriction }
  }
  cancelWithList(state, order, cause)
  return null
}

/** Rule T14. */
function cancelWithList(state: ExchangeState, order: Order, cause: OrderEndCause): void {
  const open = order.listId === null ? undefined : state.lists.get(order.listId)
  removeOrder(state, order, 'CANCELED', cause)
  for (const id of open?.list.orders ?? []) {
    const other = state.orders.byId(id)
    if (other !== undefined) removeOrder(state, other, 'CANCELED', 'list')
  }
  settleLists(state)
}

export function cancelOrderList(
  state: ExchangeState,
  user: User,
  { wallet, symbol, list: reference }: CancelOrderList,
): Refusal | null {
  const account = tradingAccount(user, wallet, symbol)
  const open = account === undefined ? undefined : state.lists.find(account, reference)
  if (open === undefined || open.list.symbol !== symbol) return { reason: 'list_unknown' }
  for (const id of open.list.orders) {
    const order = state.orders.byId(id)
    if (order !== undefined) removeOrder(state, order, 'CANCELED', 'user')
  }
  settleLists(state)
  return null
}

/** Refused when nothing is open, as Binance does. */
export function cancelAllOrders(
  state: ExchangeState,
  user: User,
  { wallet, symbol }: CancelAllOrders,
): Refusal | null {
  const account = tradingAccount(user, wallet, symbol)
  const canceled = account === undefined ? 0 : cancelAllOf(state, account, symbol, 'user')
  return canceled === 0 ? { reason: 'order_unknown' } : null
}

/** Cancels an account's open orders, oldest first, of one symbol or all; how many there were. */
export function cancelAllOf(
  state: ExchangeState,
  account: AccountId,
  symbol: SymbolIndex | null,
  cause: OrderEndCause,
): number {
  const open = [...openOrdersOf(state, account)].filter(
    (order) => symbol === null || order.symbol === symbol,
  )
  for (const order of open) removeOrder(state, order, 'CANCELED', cause)
  settleLists(state)
  return open.length
}

/** Cancels, then places with what that freed. A half that succeeded stays done when the other is refused (rule T15). */
export function cancelReplace(
  state: ExchangeState,
  user: User,
  { cancel: reference, mode, restriction, place }: CancelReplace,
): Refusal | null {
  const { wallet, symbol } = place
  const canceled = cancel(state, user, {
    wallet,
    symbol,
    reference,
    restriction,
    cause: 'replaced',
  })
  if (canceled !== null && mode === 'STOP_ON_FAILURE') {
    return { reason: 'cancel_replace_stopped', cancel: canceled }
  }
  const placed = placeOrder(state, user, place)
  if (canceled === null && placed === null) return null
  return { reason: 'cancel_replace_partly', cancel: canceled, place: placed }
}
