import type {
  CancelAllOrders,
  CancelOrder,
  CancelReplace,
  OrderReference,
  TradingWallet,
} from '../domain/command.ts'
import type { OrderEndCause } from '../domain/event.ts'
import type { SymbolIndex } from '../domain/ids.ts'
import type { Refusal } from '../domain/rejection.ts'
import { placeOrder, removeOrder } from './place-order.ts'
import type { ExchangeState, User } from './state.ts'
import { openOrdersOf } from './state.ts'

export function cancelOrder(
  state: ExchangeState,
  user: User,
  command: CancelOrder,
): Refusal | null {
  return cancel(state, user, command.wallet, command.symbol, command.order, 'user')
}

function cancel(
  state: ExchangeState,
  user: User,
  wallet: TradingWallet,
  symbol: SymbolIndex,
  reference: OrderReference,
  cause: OrderEndCause,
): Refusal | null {
  const order = state.orders.find(user.accounts[wallet], symbol, reference)
  if (order === undefined) return { reason: 'order_unknown' }
  removeOrder(state, order, 'CANCELED', cause)
  return null
}

/** Refused when nothing is open, as Binance does. */
export function cancelAllOrders(
  state: ExchangeState,
  user: User,
  { wallet, symbol }: CancelAllOrders,
): Refusal | null {
  const open = [...openOrdersOf(state, user.accounts[wallet])].filter((o) => o.symbol === symbol)
  if (open.length === 0) return { reason: 'order_unknown' }
  for (const order of open) removeOrder(state, order, 'CANCELED', 'user')
  return null
}

/** Cancels, then places with what that freed. A half that succeeded stays done when the other is refused. */
export function cancelReplace(
  state: ExchangeState,
  user: User,
  { cancel: reference, mode, place }: CancelReplace,
): Refusal | null {
  const canceled = cancel(state, user, place.wallet, place.symbol, reference, 'replaced')
  if (canceled !== null && mode === 'STOP_ON_FAILURE') {
    return { reason: 'cancel_replace_stopped', cancel: canceled }
  }
  const placed = placeOrder(state, user, place)
  if (canceled === null && placed === null) return null
  return { reason: 'cancel_replace_partly', cancel: canceled, place: placed }
}
