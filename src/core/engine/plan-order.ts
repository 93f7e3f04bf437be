import type { PlaceOrder } from '../domain/command.ts'
import type { AccountId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import { borrowsAutomatically, isAtMarket, stopCondition, waitsForPrice } from '../domain/order.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import { baseOf, notionalOf } from '../domain/venue.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_SCALE, ZERO } from '../money/amount.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { divCeil, maxBigint } from '../money/rounding.ts'
import { accountOfOrder } from './accounts.ts'
import { refuseCounts, refuseFilters } from './filters.ts'
import { refuseCross, refuseIsolated } from './margin-mode.ts'
import { match, nothingTrades } from './match-order.ts'
import type { Matched, OrderPlan } from './order-plan.ts'
import { referencePrice, triggerPrice } from './reference-price.ts'
import { refuseOnMargin } from './refuse-on-margin.ts'
import { refuseStale } from './standing.ts'
import type { ExchangeState, User } from './state.ts'
import { assetAt, bookOf, marketOf, symbolAt, venueOf } from './state.ts'

/** What a sibling of the same list, planned just before, has already taken of the account's funds (rule T12). */
export interface Spoken {
  /** Locked by the sibling and good for this order too. */
  readonly shared: Amount
  /** Free until the sibling locks it. */
  readonly free: Amount
  readonly borrow: Amount
}

const NOTHING_SPOKEN: Spoken = { shared: ZERO, free: ZERO, borrow: ZERO }

/** Decides whether an order may enter and all it will do. Changes nothing. */
export function planOrder(
  state: ExchangeState,
  user: User,
  place: PlaceOrder,
): OrderPlan | Refusal {
  const symbol = symbolAt(state, place.symbol)
  const refusal = refuseTrading(state, user, symbol, place)
  if (refusal !== null) return refusal
  const account = accountOfOrder(user, place)
  return (
    refuseFilters(state, symbol, account, place) ??
    refuseCounts(state, symbol, account, [place]) ??
    refuseClientOrderId(state, account, place) ??
    refuseClosed(state, symbol, place) ??
    refuseMarketBlind(state, symbol, place) ??
    decide(state, user, place, NOTHING_SPOKEN)
  )
}

/** What refuses an order for who sends it, where, and as what. */
export function refuseTrading(
  state: ExchangeState,
  user: User,
  symbol: TradingSymbol,
  { wallet, selfTradePrevention, icebergLots, lots }: PlaceOrder,
): Refusal | null {
  if (wallet !== 'SPOT') {
    if (!symbol.margin) return { reason: 'symbol_not_margin', symbol: symbol.symbol }
    const refusal =
      wallet === 'CROSS_MARGIN'
        ? refuseCross(state, user)
        : refuseIsolated(state, user, symbol.index)
    if (refusal !== null) return refusal
  }
  if (!symbol.orderRules.selfTradePrevention.allowed.includes(selfTradePrevention)) {
    return { reason: 'self_trade_prevention', mode: selfTradePrevention }
  }
  return icebergLots > lots ? { reason: 'iceberg_exceeds_quantity' } : null
}

/** Rule T25. */
export function refuseClientOrderId(
  state: ExchangeState,
  account: AccountId,
  { clientOrderId }: PlaceOrder,
): Refusal | null {
  const orderId =
    state.orders.byClientId(account, clientOrderId)?.id ??
    state.recentClientIds.find(account, clientOrderId)
  return orderId === null ? null : { reason: 'client_order_id_duplicate', orderId }
}

/** Rule T20. */
export function refuseClosed(
  state: ExchangeState,
  symbol: TradingSymbol,
  { orderType, timeInForce, side, price }: PlaceOrder,
): Refusal | null {
  const market = marketOf(state, symbol.index)
  if (market.state === 'TRADING') return null
  const rests =
    waitsForPrice(orderType) ||
    orderType === 'LIMIT_MAKER' ||
    (orderType === 'LIMIT' &&
      timeInForce === 'GTC' &&
      !bookOf(state, symbol.index).crosses(side, price))
  if (market.state === 'POST_ONLY' && rests) return null
  return { reason: 'market_closed', symbol: symbol.symbol, state: market.state }
}

/** A margin order at market without an index to measure it by would be a blank cheque to the book (rule X3). */
function refuseMarketBlind(
  state: ExchangeState,
  symbol: TradingSymbol,
  place: PlaceOrder,
): Refusal | null {
  if (place.orderType !== 'MARKET' || place.wallet === 'SPOT') return null
  return refuseStale(state, symbol.base) ?? refuseStale(state, symbol.quote)
}

