import type { PlaceOrder, TradingWallet } from '../domain/command.ts'
import type { Order, OrderType } from '../domain/order.ts'
import { remainingLots } from '../domain/order.ts'
import { ZERO } from '../money/amount.ts'
import type { Lots } from '../money/price.ts'
import type { OrderPlan } from './order-plan.ts'
import { lockedAtStart } from './order-plan.ts'
import { noteLoan, shownOf } from './place-order.ts'
import { reservePriceOf } from './plan-order.ts'
import type { OrderPosting } from './post-order.ts'
import { postOrder } from './post-order.ts'
import type { ExchangeState } from './state.ts'

/** The first half of an order's moving on: its entries are posted and everybody is told. */
export function enterMarket(state: ExchangeState, order: Order, plan: OrderPlan): OrderPosting {
  const posting = postOrder(state, plan)
  order.stage = plan.waits ? 'WAITING' : 'WORKING'
  if (order.status === 'PENDING_NEW') order.status = 'NEW'
  order.workingMs = plan.waits ? null : state.nowMs
  order.updatedMs = state.nowMs
  order.locked = lockedAtStart(plan)
  order.reservePrice = reservePriceOf(state, plan.symbol, plan.place)
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
    quoteQuantity: ZERO,
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
