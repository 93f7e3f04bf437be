import type { PlaceOrder } from '../domain/command.ts'
import type { AccountId } from '../domain/ids.ts'
import { isAtMarket, stopCondition, waitsForPrice } from '../domain/order.ts'
import type { FilterName, Refusal } from '../domain/rejection.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import { baseOf, notionalOf } from '../domain/venue.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_SCALE } from '../money/amount.ts'
import type { Lots } from '../money/price.ts'
import { divCeil, divFloor } from '../money/rounding.ts'
import type { Counted } from './commitments.ts'
import { priceBoundsOf, referencePrice } from './reference-price.ts'
import type { ExchangeState } from './state.ts'
import { assetAt, venueOf } from './state.ts'

/** The first of the symbol's filters that the order fails, in the order Binance applies them (rule T26). */
export function refuseFilters(
  state: ExchangeState,
  symbol: TradingSymbol,
  account: AccountId,
  place: PlaceOrder,
): Refusal | null {
  const failed =
    failedPrice(state, symbol, place) ??
    failedLots(symbol, place) ??
    failedNotional(state, symbol, place) ??
    failedParts(symbol, place) ??
    failedTrailing(symbol, place) ??
    failedPosition(state, symbol, account, place)
  return failed === null ? null : { reason: 'filter', filter: failed }
}

/** Open orders at most: of the symbol, of the venue, and what an asset's order may move. */
export function refuseCounts(
  state: ExchangeState,
  symbol: TradingSymbol,
  account: AccountId,
  places: readonly PlaceOrder[],
): Refusal | null {
  const failed = failedCounts(state, symbol, account, places) ?? failedAssets(state, symbol, places)
  return failed === null ? null : { reason: 'filter', filter: failed }
}

function failedPrice(
  state: ExchangeState,
  symbol: TradingSymbol,
  { orderType, price, stopPrice, side }: PlaceOrder,
): FilterName | null {
  const { minimumPrice, maximumPrice } = symbol
  if (stopPrice > 0 && (stopPrice < minimumPrice || stopPrice > maximumPrice)) return 'PRICE_FILTER'
  if (isAtMarket(orderType)) return null
  if (price < minimumPrice || price > maximumPrice) return 'PRICE_FILTER'
  const percent = priceBoundsOf(state, symbol)?.percent
  if (percent === undefined) return null
  const { lowest, highest } = side === 'BUY' ? percent.bid : percent.ask
  return price < lowest || price > highest ? 'PERCENT_PRICE_BY_SIDE' : null
}

function failedLots(
  symbol: TradingSymbol,
  { orderType, lots, icebergLots, quoteQuantity }: PlaceOrder,
): FilterName | null {
  if (lots === 0 && quoteQuantity > 0n) return null
  const { minimumLots, maximumLots, marketMaximumLots } = symbol
  if (lots < minimumLots || lots > maximumLots) return 'LOT_SIZE'
  if (icebergLots > 0 && (icebergLots < minimumLots || icebergLots > maximumLots)) return 'LOT_SIZE'
  return orderType === 'MARKET' && lots > marketMaximumLots ? 'MARKET_LOT_SIZE' : null
}

function failedNotional(
  state: ExchangeState,
  symbol: TradingSymbol,
  place: PlaceOrder,
): FilterName | null {
  if (place.price > 0 && place.price * place.lots <= Number.MAX_SAFE_INTEGER) {
    const tickLots = place.price * place.lots
    const { minimumTickLots, maximumTickLots } = symbol
    return tickLots < minimumTickLots || tickLots > maximumTickLots ? 'NOTIONAL' : null
  }
  const notional = notionalAsked(state, symbol, place)
  if (notional === null) return null
  return notional < symbol.minimumNotional || notional > symbol.maximumNotional ? 'NOTIONAL' : null
}

function notionalAsked(
  state: ExchangeState,
  symbol: TradingSymbol,
  place: PlaceOrder,
): Amount | null {
  if (!isAtMarket(place.orderType)) return notionalOf(symbol, place.price, place.lots)
  if (place.quoteQuantity > 0n) return place.quoteQuantity
  const reference = referencePrice(state, symbol)
  return reference === null ? null : notionalAt(symbol, place.lots, reference)
}

function notionalAt(symbol: TradingSymbol, lots: Lots, price: Amount): Amount {
  return divFloor(BigInt(lots) * symbol.stepSize * price, AMOUNT_SCALE) as Amount
}

/** What the order asks for of the base asset; by quote quantity at the reference price, rounded up. */
function baseAsked(
  state: ExchangeState,
  symbol: TradingSymbol,
  { lots, quoteQuantity }: PlaceOrder,
): bigint {
  if (lots > 0) return baseOf(symbol, lots)
  const reference = referencePrice(state, symbol)
  return reference === null ? 0n : divCeil(quoteQuantity * AMOUNT_SCALE, reference)
}