/** Rule T4. */
export function refuseTaking(
  state: ExchangeState,
  symbol: TradingSymbol,
  { orderType, side, price }: PlaceOrder,
): Refusal | null {
  if (orderType !== 'LIMIT_MAKER') return null
  return bookOf(state, symbol.index).crosses(side, price) ? { reason: 'would_take' } : null
}

/** A sale at market is of lots that are known: it is not begun when they are not there and will not be borrowed. */
function refuseOversold(
  state: ExchangeState,
  user: User,
  symbol: TradingSymbol,
  place: PlaceOrder,
): Refusal | null {
  const { orderType, side, lots, wallet, sideEffect } = place
  if (orderType !== 'MARKET' || side === 'BUY') return null
  if (wallet !== 'SPOT' && borrowsAutomatically(sideEffect)) return null
  const need = baseOf(symbol, lots)
  const have = state.ledger.free(accountOfOrder(user, place), symbol.base)
  if (have >= need) return null
  return { reason: 'balance_insufficient', asset: assetAt(state, symbol.base).code, have, need }
}

/** The last of the decision: price conditions, what the book would do, funds, and on margin the account's rules. */
export function decide(
  state: ExchangeState,
  user: User,
  place: PlaceOrder,
  spoken: Spoken,
  mayTrigger = false,
): OrderPlan | Refusal {
  const symbol = symbolAt(state, place.symbol)
  const book = bookOf(state, symbol.index)
  const refusal = refuseTaking(state, symbol, place) ?? refuseOversold(state, user, symbol, place)
  if (refusal !== null) return refusal
  if (waitsForPrice(place.orderType)) {
    if (!mayTrigger && wouldTrigger(state, symbol, place)) return { reason: 'would_trigger' }
    const reserved = reservedFunds(state, symbol, place)
    return fund(state, user, place, nothingTrades(0 as Lots, null), reserved, { spoken })
  }
  const matched = match(state, { user, symbol, book, place, range: null, quoteBudget: null })
  return fund(state, user, place, matched, neededFunds(symbol, place, matched), { spoken })
}

/**
 * As `decide`, for an order whose price or turn has come (rules T11, T13): `place` is the limit or market order it
 * stands for, and what it has locked is its own to use.
 */
export function planActivation(
  state: ExchangeState,
  user: User,
  order: Order,
  place: PlaceOrder,
): OrderPlan | Refusal {
  const symbol = symbolAt(state, place.symbol)
  const book = bookOf(state, symbol.index)
  const { locked: held, borrowed: lent } = order
  const refusal =
    refuseTaking(state, symbol, place) ??
    refuseMarketBlind(state, symbol, place) ??
    (held === 0n ? refuseOversold(state, user, symbol, place) : null)
  if (refusal !== null) return refusal
  if (waitsForPrice(place.orderType)) {
    const reserved = reservedFunds(state, symbol, place)
    return fund(state, user, place, nothingTrades(0 as Lots, null), reserved, { held, lent })
  }
  const request = { user, symbol, book, place, range: null, quoteBudget: null }
  const matched = match(state, request)
  const need = neededFunds(symbol, place, matched)
  const gives = place.side === 'BUY' ? symbol.quote : symbol.base
  const have = (state.ledger.free(order.accountId, gives) + held) as Amount
  const mayBorrow = order.stage === 'PENDING' && borrowsAutomatically(place.sideEffect)
  if (place.orderType !== 'MARKET' || place.side === 'SELL' || need <= have || mayBorrow) {
    return fund(state, user, place, matched, need, { held, lent })
  }
  // It was promised no more than its lock and what is free then pay for.
  if (have === 0n)
    return { reason: 'balance_insufficient', asset: assetAt(state, gives).code, have, need }
  const affordable = match(state, { ...request, quoteBudget: have })
  return fund(state, user, place, affordable, neededFunds(symbol, place, affordable), {
    held,
    lent,
  })
}

/** Whether a stop order's condition holds already (rule T8). */
export function wouldTrigger(
  state: ExchangeState,
  symbol: TradingSymbol,
  { orderType, side, stopPrice }: PlaceOrder,
): boolean {
  if (stopPrice === 0) return false
  const now = triggerPrice(state, symbol, venueOf(state).policy.trading.stopTrigger)
  if (now === null) return false
  return stopCondition(orderType, side) === 'RISE' ? now.low >= stopPrice : now.high <= stopPrice
}

