import type { PlaceOrder } from '../domain/command.ts'
import type { AccountId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import { borrowsAutomatically } from '../domain/order.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import { baseOf, notionalOf } from '../domain/venue.ts'
import { hourlyInterest } from '../margin/interest.ts'
import { formatLevel, levelAbove } from '../margin/level.ts'
import { equityOf } from '../margin/valuation.ts'
import type { OrderBook, Sweep } from '../matching/order-book.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import { formatDecimalShort } from '../money/decimal.ts'
import type { Lots, Ticks, Value } from '../money/price.ts'
import { RATE_DECIMALS } from '../money/rate.ts'
import { maxBigint } from '../money/rounding.ts'
import { surelyWithinCap } from '../risk/cap-screen.ts'
import type { PositionCap } from '../risk/position-cap.ts'
import { positionCap } from '../risk/position-cap.ts'
import { refuseFilters } from './filters.ts'
import { refuseRuin } from './foreseen.ts'
import { refuseLoan } from './funds.ts'
import type { Matched, OrderPlan, PlannedFill } from './order-plan.ts'
import {
  reduceOnlyReason,
  refuseCross,
  refuseStale,
  refuseStaleAccount,
  valuationOf,
} from './standing.ts'
import type { ExchangeState, User } from './state.ts'
import { assetAt, bookOf, levelsOf, openOrdersOf, symbolAt, venueOf } from './state.ts'

/** Decides whether an order may enter and all it will do. Changes nothing. */
export function planOrder(
  state: ExchangeState,
  user: User,
  place: PlaceOrder,
): OrderPlan | Refusal {
  const symbol = symbolAt(state, place.symbol)
  const account = user.accounts[place.wallet]
  const cross = place.wallet === 'CROSS_MARGIN'
  return (
    (cross ? refuseMarginTrading(state, user, symbol) : null) ??
    refuseFilters(state, symbol, place, openInSymbol(state, account, symbol)) ??
    refuseClientOrderId(state, account, place) ??
    refuseMarketBlind(state, symbol, place) ??
    decide(state, user, account, symbol, place)
  )
}

function refuseMarginTrading(
  state: ExchangeState,
  user: User,
  symbol: TradingSymbol,
): Refusal | null {
  if (!symbol.margin) return { reason: 'symbol_not_margin', symbol: symbol.symbol }
  return refuseCross(state, user)
}

function openInSymbol(state: ExchangeState, account: AccountId, symbol: TradingSymbol): number {
  if (state.orders.countOf(account) < symbol.maximumOpenOrders) return 0
  let count = 0
  for (const order of openOrdersOf(state, account)) if (order.symbol === symbol.index) count += 1
  return count
}

function refuseClientOrderId(
  state: ExchangeState,
  account: AccountId,
  place: PlaceOrder,
): Refusal | null {
  return state.orders.hasClientOrderId(account, place.clientOrderId)
    ? { reason: 'client_order_id_duplicate' }
    : null
}

/** A market order without an index to measure it by would be a blank cheque to the book. */
function refuseMarketBlind(
  state: ExchangeState,
  symbol: TradingSymbol,
  place: PlaceOrder,
): Refusal | null {
  if (place.orderType !== 'MARKET') return null
  return refuseStale(state, symbol.base) ?? refuseStale(state, symbol.quote)
}

function decide(
  state: ExchangeState,
  user: User,
  account: AccountId,
  symbol: TradingSymbol,
  place: PlaceOrder,
): OrderPlan | Refusal {
  const book = bookOf(state, symbol.index)
  if (place.orderType === 'LIMIT_MAKER' && book.crosses(place.side, place.price)) {
    return { reason: 'would_take' }
  }
  const matched = match(state, user, symbol, book, place)
  const gives = assetAt(state, place.side === 'BUY' ? symbol.quote : symbol.base)
  const receives = assetAt(state, place.side === 'BUY' ? symbol.base : symbol.quote)
  const need = neededFunds(symbol, place, matched)
  const have = state.ledger.free(account, gives.index)
  const shortfall = maxBigint(need - have, 0n) as Amount
  if (shortfall > 0n && (place.wallet === 'SPOT' || !borrowsAutomatically(place.sideEffect))) {
    return { reason: 'balance_insufficient', asset: gives.code, have, need }
  }
  const plan = {
    place,
    user,
    account,
    symbol,
    book,
    gives,
    receives,
    need,
    borrow: shortfall,
    // Written out: spreading costs several times as much, on the hottest path there is.
    sweep: matched.sweep,
    fills: matched.fills,
    expiredMakers: matched.expiredMakers,
    restLots: matched.restLots,
    ends: matched.ends,
  }
  return (place.wallet === 'SPOT' ? null : refuseOnCross(state, plan)) ?? plan
}

function nothingTrades(restLots: Lots, ends: OrderPlan['ends']): Matched {
  return { sweep: null, fills: [], expiredMakers: [], restLots, ends }
}

/** What the book would do with the order now. */
export function match(
  state: ExchangeState,
  user: User,
  symbol: TradingSymbol,
  book: OrderBook,
  place: PlaceOrder,
): Matched {
  const market = place.orderType === 'MARKET'
  const immediate = market || place.timeInForce !== 'GTC'
  if (!market && !book.crosses(place.side, place.price)) {
    return immediate ? nothingTrades(0 as Lots, 'EXPIRED') : nothingTrades(place.lots, null)
  }
  const sweep = book.sweep({
    side: place.side,
    limit: market ? null : place.price,
    lots: place.lots > 0 ? place.lots : null,
    quoteBudget: place.lots > 0 ? null : place.quoteQuantity,
    quotePerTickLot: symbol.quotePerTickLot,
    owner: user.id,
    selfTradePrevention: place.selfTradePrevention,
  })
  if (place.timeInForce === 'FOK' && sweep.filledLots < place.lots) {
    return nothingTrades(0 as Lots, 'EXPIRED')
  }
  const fills: PlannedFill[] = []
  for (let index = 0; index < sweep.count; index += 1) {
    const price = sweep.price[index] as Ticks
    const lots = sweep.lots[index] as Lots
    const maker = state.orders.get(sweep.makerId[index] as Order['id'])
    fills.push({
      maker,
      price,
      lots,
      base: baseOf(symbol, lots),
      quote: notionalOf(symbol, price, lots),
    })
  }
  const expiredMakers = sweep.expiredMakerIds.map((id) => state.orders.get(id as Order['id']))
  const left = place.lots > 0 ? place.lots - sweep.filledLots : 0
  const ends = endOf(sweep, left, immediate, fills.length)
  const restLots = (ends === null ? left : 0) as Lots
  return { sweep, fills, expiredMakers, restLots, ends }
}

function endOf(sweep: Sweep, left: number, immediate: boolean, fills: number): OrderPlan['ends'] {
  if (sweep.takerExpired) return 'EXPIRED_IN_MATCH'
  const byQuoteUnfilled = left === 0 && fills === 0
  return immediate && (left > 0 || byQuoteUnfilled) ? 'EXPIRED' : null
}

/** What must be free: a limit order's whole amount at its limit, a market order's cost as the book stands. */
function neededFunds(symbol: TradingSymbol, place: PlaceOrder, { fills }: Matched): Amount {
  if (place.orderType !== 'MARKET') {
    return place.side === 'BUY'
      ? notionalOf(symbol, place.price, place.lots)
      : baseOf(symbol, place.lots)
  }
  let need = 0n
  for (const fill of fills) need += place.side === 'BUY' ? fill.quote : fill.base
  return need as Amount
}

/** The rules of cross margin that the order itself must meet: prices, level, cap, loan, and the level afterwards. */
function refuseOnCross(state: ExchangeState, plan: OrderPlan): Refusal | null {
  const { user, account, symbol, place } = plan
  const stale =
    refuseStale(state, symbol.base) ??
    refuseStale(state, symbol.quote) ??
    refuseStaleAccount(state, account)
  const priced = state.prices[symbol.base] !== null && state.prices[symbol.quote] !== null
  if (stale !== null && (!priced || plan.borrow > 0n || place.orderType === 'MARKET')) return stale

  const valuation = valuationOf(state, account)
  const { liquidation } = levelsOf(state, user)
  if (!levelAbove(valuation.assets, valuation.debts, liquidation)) {
    const need = formatDecimalShort(liquidation, RATE_DECIMALS)
    return {
      reason: 'trade_level_too_low',
      level: formatLevel(valuation.assets, valuation.debts),
      need,
    }
  }
  return (
    refuseOpening(state, plan, equityOf(valuation), stale) ??
    (plan.borrow > 0n ? refuseLoan(state, user, plan.gives, plan.borrow) : null) ??
    refuseRuin(state, plan, valuation)
  )
}

/** What refuses an order that opens or increases a position, but not one that reduces (rules E7, P3, X3). */
function refuseOpening(
  state: ExchangeState,
  plan: OrderPlan,
  equity: Value,
  stale: Refusal | null,
): Refusal | null {
  const why = reduceOnlyReason(state, plan.user)
  if (stale === null && why === null && isFarBelowCap(state, plan, equity)) return null
  const cap = measureCap(state, plan, equity)
  if (cap.verdict === 'exempt') return null
  if (stale !== null) return stale
  if (why !== null) return { reason: 'reduce_only', why }
  return cap.verdict === 'exceeds' ? capRefusal(state, plan.symbol, cap) : null
}

/** Most orders are so small that the cap need not be measured to the digit. */
function isFarBelowCap(state: ExchangeState, plan: OrderPlan, equity: Value): boolean {
  const { user, account, symbol, place } = plan
  const basePrice = state.prices[symbol.base] ?? null
  const quotePrice = state.prices[symbol.quote] ?? null
  if (basePrice === null || quotePrice === null) return false
  const resting = state.orders.restingOf(account, symbol.index, place.side)
  return surelyWithinCap({
    equity,
    cap: venueOf(state).policy.positionInitialMarginCap,
    leverage: user.leverage,
    symbol,
    basePrice,
    quotePrice,
    lots: resting.lots + lotsAsked(plan),
    dearest: Math.max(resting.dearest, place.price),
    position: positionOf(state, plan),
  })
}

/** Rules P2, P3 and P5 for a planned order, exactly. */
export function measureCap(state: ExchangeState, plan: OrderPlan, equity: Value): PositionCap {
  const { user, symbol, place } = plan
  return positionCap({
    equity,
    cap: venueOf(state).policy.positionInitialMarginCap,
    leverage: user.leverage,
    symbol,
    prices: state.prices,
    side: place.side,
    lots: lotsAsked(plan),
    limitPrice: place.orderType === 'MARKET' ? null : place.price,
    position: positionOf(state, plan),
    resting: restingSameSide(state, plan),
    shortable: place.side === 'SELL' ? shortableOf(state, plan) : null,
    borrowsBeyond: borrowsBeyondOf(state, plan),
  })
}

function positionOf(state: ExchangeState, { account, symbol }: OrderPlan): Amount {
  return state.positions.get(account)?.get(symbol.index)?.quantity ?? ZERO
}

function lotsAsked(plan: OrderPlan): Lots {
  if (plan.place.lots > 0) return plan.place.lots
  let lots = 0
  for (const fill of plan.fills) lots += fill.lots
  return lots as Lots
}

function restingSameSide(
  state: ExchangeState,
  { account, symbol, place }: OrderPlan,
): { price: Ticks; lots: Lots }[] {
  const resting: { price: Ticks; lots: Lots }[] = []
  for (const order of openOrdersOf(state, account)) {
    if (order.symbol !== symbol.index || order.side !== place.side) continue
    resting.push({ price: order.price, lots: (order.lots - order.executedLots) as Lots })
  }
  return resting
}

/** How far short this pair may go once the order has borrowed. */
function shortableOf(state: ExchangeState, { account, symbol, gives, borrow }: OrderPlan): Amount {
  const charged = borrow > 0n ? hourlyInterest(borrow, gives.dailyInterestRate) : 0n
  return maxBigint(coveredShort(state, account, symbol) + borrow + charged, 0n) as Amount
}

/** What the account owes of a pair's base, less its shorts of it in other pairs (rule P1). */
export function coveredShort(
  state: ExchangeState,
  account: AccountId,
  symbol: TradingSymbol,
): bigint {
  let covered: bigint = state.ledger.owed(account, symbol.base)
  for (const [index, position] of state.positions.get(account) ?? []) {
    if (index === symbol.index || position.quantity >= 0n) continue
    if (symbolAt(state, index).base === symbol.base) covered += position.quantity
  }
  return covered
}

/** The size from which a sale is no longer of what is held but of what it borrows; null: it borrows nothing. */
function borrowsBeyondOf(
  state: ExchangeState,
  { place, account, gives }: OrderPlan,
): Amount | null {
  if (place.side === 'BUY' || !borrowsAutomatically(place.sideEffect)) return null
  return state.ledger.free(account, gives.index)
}

/** Rule P5. */
function capRefusal(state: ExchangeState, symbol: TradingSymbol, cap: PositionCap): Refusal {
  return {
    reason: 'position_cap',
    cap: cap.limit,
    used: cap.used,
    asked: cap.asked,
    maxQuantity: baseOf(symbol, cap.maxLots),
    base: assetAt(state, symbol.base).code,
  }
}
