import type { PlaceOrder } from '../domain/command.ts'
import type { OrderId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import { baseOf, notionalOf } from '../domain/venue.ts'
import type { OrderBook, Sweep } from '../matching/order-book.ts'
import type { Amount } from '../money/amount.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { unfitMakers } from './maker-check.ts'
import type { Matched, PlannedEnd, PlannedFill, PlannedPrevention } from './order-plan.ts'
import type { ExchangeState, User } from './state.ts'
import { tradeGroupOf } from './state.ts'
import type { TradeRange } from './trade-range.ts'
import { causeAt, isOutside, tradeRangeOf, UNBOUNDED } from './trade-range.ts'

const NO_FILLS: readonly PlannedFill[] = []
const NO_PREVENTIONS: readonly PlannedPrevention[] = []
const NO_ORDERS: readonly Order[] = []

const UNFILLED: PlannedEnd = { status: 'EXPIRED', cause: 'unfilled' }
const SELF_TRADE: PlannedEnd = { status: 'EXPIRED_IN_MATCH', cause: 'self_trade' }

/** What is left of an order that does not meet the book: `restLots` rest, or it ends. */
export function nothingTrades(restLots: Lots, ends: PlannedEnd | null): Matched {
  return {
    sweep: null,
    fills: NO_FILLS,
    preventions: NO_PREVENTIONS,
    unfit: NO_ORDERS,
    restLots,
    ends,
  }
}

export interface MatchRequest {
  readonly user: User
  readonly symbol: TradingSymbol
  readonly book: OrderBook
  readonly place: PlaceOrder
  /** At which prices it may trade; null: as the symbol has it (rules T18, T19). */
  readonly range: TradeRange | null
  /** Spends this instead of taking lots; null: by the order's own terms. */
  readonly quoteBudget: Amount | null
}

/** What the book would do with the order now. Changes nothing. */
export function match(state: ExchangeState, request: MatchRequest): Matched {
  const { book, place } = request
  const market = place.orderType === 'MARKET'
  const immediate = market || place.timeInForce !== 'GTC'
  if (!market && !book.crosses(place.side, place.price)) {
    return immediate ? nothingTrades(0 as Lots, UNFILLED) : nothingTrades(place.lots, null)
  }
  let excluded: Set<OrderId> | null = null
  for (;;) {
    const matched = matchPast(state, request, immediate, excluded)
    const unfit = unfitMakers(state, request.symbol, matched.fills)
    if (unfit === null) return matched
    excluded ??= new Set()
    for (const id of unfit) excluded.add(id)
  }
}

/** As `match`, past the resting orders that may not trade. */
function matchPast(
  state: ExchangeState,
  { user, symbol, book, place, range: given, quoteBudget }: MatchRequest,
  immediate: boolean,
  excluded: ReadonlySet<OrderId> | null,
): Matched {
  const { side } = place
  const range = given ?? tradeRangeOf(state, symbol, side)
  const limit = place.orderType === 'MARKET' ? null : place.price
  const best = book.best(side === 'BUY' ? 'SELL' : 'BUY')
  if (best !== null && isOutside(range, best)) {
    return nothingTrades(0 as Lots, { status: 'EXPIRED', cause: causeAt(range, best) })
  }
  const budget = quoteBudget ?? (place.lots > 0 ? null : place.quoteQuantity)
  const sweep = book.sweep({
    side,
    limit: tighterOf(side, limit, range),
    lots: budget === null ? place.lots : null,
    quoteBudget: budget,
    quotePerTickLot: symbol.quotePerTickLot,
    owner: tradeGroupOf(user),
    selfTradePrevention: place.selfTradePrevention,
    excluded,
  })
  if (place.timeInForce === 'FOK' && sweep.filledLots < place.lots) {
    return nothingTrades(0 as Lots, UNFILLED)
  }
  const left = place.lots > 0 ? place.lots - sweep.filledLots - sweep.preventedLots : 0
  const ends = endOf(sweep, { place, left, immediate, range, symbol, budget })
  return {
    sweep,
    fills: fillsOf(state, symbol, sweep),
    preventions:
      sweep.preventedCount === 0 ? NO_PREVENTIONS : preventionsOf(state, symbol, sweep, place),
    unfit:
      sweep.passedOverIds.length === 0
        ? NO_ORDERS
        : sweep.passedOverIds.map((id) => state.orders.get(id)),
    restLots: (ends === null ? left : 0) as Lots,
    ends,
  }
}

/** The order's own limit or the range's end, whichever allows less; null: any price. */
function tighterOf(side: 'BUY' | 'SELL', limit: Ticks | null, range: TradeRange): Ticks | null {
  if (range === UNBOUNDED) return limit
  const end = side === 'BUY' ? range.highest : range.lowest
  if (limit === null) return end
  return side === 'BUY' ? (Math.min(limit, end) as Ticks) : (Math.max(limit, end) as Ticks)
}

interface Remainder {
  readonly place: PlaceOrder
  readonly left: number
  readonly immediate: boolean
  readonly range: TradeRange
  readonly symbol: TradingSymbol
  readonly budget: bigint | null
}

function endOf(
  sweep: Sweep,
  { place, left, immediate, range, symbol, budget }: Remainder,
): PlannedEnd | null {
  if (sweep.takerExpired) return SELF_TRADE
  const { nextPrice } = sweep
  const wants = place.lots > 0 ? left > 0 : nextPrice !== null || isShort(sweep, budget, symbol)
  // An order by quote quantity whose last step was prevented has nothing left to trade with.
  if (!wants) return place.lots === 0 && endsPrevented(sweep) ? SELF_TRADE : null
  if (nextPrice !== null && isWithinLimit(place, nextPrice) && isOutside(range, nextPrice)) {
    return { status: 'EXPIRED', cause: causeAt(range, nextPrice) }
  }
  return immediate || budget !== null ? UNFILLED : null
}

/** Whether the last that the order met was one of its own. */
function endsPrevented({ count, preventedCount, preventedAfter }: Sweep): boolean {
  return preventedCount > 0 && preventedAfter[preventedCount - 1] === count
}

/** Whether the book ran out before the budget did: another lot at the last price it met could have been paid for. */
function isShort(sweep: Sweep, budget: bigint | null, { quotePerTickLot }: TradingSymbol): boolean {
  const { count, price, lots, preventedCount } = sweep
  if (count + preventedCount === 0 || budget === null) return true
  let left = budget
  for (let index = 0; index < count; index += 1) {
    left -= BigInt(price[index] as number) * BigInt(lots[index] as number) * quotePerTickLot
  }
  for (let index = 0; index < sweep.preventedCount; index += 1) {
    const lost = BigInt(sweep.preventedTakerLots[index] as number) * quotePerTickLot
    left -= BigInt(sweep.preventedPrice[index] as number) * lost
  }
  const last = endsPrevented(sweep)
    ? (sweep.preventedPrice[preventedCount - 1] as number)
    : (price[count - 1] as number)
  return left >= BigInt(last) * quotePerTickLot
}

function isWithinLimit({ orderType, side, price }: PlaceOrder, at: Ticks): boolean {
  return orderType === 'MARKET' || (side === 'BUY' ? at <= price : at >= price)
}

function fillsOf(
  state: ExchangeState,
  symbol: TradingSymbol,
  sweep: Sweep,
): readonly PlannedFill[] {
  const { count } = sweep
  if (count === 0) return NO_FILLS
  const fills: PlannedFill[] = []
  for (let index = 0; index < count; index += 1) {
    const price = sweep.price[index] as Ticks
    const lots = sweep.lots[index] as Lots
    fills.push({
      maker: state.orders.get(sweep.makerId[index] as OrderId),
      price,
      lots,
      base: baseOf(symbol, lots),
      quote: notionalOf(symbol, price, lots),
      replenishedLots: sweep.replenished[index] as Lots,
    })
  }
  return fills
}

function preventionsOf(
  state: ExchangeState,
  symbol: TradingSymbol,
  sweep: Sweep,
  place: PlaceOrder,
): readonly PlannedPrevention[] {
  return Array.from({ length: sweep.preventedCount }, (_, index) => {
    const maker = state.orders.get(sweep.preventedMakerId[index] as OrderId)
    const price = sweep.preventedPrice[index] as Ticks
    const takerLots = sweep.preventedTakerLots[index] as Lots
    return {
      maker,
      price,
      takerLots,
      makerLots: sweep.preventedMakerLots[index] as Lots,
      after: sweep.preventedAfter[index] as number,
      transferred: isTransferred(place, maker)
        ? { base: baseOf(symbol, takerLots), quote: notionalOf(symbol, price, takerLots) }
        : null,
    }
  })
}

/** Both ask for it, and there are two accounts to move between. Between margin accounts it would move debts' collateral. */
function isTransferred(place: PlaceOrder, maker: Order): boolean {
  return (
    place.selfTradePrevention === 'TRANSFER' &&
    maker.selfTradePrevention === 'TRANSFER' &&
    place.wallet === 'SPOT' &&
    maker.wallet === 'SPOT' &&
    maker.userId !== place.userId
  )
}
