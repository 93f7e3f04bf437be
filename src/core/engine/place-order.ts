import { present } from '../assert.ts'
import type { PlaceOrder } from '../domain/command.ts'
import type { LoanOrigin, TradeSide } from '../domain/event.ts'
import type { LiquidationId, OrderListId, TradeId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import { remainingLots, stopCondition } from '../domain/order.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { Asset } from '../domain/venue.ts'
import type { Repayment } from '../ledger/entry.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { accountOfOrder } from './accounts.ts'
import { endOrder, takeOut } from './end-order.ts'
import { noteVolume } from './fees.ts'
import { announceLoan, announceRepayment } from './funds.ts'
import { commitOne, gatherLock } from './list-lock.ts'
import { enterMode, modeOf } from './margin-mode.ts'
import { observeTrade } from './observe-price.ts'
import type { OrderPlan, PlannedFill } from './order-plan.ts'
import { isPlan, lockedAtStart } from './order-plan.ts'
import { planOrder, reservePriceOf, wouldTrigger } from './plan-order.ts'
import { recordFill } from './positions.ts'
import type { FillPosting, OrderPosting } from './post-order.ts'
import { postOrder } from './post-order.ts'
import { announcePrevention } from './prevention.ts'
import { triggerPrice } from './reference-price.ts'
import type { ExchangeState, User } from './state.ts'
import { marketOf, ownerOf, stopsOf, tradeGroupOf, venueOf } from './state.ts'
import { interruptTrading } from './symbol-state.ts'

export function placeOrder(state: ExchangeState, user: User, place: PlaceOrder): Refusal | null {
  const plan = planOrder(state, user, place)
  if (!isPlan(plan)) return plan
  if (place.wallet !== 'SPOT') enterMode(state, user, modeOf(place.wallet))
  acceptOrder(state, plan, null)
  return null
}

/** Carries a plan out: entries, book, orders, positions, events. Returns the order as it ended up. */
export function acceptOrder(
  state: ExchangeState,
  plan: OrderPlan,
  liquidationId: LiquidationId | null,
): Order {
  const { order, posting } = admitOrder(state, plan, null)
  fulfil(state, plan, order, posting, liquidationId)
  return order
}

export interface Admitted {
  readonly order: Order
  readonly posting: OrderPosting
}

/** The first half of acceptance: every entry is posted, the order is open and announced, but the book knows nothing yet. */
export function admitOrder(
  state: ExchangeState,
  plan: OrderPlan,
  listId: OrderListId | null,
): Admitted {
  const posting = postOrder(state, plan)
  const order = newOrder(state, plan.user, plan.place, listId)
  order.stage = plan.waits ? 'WAITING' : 'WORKING'
  order.workingMs = plan.waits ? null : state.nowMs
  order.locked = lockedAtStart(plan)
  order.reservePrice = reservePriceOf(state, plan.symbol, plan.place)
  noteLoan(state, plan, order, posting)
  state.orders.open(order)
  announceAcceptance(state, order, plan)
  return { order, posting }
}

/** An order's loan, taken when it is accepted or its turn comes (rule B4). */
export function noteLoan(
  state: ExchangeState,
  { borrow, gives, account }: OrderPlan,
  order: Order,
  { interest }: OrderPosting,
): void {
  if (interest === null) return
  order.borrowed = (order.borrowed + borrow) as Amount
  order.borrowedAsset = gives.index
  announceLoan(state, account, interest, 'AUTO')
}

function announceAcceptance(state: ExchangeState, order: Order, plan: OrderPlan): void {
  state.events.push({
    type: 'OrderAccepted',
    order: { ...order },
    restingLots: shownOf(order, plan.restLots),
  })
}

/** What the book shows of an order that comes to rest with so many lots. */
export function shownOf({ icebergLots }: Pick<Order, 'icebergLots'>, restLots: Lots): Lots {
  return icebergLots === 0 ? restLots : (Math.min(icebergLots, restLots) as Lots)
}

/** A new order with nothing done to it, its id taken from the table. */
export function newOrder(
  state: ExchangeState,
  user: User,
  place: PlaceOrder,
  listId: OrderListId | null,
): Order {
  return {
    id: state.orders.table.open(),
    clientOrderId: place.clientOrderId,
    userId: user.id,
    wallet: place.wallet,
    accountId: accountOfOrder(user, place),
    symbol: place.symbol,
    side: place.side,
    type: place.orderType,
    timeInForce: place.timeInForce,
    price: place.price,
    lots: place.lots,
    quoteQuantity: place.quoteQuantity,
    stopPrice: place.stopPrice,
    trailingBips: place.trailingBips,
    icebergLots: place.icebergLots,
    listId,
    sideEffect: place.sideEffect,
    autoRepayAtCancel: place.autoRepayAtCancel,
    selfTradePrevention: place.selfTradePrevention,
    strategyId: place.strategyId,
    strategyType: place.strategyType,
    createdMs: state.nowMs,
    borrowed: ZERO,
    borrowedAsset: null,
    stage: 'PENDING',
    status: 'NEW',
    executedLots: 0 as Lots,
    executedQuote: ZERO,
    preventedLots: 0 as Lots,
    amendments: 0,
    workingMs: null,
    updatedMs: state.nowMs,
    locked: ZERO,
    reservePrice: ZERO,
  }
}

/** The second half: the order waits, or it trades, and what is left of it rests or ends. */
export function fulfil(
  state: ExchangeState,
  plan: OrderPlan,
  order: Order,
  posting: OrderPosting,
  liquidationId: LiquidationId | null,
): void {
  if (plan.waits) {
    wait(state, plan, order)
    return
  }
  if (plan.sweep === null && plan.unfit.length === 0) {
    conclude(state, plan, order, posting)
    return
  }
  trade(state, plan, order, posting, liquidationId)
  conclude(state, plan, order, posting)
}

/** What the book has measured is carried out: makers that may not trade leave, the others fill or are prevented. */
function trade(
  state: ExchangeState,
  plan: OrderPlan,
  order: Order,
  posting: OrderPosting,
  liquidationId: LiquidationId | null,
): void {
  const { fills, preventions, unfit } = plan
  const unfitShown = unfit.map(({ id }) => plan.book.shownOf(id))
  const preventedShown = preventions.map(({ maker }) => plan.book.shownOf(maker.id))
  if (plan.sweep !== null) plan.book.take(plan.sweep)
  unfit.forEach((maker, index) => {
    maker.locked = ZERO
    const shownLots = unfitShown[index] ?? (0 as Lots)
    takeOut(state, maker, 'EXPIRED', 'margin', { shownLots, wasResting: true })
    announceRepaid(state, maker, plan.receives, posting.unfitGivenBack[index] ?? null, 'AUTO')
  })
  const origin = liquidationId === null ? 'AUTO' : 'LIQUIDATION'
  let prevented = 0
  for (let index = 0; index <= fills.length; index += 1) {
    while (preventions[prevented]?.after === index) {
      const shown = preventedShown[prevented] ?? (0 as Lots)
      announcePrevention(state, { plan, taker: order, index: prevented, posting, shown })
      prevented += 1
    }
    const fill = fills[index]
    if (fill === undefined) break
    const filled = present(posting.fills[index], 'every fill was posted')
    settle(state, plan, order, fill, filled, liquidationId)
    announceRepaid(state, order, plan.receives, filled.takerRepaid, origin)
    announceRepaid(state, fill.maker, plan.gives, filled.makerRepaid, 'AUTO')
    if (fill.maker.status === 'FILLED') endOrder(state, fill.maker)
  }
}

/** The order goes to the stop book. Where its condition holds already, which a pending one may meet, its price has come. */
function wait(state: ExchangeState, plan: OrderPlan, order: Order): void {
  const { id, symbol, side, type, stopPrice, trailingBips } = order
  const condition = stopCondition(type, side)
  const now = triggerPrice(state, plan.symbol, venueOf(state).policy.trading.stopTrigger)
  const from = now === null ? null : side === 'SELL' ? now.low : now.high
  const holds = wouldTrigger(state, plan.symbol, plan.place)
  // A trailing order whose price has come tracks from where the market is, like one that asks for no price.
  const awaited = holds && trailingBips > 0 ? (0 as const) : stopPrice
  stopsOf(state, symbol).add({ id, side, condition, stopPrice: awaited, trailingBips }, from)
  commitOne(state, order)
  if (holds && trailingBips === 0) state.triggers.push(symbol, id)
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
  const { maker, price, lots, base, quote, replenishedLots } = fill
  if (maker.listId !== null) {
    gatherLock(state, maker)
    state.lists.touch(maker.listId)
  }
  execute(state, taker, lots, quote)
  if (completes(plan, fill)) taker.status = 'FILLED'
  execute(state, maker, lots, quote)
  state.orders.noteLess(maker, lots)
  taker.locked = takerLocked
  maker.locked = (maker.locked - (maker.side === 'BUY' ? quote : base)) as Amount
  const market = marketOf(state, symbol.index)
  const tradeId = (market.lastTradeId + 1) as TradeId
  market.lastTradeId = tradeId
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
    replenishedLots,
  })
  recordFill(state, taker, base, quote)
  recordFill(state, maker, base, quote)
  noteVolume(state, [plan.user, ownerOf(state, maker.accountId).user], symbol.quote, quote)
  observeTrade(state, symbol, price)
}

