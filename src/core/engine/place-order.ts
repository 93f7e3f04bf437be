import { present } from '../assert.ts'
import type { PlaceOrder } from '../domain/command.ts'
import type { LoanOrigin, OrderEndCause, TradeSide } from '../domain/event.ts'
import type { LiquidationId, TradeId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { Asset } from '../domain/venue.ts'
import type { Repayment } from '../ledger/entry.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import type { Lots } from '../money/price.ts'
import { announceLoan, announceRepayment } from './funds.ts'
import type { OrderPlan, PlannedFill } from './order-plan.ts'
import { isPlan } from './order-plan.ts'
import { planOrder } from './plan-order.ts'
import { recordFill } from './positions.ts'
import type { FillPosting, OrderPosting } from './post-order.ts'
import { postOrder, postRelease } from './post-order.ts'
import { enterCross } from './standing.ts'
import type { ExchangeState, User } from './state.ts'
import { assetAt, bookOf, symbolAt } from './state.ts'

export function placeOrder(state: ExchangeState, user: User, place: PlaceOrder): Refusal | null {
  const plan = planOrder(state, user, place)
  if (!isPlan(plan)) return plan
  if (place.wallet === 'CROSS_MARGIN') enterCross(state, user)
  acceptOrder(state, plan, null)
  return null
}

/** Carries a plan out: entries, book, orders, positions, events. Returns the order as it ended up. */
export function acceptOrder(
  state: ExchangeState,
  plan: OrderPlan,
  liquidationId: LiquidationId | null,
): Order {
  const posting = postOrder(state, plan)
  const order = openOrder(state, plan)
  if (plan.borrow > 0n) {
    announceLoan(state, plan.account, plan.gives, plan.borrow, posting.interest, 'AUTO')
  }
  state.events.push({ type: 'OrderAccepted', order: { ...order } })
  if (plan.sweep !== null && plan.fills.length + plan.expiredMakers.length > 0) {
    plan.book.take(plan.sweep)
  }
  expireMakers(state, plan, posting)
  const origin = liquidationId === null ? 'AUTO' : 'LIQUIDATION'
  plan.fills.forEach((fill, index) => {
    const filled = present(posting.fills[index], 'every fill was posted')
    settle(state, plan, order, fill, filled, liquidationId)
    announceRepaid(state, order, plan.receives, filled.takerRepaid, origin)
    announceRepaid(state, fill.maker, plan.gives, filled.makerRepaid, 'AUTO')
  })
  conclude(state, plan, order, posting)
  return order
}

function openOrder(state: ExchangeState, plan: OrderPlan): Order {
  const { place, user, account, symbol } = plan
  state.lastOrderId = (state.lastOrderId + 1) as Order['id']
  return {
    id: state.lastOrderId,
    clientOrderId: place.clientOrderId,
    userId: user.id,
    wallet: place.wallet,
    accountId: account,
    symbol: symbol.index,
    side: place.side,
    type: place.orderType,
    timeInForce: place.timeInForce,
    price: place.price,
    lots: place.lots,
    quoteQuantity: place.quoteQuantity,
    sideEffect: place.sideEffect,
    autoRepayAtCancel: place.autoRepayAtCancel,
    selfTradePrevention: place.selfTradePrevention,
    createdMs: state.nowMs,
    borrowed: plan.borrow,
    borrowedAsset: plan.borrow > 0n ? plan.gives.index : null,
    status: 'NEW',
    executedLots: 0 as Lots,
    executedQuote: ZERO,
    updatedMs: state.nowMs,
    locked: plan.need,
  }
}

/** Makers that self-trade prevention removed; their locks are already freed. */
function expireMakers(state: ExchangeState, plan: OrderPlan, posting: OrderPosting): void {
  plan.expiredMakers.forEach((maker, index) => {
    state.orders.remove(maker)
    ended(state, maker, 'EXPIRED_IN_MATCH', 'self_trade', true)
    announceRepaid(state, maker, plan.receives, posting.makersGivenBack[index] ?? null, 'AUTO')
  })
}

function settle(
  state: ExchangeState,
  plan: OrderPlan,
  taker: Order,
  fill: PlannedFill,
  { takerFee, makerFee, takerLocked }: FillPosting,
  liquidationId: LiquidationId | null,
): void {
  const { symbol, gives, receives } = plan
  const { maker, price, lots, base, quote } = fill
  execute(state, taker, lots, quote)
  if (completes(plan, fill)) taker.status = 'FILLED'
  execute(state, maker, lots, quote)
  state.orders.noteFill(maker, lots)
  taker.locked = takerLocked
  maker.locked = (maker.locked - (maker.side === 'BUY' ? quote : base)) as Amount
  if (maker.status === 'FILLED') state.orders.remove(maker)
  const tradeId = ((state.lastTradeId[symbol.index] ?? 0) + 1) as TradeId
  state.lastTradeId[symbol.index] = tradeId
  state.lastTrade[symbol.index] = price
  state.events.push({
    type: 'TradeExecuted',
    symbol: symbol.index,
    tradeId,
    price,
    lots,
    quote,
    maker: tradeSide(maker, makerFee, gives),
    taker: tradeSide(taker, takerFee, receives),
    liquidationId,
  })
  recordFill(state, taker, base, quote)
  recordFill(state, maker, base, quote)
}

/** A market order by quote quantity is done when its budget is, whatever lots that made; its last trade has to say so. */
function completes(plan: OrderPlan, fill: PlannedFill): boolean {
  return plan.fills.at(-1) === fill && plan.restLots === 0 && plan.ends === null
}

function execute(state: ExchangeState, order: Order, lots: Lots, quote: Amount): void {
  order.executedLots = (order.executedLots + lots) as Lots
  order.executedQuote = (order.executedQuote + quote) as Amount
  order.updatedMs = state.nowMs
  const full = order.lots > 0 && order.executedLots === order.lots
  order.status = full ? 'FILLED' : 'PARTIALLY_FILLED'
}

function tradeSide(order: Order, fee: Amount, feeAsset: Asset): TradeSide {
  return {
    orderId: order.id,
    clientOrderId: order.clientOrderId,
    userId: order.userId,
    wallet: order.wallet,
    side: order.side,
    fee,
    feeAsset: feeAsset.index,
    status: order.status,
    executedLots: order.executedLots,
    executedQuote: order.executedQuote,
  }
}

/** The remainder rests, ends, or there is none. */
function conclude(
  state: ExchangeState,
  plan: OrderPlan,
  order: Order,
  posting: OrderPosting,
): void {
  order.locked = posting.locked
  if (plan.restLots > 0) {
    plan.book.rest(order.id, order.userId, order.side, order.price, plan.restLots)
    state.orders.add(order)
    return
  }
  if (plan.ends === null) return
  ended(state, order, plan.ends, plan.ends === 'EXPIRED' ? 'unfilled' : 'self_trade', false)
  announceRepaid(state, order, plan.gives, posting.givenBack, 'AUTO')
}

/** Takes a resting order off the book, frees its lock, and says so. */
export function removeOrder(
  state: ExchangeState,
  order: Order,
  status: 'CANCELED' | 'EXPIRED',
  cause: OrderEndCause,
): void {
  bookOf(state, order.symbol).cancel(order.id)
  state.orders.remove(order)
  // A portfolio being closed repays as a whole, once, from all it has.
  const release = cause === 'liquidation' ? { ...order, borrowed: ZERO } : order
  const givenBack = postRelease(state, release, order.locked)
  order.locked = ZERO
  ended(state, order, status, cause, true)
  const symbol = symbolAt(state, order.symbol)
  const asset = assetAt(state, order.side === 'BUY' ? symbol.quote : symbol.base)
  announceRepaid(state, order, asset, givenBack, 'AUTO')
}

function ended(
  state: ExchangeState,
  order: Order,
  status: 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH',
  cause: OrderEndCause,
  wasResting: boolean,
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
    remainingLots: Math.max(order.lots - order.executedLots, 0) as Lots,
    wasResting,
    executedLots: order.executedLots,
    executedQuote: order.executedQuote,
  })
}

function announceRepaid(
  state: ExchangeState,
  order: Order,
  asset: Asset,
  repayment: Repayment | null,
  origin: LoanOrigin,
): void {
  if (repayment !== null) announceRepayment(state, order.userId, asset, repayment, origin)
}
