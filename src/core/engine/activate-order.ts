import type { PlaceOrder } from '../domain/command.ts'
import type { Order, OrderType } from '../domain/order.ts'
import { removeOrder } from './end-order.ts'
import { enterMarket, placeOf } from './enter-market.ts'
import { gatherLock, siblingOf } from './list-lock.ts'
import { activatePair } from './order-pair.ts'
import { isPlan } from './order-plan.ts'
import { fulfil } from './place-order.ts'
import { planActivation } from './plan-order.ts'
import type { ExchangeState } from './state.ts'
import { ownerOf, stopsOf } from './state.ts'

/** What an order becomes when its price has come (rule T11). */
const STANDS_FOR: Readonly<Record<OrderType, OrderType>> = {
  LIMIT: 'LIMIT',
  LIMIT_MAKER: 'LIMIT_MAKER',
  MARKET: 'MARKET',
  STOP_LOSS: 'MARKET',
  TAKE_PROFIT: 'MARKET',
  STOP_LOSS_LIMIT: 'LIMIT',
  TAKE_PROFIT_LIMIT: 'LIMIT',
}

/** An order's price or turn has come (rules T11, T13): it moves on, or expires where it stands. */
export function activate(state: ExchangeState, order: Order): void {
  const sibling = siblingOf(state, order)
  if (order.stage === 'PENDING') {
    if (sibling === undefined) moveOn(state, order, placeOf(order, order.type))
    else activatePair(state, order, sibling)
    return
  }
  if (sibling !== undefined) {
    gatherLock(state, order)
    removeOrder(state, sibling, 'EXPIRED', 'list')
  }
  const stops = stopsOf(state, order.symbol)
  if (stops.has(order.id)) stops.remove(order.id)
  moveOn(state, order, placeOf(order, STANDS_FOR[order.type]))
}

function moveOn(state: ExchangeState, order: Order, place: PlaceOrder): void {
  const { user } = ownerOf(state, order.accountId)
  // Its own lots must not stand in its way, neither in the cap nor in what its account may lose.
  state.orders.release(order)
  const plan = planActivation(state, user, order, place)
  if (!isPlan(plan)) {
    removeOrder(state, order, 'EXPIRED', 'refused')
    return
  }
  const posting = enterMarket(state, order, plan)
  fulfil(state, plan, order, posting, null)
}