/** A market order by quote quantity is done when its budget is, whatever lots that made; its last trade has to say so. */
function completes(plan: OrderPlan, fill: PlannedFill): boolean {
  if (plan.fills.at(-1) !== fill || plan.restLots > 0 || plan.ends !== null) return false
  return plan.preventions.every(({ after }) => after < plan.fills.length)
}

function execute(state: ExchangeState, order: Order, lots: Lots, quote: Amount): void {
  order.executedLots = (order.executedLots + lots) as Lots
  order.executedQuote = (order.executedQuote + quote) as Amount
  order.updatedMs = state.nowMs
  const full = order.lots > 0 && remainingLots(order) === 0
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
  const { restLots, ends, place, user } = plan
  order.locked = posting.locked
  if (restLots > 0) {
    plan.book.rest(
      order.id,
      tradeGroupOf(user),
      order.side,
      order.price as Ticks,
      restLots,
      place.icebergLots,
    )
    commitOne(state, order)
    return
  }
  if (ends !== null) {
    takeOut(state, order, ends.status, ends.cause)
    announceRepaid(state, order, plan.gives, posting.givenBack, 'AUTO')
    if (ends.cause === 'volatility') interruptTrading(state, plan.symbol)
    return
  }
  announceRepaid(state, order, plan.gives, posting.givenBack, 'AUTO')
  endOrder(state, order)
}

function announceRepaid(
  state: ExchangeState,
  order: Order,
  asset: Asset,
  repayment: Repayment | null,
  origin: LoanOrigin,
): void {
  if (repayment !== null) announceRepayment(state, order.accountId, asset, repayment, origin)
}
