import { assert, present } from '../assert.ts'
import type { PreventedSide } from '../domain/event.ts'
import type { PreventedMatchId } from '../domain/ids.ts'
import type { Order, SelfTradePrevention } from '../domain/order.ts'
import { remainingLots } from '../domain/order.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import type { Lots } from '../money/price.ts'
import { minBigint } from '../money/rounding.ts'
import { takeOut } from './end-order.ts'
import { announceRepayment } from './funds.ts'
import { gatherLock } from './list-lock.ts'
import type { OrderPlan } from './order-plan.ts'
import type { OrderPosting } from './post-order.ts'
import { lockOf } from './post-order.ts'
import type { ExchangeState } from './state.ts'
import { bookOf, marketOf, ownerOf } from './state.ts'

export interface Prevented {
  readonly plan: OrderPlan
  readonly taker: Order
  /** Which of the plan's preventions. */
  readonly index: number
  readonly posting: OrderPosting
  /** What the book showed of the maker before the sweep. */
  readonly shown: Lots
}

/** Rule T6: a match that did not happen. Its entries are posted; here the orders learn of it, and everybody else. */
export function announcePrevention(
  state: ExchangeState,
  { plan, taker, index, posting, shown }: Prevented,
): void {
  const prevention = present(plan.preventions[index], 'a prevention is in the plan')
  const { maker, makerLots, takerLots, price, transferred } = prevention
  lowerTaker(state, taker, takerLots)
  lowerMaker(state, maker, makerLots, transferred !== null)
  const ends = remainingLots(maker) === 0
  const left = ends ? 0 : bookOf(state, maker.symbol).shownOf(maker.id)
  const market = marketOf(state, maker.symbol)
  market.lastPreventedMatchId = (market.lastPreventedMatchId + 1) as PreventedMatchId
  state.events.push({
    type: 'SelfTradePrevented',
    symbol: maker.symbol,
    preventedMatchId: market.lastPreventedMatchId,
    mode: modeOf(plan, maker),
    price,
    maker: sideOf(maker, makerLots),
    taker: sideOf(taker, takerLots),
    shownLotsLess: (ends ? 0 : shown - left) as Lots,
    tradeGroupId: ownerOf(state, maker.accountId).user.tradeGroupId,
    transferred,
  })
  if (ends) {
    takeOut(state, maker, 'EXPIRED_IN_MATCH', 'self_trade', { shownLots: shown, wasResting: true })
  }
  const givenBack = posting.preventedGivenBack[index] ?? null
  if (givenBack === null) return
  announceRepayment(state, maker.accountId, plan.receives, givenBack, 'AUTO')
}

/** TRANSFER needs both to ask for it. */
function modeOf({ place }: OrderPlan, maker: Order): SelfTradePrevention {
  const asked = place.selfTradePrevention
  return asked === 'TRANSFER' && maker.selfTradePrevention !== 'TRANSFER' ? 'DECREMENT' : asked
}

function lowerTaker(state: ExchangeState, taker: Order, lots: Lots): void {
  taker.preventedLots = (taker.preventedLots + lots) as Lots
  taker.updatedMs = state.nowMs
}

function lowerMaker(state: ExchangeState, maker: Order, lots: Lots, changesHands: boolean): void {
  if (lots === 0) return
  const funds = lockOf(state, maker, lots)
  if (maker.listId !== null) {
    if (changesHands) gatherLock(state, maker)
    state.lists.touch(maker.listId)
  }
  maker.locked = (maker.locked - minBigint(funds, maker.locked)) as Amount
  assert(maker.locked >= ZERO, 'V3 an order holds no negative lock')
  state.orders.noteLess(maker, lots)
  maker.preventedLots = (maker.preventedLots + lots) as Lots
  maker.updatedMs = state.nowMs
}

function sideOf(order: Order, lots: Lots): PreventedSide {
  return {
    orderId: order.id,
    clientOrderId: order.clientOrderId,
    userId: order.userId,
    wallet: order.wallet,
    side: order.side,
    lots,
    preventedLots: order.preventedLots,
  }
}