interface Funds {
  readonly spoken?: Spoken
  /** What an activated order has locked and borrowed already. */
  readonly held?: Amount
  readonly lent?: Amount
}

/** Finds what the order needs: from its lock, from what is free, or by a loan. */
function fund(
  state: ExchangeState,
  user: User,
  place: PlaceOrder,
  matched: Matched,
  wholeNeed: Amount,
  { spoken = NOTHING_SPOKEN, held = ZERO, lent = ZERO }: Funds,
): OrderPlan | Refusal {
  const symbol = symbolAt(state, place.symbol)
  const account = accountOfOrder(user, place)
  const gives = assetAt(state, place.side === 'BUY' ? symbol.quote : symbol.base)
  const receives = assetAt(state, place.side === 'BUY' ? symbol.base : symbol.quote)
  const free = state.ledger.free(account, gives.index)
  const alone = spoken === NOTHING_SPOKEN
  const need = alone ? wholeNeed : (maxBigint(wholeNeed - spoken.shared, 0n) as Amount)
  const have = alone ? free : (maxBigint(free - spoken.free, 0n) as Amount)
  const shortfall = need <= have ? ZERO : (maxBigint(need - held - have, 0n) as Amount)
  if (shortfall > 0n && (place.wallet === 'SPOT' || !borrowsAutomatically(place.sideEffect))) {
    return { reason: 'balance_insufficient', asset: gives.code, have, need }
  }
  const plan: OrderPlan = {
    place,
    user,
    account,
    symbol,
    book: bookOf(state, symbol.index),
    gives,
    receives,
    need,
    held,
    borrow: shortfall,
    lent: shortfall === 0n ? lent : ((lent + shortfall) as Amount),
    waits: waitsForPrice(place.orderType),
    // Written out: spreading costs several times as much, on the hottest path there is.
    sweep: matched.sweep,
    fills: matched.fills,
    preventions: matched.preventions,
    unfit: matched.unfit,
    restLots: matched.restLots,
    ends: matched.ends,
  }
  return (place.wallet === 'SPOT' ? null : refuseOnMargin(state, plan, spoken.borrow)) ?? plan
}

/** What must be free: a limit order's whole amount at its limit, a market order's cost as the book stands. */
function neededFunds(
  symbol: TradingSymbol,
  place: PlaceOrder,
  { fills, preventions }: Matched,
): Amount {
  if (place.orderType !== 'MARKET') return limitFunds(symbol, place.side, place.price, place.lots)
  let need = 0n
  for (const fill of fills) need += place.side === 'BUY' ? fill.quote : fill.base
  for (const { transferred } of preventions) {
    if (transferred !== null) need += place.side === 'BUY' ? transferred.quote : transferred.base
  }
  return need as Amount
}

/** What `lots` at a limit hold locked. */
export function limitFunds(
  symbol: TradingSymbol,
  side: 'BUY' | 'SELL',
  price: Ticks,
  lots: Lots,
): Amount {
  return side === 'BUY' ? notionalOf(symbol, price, lots) : baseOf(symbol, lots)
}

/**
 * What a waiting order holds locked: as the limit order it stands for, or for a purchase at market its quantity at its
 * stop price, without one at the price of the moment (rule T11).
 */
function reservedFunds(state: ExchangeState, symbol: TradingSymbol, place: PlaceOrder): Amount {
  const { orderType, side, price, stopPrice, lots } = place
  if (!isAtMarket(orderType)) return limitFunds(symbol, side, price, lots)
  const reserve = reservePriceOf(state, symbol, place)
  if (reserve === 0n) return limitFunds(symbol, side, stopPrice, lots)
  return divCeil(baseOf(symbol, lots) * reserve, AMOUNT_SCALE) as Amount
}

/** What a waiting purchase at market without a stop price reserves at: the last trade, or before any the reference. */
export function reservePriceOf(
  state: ExchangeState,
  symbol: TradingSymbol,
  { orderType, side, stopPrice }: PlaceOrder,
): Amount {
  if (side === 'SELL' || stopPrice > 0 || orderType === 'MARKET' || !isAtMarket(orderType)) {
    return ZERO
  }
  const { lastTrade } = marketOf(state, symbol.index)
  if (lastTrade !== null) return (BigInt(lastTrade) * symbol.tickSize) as Amount
  return referencePrice(state, symbol) ?? ZERO
}