function failedParts(
  { orderRules }: TradingSymbol,
  { lots, icebergLots }: PlaceOrder,
): FilterName | null {
  if (icebergLots === 0) return null
  return Math.ceil(lots / icebergLots) > orderRules.maximumIcebergParts ? 'ICEBERG_PARTS' : null
}

function failedTrailing(
  { orderRules }: TradingSymbol,
  { orderType, side, trailingBips }: PlaceOrder,
): FilterName | null {
  if (trailingBips === 0) return null
  const { aboveMinimum, aboveMaximum, belowMinimum, belowMaximum } = orderRules.trailingDelta
  const [minimum, maximum] =
    stopCondition(orderType, side) === 'RISE'
      ? [aboveMinimum, aboveMaximum]
      : [belowMinimum, belowMaximum]
  return trailingBips < minimum || trailingBips > maximum ? 'TRAILING_DELTA' : null
}

/** What is held of the base asset, what is bid for and this order together. */
function failedPosition(
  state: ExchangeState,
  symbol: TradingSymbol,
  account: AccountId,
  place: PlaceOrder,
): FilterName | null {
  const { maximumPosition } = symbol.orderRules
  if (maximumPosition === null || place.side === 'SELL') return null
  const { commitments } = state.orders
  const record = commitments.find(account, symbol.index)
  const bids = commitments.lots(record, 'BUY') + commitments.waitingLots(record, 'BUY')
  const resting = baseOf(symbol, bids as Lots)
  const bid = resting + baseAsked(state, symbol, place)
  return state.ledger.held(account, symbol.base) + bid > maximumPosition ? 'MAX_POSITION' : null
}

function failedCounts(
  state: ExchangeState,
  symbol: TradingSymbol,
  account: AccountId,
  places: readonly PlaceOrder[],
): FilterName | null {
  const { orders, lists } = state
  const { commitments } = orders
  const open = commitments.find(account, symbol.index)
  const { maximumOpenOrders, orderRules } = symbol
  const { trading } = venueOf(state).policy
  let algo = 0
  let iceberg = 0
  for (const { orderType, icebergLots } of places) {
    if (waitsForPrice(orderType)) algo += 1
    if (icebergLots > 0) iceberg += 1
  }
  const all = places.length
  const list = all > 1 ? 1 : 0
  if (commitments.countOf(open, 'orders') + all > maximumOpenOrders) return 'MAX_NUM_ORDERS'
  if (algo > 0 && commitments.countOf(open, 'algoOrders') + algo > orderRules.maximumAlgoOrders)
    return 'MAX_NUM_ALGO_ORDERS'
  if (
    iceberg > 0 &&
    commitments.countOf(open, 'icebergOrders') + iceberg > orderRules.maximumIcebergOrders
  )
    return 'MAX_NUM_ICEBERG_ORDERS'
  if (list > 0 && lists.countIn(account, symbol.index) + list > orderRules.maximumOrderLists)
    return 'MAX_NUM_ORDER_LISTS'
  if (orders.countOf(account) + all > trading.maximumOrders) return 'EXCHANGE_MAX_NUM_ORDERS'
  if (algo > 0 && sumOf(state, account, 'algoOrders') + algo > trading.maximumAlgoOrders)
    return 'EXCHANGE_MAX_NUM_ALGO_ORDERS'
  if (
    iceberg > 0 &&
    sumOf(state, account, 'icebergOrders') + iceberg > trading.maximumIcebergOrders
  )
    return 'EXCHANGE_MAX_NUM_ICEBERG_ORDERS'
  return list > 0 && lists.countOf(account) + list > trading.maximumOrderLists
    ? 'EXCHANGE_MAX_NUM_ORDER_LISTS'
    : null
}

function sumOf({ orders }: ExchangeState, account: AccountId, counted: Counted): number {
  const { commitments } = orders
  let sum = 0
  let record = commitments.first(account)
  for (; record >= 0; record = commitments.next(record)) sum += commitments.countOf(record, counted)
  return sum
}

function failedAssets(
  state: ExchangeState,
  symbol: TradingSymbol,
  places: readonly PlaceOrder[],
): FilterName | null {
  const base = assetAt(state, symbol.base).maximumPerOrder
  const quote = assetAt(state, symbol.quote).maximumPerOrder
  if (base === null && quote === null) return null
  for (const place of places) {
    if (base !== null && baseAsked(state, symbol, place) > base) return 'MAX_ASSET'
    if (quote !== null && (notionalAsked(state, symbol, place) ?? 0n) > quote) return 'MAX_ASSET'
  }
  return null
}
