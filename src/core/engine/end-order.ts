import type { OrderEndCause } from '../domain/event.ts'
import type { Order } from '../domain/order.ts'
import { remainingLots } from '../domain/order.ts'
import { ZERO } from '../money/amount.ts'
import type { Lots } from '../money/price.ts'
import { announceRepayment } from './funds.ts'
import { postRelease } from './post-order.ts'
import type { ExchangeState } from './state.ts'
import { assetAt, bookOf, stopsOf, symbolAt, venueOf } from './state.ts'

type EndStatus = 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH'

/** Takes an open order out of wherever it stands, frees its lock, and says so. */
export function removeOrder(
  state: ExchangeState,
  order: Order,
  status: EndStatus,
  cause: OrderEndCause,
): void {
  const place = leavePlace(state, order)
  // A portfolio being closed repays as a whole, once, from all it has.
  const release = cause === 'liquidation' ? { ...order, borrowed: ZERO } : order
  const givenBack = postRelease(state, release, order.locked)
  order.locked = ZERO
  takeOut(state, order, status, cause, place)
  if (givenBack === null) return
  const symbol = symbolAt(state, order.symbol)
  const asset = assetAt(state, order.side === 'BUY' ? symbol.quote : symbol.base)
  announceRepayment(state, order.accountId, asset, givenBack, 'AUTO')
}

interface Place {
  readonly shownLots: Lots
  readonly wasResting: boolean
}

function leavePlace(state: ExchangeState, order: Order): Place {
  if (order.stage === 'WORKING') {
    const book = bookOf(state, order.symbol)
    if (book.has(order.id)) {
      const shownLots = book.shownOf(order.id)
      book.cancel(order.id)
      return { shownLots, wasResting: true }
    }
  } else if (order.stage === 'WAITING') {
    const stops = stopsOf(state, order.symbol)
    if (stops.has(order.id)) stops.remove(order.id)
  }
  return { shownLots: 0 as Lots, wasResting: false }
}

const NOWHERE: Place = { shownLots: 0 as Lots, wasResting: false }

/** Ends an order that holds no lock and stands nowhere any more, and says so. */
export function takeOut(
  state: ExchangeState,
  order: Order,
  status: EndStatus,
  cause: OrderEndCause,
  { shownLots, wasResting }: Place = NOWHERE,
): void {
  order.status = status
  order.updatedMs = state.nowMs
  state.events.push({
    type: 'OrderEnded',
    orderId: order.id,
    clientOrderId: order.clientOrderId,
    userId: order.userId,
    wallet: order.wallet,
    symbol: order.symbol,
    side: order.side,
    price: order.price,
    status,
    cause,
    remainingLots: Math.max(remainingLots(order), 0) as Lots,
    wasResting,
    shownLots,
    preventedLots: order.preventedLots,
    listId: order.listId,
    executedLots: order.executedLots,
    executedQuote: order.executedQuote,
  })
  endOrder(state, order)
}

/** An order is open no longer: filled, or ended as said before. */
export function endOrder(state: ExchangeState, order: Order): void {
  state.orders.close(order)
  state.lists.noteEnd(order)
  if (order.executedLots === 0) return
  if (venueOf(state).policy.trading.clientOrderIdWindowMs === 0) return
  state.recentClientIds.note({
    account: order.accountId,
    clientOrderId: order.clientOrderId,
    orderId: order.id,
    endedMs: state.nowMs,
  })
}
