import type { PlaceOrder, TradingWallet } from '../domain/command.ts'
import type { Order, OrderType } from '../domain/order.ts'
import { remainingLots } from '../domain/order.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import type { Lots } from '../money/price.ts'
import { removeOrder } from './end-order.ts'
import { gatherLock, siblingOf } from './list-lock.ts'
import { activatePair } from './order-pair.ts'
import type { OrderPlan } from './order-plan.ts'
import { isPlan, lockedAtStart } from './order-plan.ts'
import { fulfil, noteLoan, shownOf } from './place-order.ts'
import { planActivation } from './plan-order.ts'
import type { OrderPosting } from './post-order.ts'
import { postOrder } from './post-order.ts'
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

/** The first half of an order's moving on: its entries are posted and everybody is told. */
export function enterMarket(state: ExchangeState, order: Order, plan: OrderPlan): OrderPosting {
  const posting = postOrder(state, plan)
  order.stage = plan.waits ? 'WAITING' : 'WORKING'
  if (order.status === 'PENDING_NEW') order.status = 'NEW'
  order.workingMs = plan.waits ? null : state.nowMs
  order.updatedMs = state.nowMs
  order.locked = lockedAtStart(plan)
  noteLoan(state, plan, order, posting)
  state.events.push({
    type: 'OrderActivated',
    order: { ...order },
    restingLots: shownOf(order, plan.restLots),
  })
  return posting
}

/** What is left of an order, as an order of its own. */
export function placeOf(order: Order, orderType: OrderType): PlaceOrder {
  return {
    type: 'PlaceOrder',
    userId: order.userId,
    wallet: order.wallet as TradingWallet,
    symbol: order.symbol,
    side: order.side,
    orderType,
    timeInForce: order.timeInForce,
    price: order.price,
    lots: remainingLots(order),
    quoteQuantity: ZERO as Amount,
    stopPrice: order.stopPrice,
    trailingBips: order.trailingBips,
    icebergLots: Math.min(order.icebergLots, remainingLots(order)) as Lots,
    clientOrderId: order.clientOrderId,
    sideEffect: order.sideEffect,
    autoRepayAtCancel: order.autoRepayAtCancel,
    selfTradePrevention: order.selfTradePrevention,
    strategyId: order.strategyId,
    strategyType: order.strategyType,
  }
}
