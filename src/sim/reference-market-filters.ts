import { present } from '../core/assert.ts'
import type { PlaceOrder } from '../core/domain/command.ts'
import { stopCondition } from '../core/domain/order.ts'
import type { TradingSymbol } from '../core/domain/venue.ts'
import { AMOUNT_SCALE } from '../core/money/amount.ts'
import { divCeil } from '../core/money/rounding.ts'
import type { ModelOrder, ModelState, ModelSymbol } from './reference-market-state.ts'
import {
  costOf,
  isStop,
  partnerOf,
  referencePrice,
  remainingOf,
  symbolOf,
  userOf,
  worthOf,
} from './reference-market-state.ts'
import { isInside } from './reference-market-walk.ts'

type Failure = string | null

/** Rule T26: the first filter that orders placed together fail, in Binance's order; null: none. */
export function failedFilter(
  state: ModelState,
  orders: readonly PlaceOrder[],
  isList: boolean,
): Failure {
  const first = present(orders[0], 'there is an order')
  const symbol = symbolOf(state, first.symbol)
  for (const order of orders) {
    const failure = ownFailure(state, symbol, order) ?? positionFailure(state, symbol, order)
    if (failure !== null) return failure
  }
  return (
    countFailure(state, orders, isList, first.symbol) ??
    countFailure(state, orders, isList, null) ??
    orders.map((order) => assetFailure(state, symbol, order)).find((failure) => failure !== null) ??
    null
  )
}

/** The filters that look at the order alone. */
function ownFailure(state: ModelState, symbol: ModelSymbol, order: PlaceOrder): Failure {
  const { rules } = symbol
  if (!priceFits(rules, order.price) || !priceFits(rules, order.stopPrice)) return 'PRICE_FILTER'
  const reference = order.price > 0 ? referencePrice(state, symbol) : null
  if (reference !== null && !isInside(rules.percentPrice, order.side, reference, order.price)) {
    return 'PERCENT_PRICE_BY_SIDE'
  }
  if (order.quoteQuantity === 0n && !lotsFit(rules, order.lots)) return 'LOT_SIZE'
  if (order.icebergLots > 0 && !lotsFit(rules, order.icebergLots)) return 'LOT_SIZE'
  if (order.orderType === 'MARKET' && order.lots > rules.marketMaximumLots) {
    return 'MARKET_LOT_SIZE'
  }
  const notional = notionalOf(state, symbol, order)
  const fits = notional >= rules.minimumNotional && notional <= rules.maximumNotional
  if (notional > 0n && !fits) return 'NOTIONAL'
  if (order.icebergLots > 0) {
    const parts = Math.ceil(order.lots / order.icebergLots)
    if (parts > rules.orderRules.maximumIcebergParts) return 'ICEBERG_PARTS'
  }
  return order.trailingBips > 0 && !deltaFits(rules, order) ? 'TRAILING_DELTA' : null
}

/** 0: the order has no such price. */
function priceFits({ minimumPrice, maximumPrice }: TradingSymbol, price: number): boolean {
  return price === 0 || (price >= minimumPrice && price <= maximumPrice)
}

function lotsFit({ minimumLots, maximumLots }: TradingSymbol, lots: number): boolean {
  return lots >= minimumLots && lots <= maximumLots
}

/** What a lowered quantity must still reach (rule T16). */
export function failedByLess({ place }: ModelOrder, symbol: ModelSymbol, lots: number): Failure {
  if (lots < symbol.rules.minimumLots) return 'LOT_SIZE'
  const tooCheap = worthOf(symbol, place.price, lots) < symbol.rules.minimumNotional
  return place.price > 0 && tooCheap ? 'NOTIONAL' : null
}

function deltaFits({ orderRules }: TradingSymbol, order: PlaceOrder): boolean {
  const { aboveMinimum, aboveMaximum, belowMinimum, belowMaximum } = orderRules.trailingDelta
  const bips = order.trailingBips
  return stopCondition(order.orderType, order.side) === 'RISE'
    ? bips >= aboveMinimum && bips <= aboveMaximum
    : bips >= belowMinimum && bips <= belowMaximum
}

/** What the account holds of the base asset and has bid for, a pair once, with this order. */
function positionFailure(state: ModelState, symbol: ModelSymbol, order: PlaceOrder): Failure {
  const { rules } = symbol
  const { maximumPosition } = rules.orderRules
  if (maximumPosition === null || order.side === 'SELL') return null
  const bid = state.open
    .filter(({ place }) => place.userId === order.userId && place.symbol === rules.index)
    .filter(({ place, stage }) => place.side === 'BUY' && stage !== 'PENDING')
    .filter((open) => {
      const partner = partnerOf(open)
      return partner === null || partner.ended || partner.number > open.number
    })
    .reduce((sum, open) => sum + remainingOf(open), 0)
  const held = present(userOf(state, order.userId).total[rules.base], 'an asset is known')
  const sum = held + BigInt(bid) * rules.stepSize + baseOf(state, symbol, order)
  return sum > maximumPosition ? 'MAX_POSITION' : null
}

/** How much of the base asset an order is for; one by quote quantity at the reference price, rounded up. */
function baseOf(state: ModelState, symbol: ModelSymbol, order: PlaceOrder): bigint {
  const { rules } = symbol
  if (order.quoteQuantity === 0n) return BigInt(order.lots) * rules.stepSize
  const price = referencePrice(state, symbol)
  if (price === null) return 0n
  return divCeil(order.quoteQuantity * AMOUNT_SCALE * price.under, price.over * rules.tickSize)
}

/** The filters that count open orders, of one symbol or (null) of the account. */
function countFailure(
  state: ModelState,
  orders: readonly PlaceOrder[],
  isList: boolean,
  symbol: PlaceOrder['symbol'] | null,
): Failure {
  const { userId } = present(orders[0], 'there is an order')
  const open = state.open.filter(
    ({ place }) => place.userId === userId && (symbol === null || place.symbol === symbol),
  )
  const all = [...open.map(({ place }) => place), ...orders]
  const lists = state.lists.filter(
    (list) => list.userId === userId && (symbol === null || list.symbol === symbol),
  )
  const limits = limitsOf(state, symbol)
  const added = (counts: (order: PlaceOrder) => boolean) => orders.some(counts)
  const count = (counts: (order: PlaceOrder) => boolean) => all.filter(counts).length
  const isAlgo = ({ orderType }: PlaceOrder) => isStop(orderType)
  const isIceberg = ({ icebergLots }: PlaceOrder) => icebergLots > 0
  const name = symbol === null ? 'EXCHANGE_MAX_NUM_' : 'MAX_NUM_'
  if (all.length > limits.orders) return `${name}ORDERS`
  if (added(isAlgo) && count(isAlgo) > limits.algo) return `${name}ALGO_ORDERS`
  if (added(isIceberg) && count(isIceberg) > limits.iceberg) return `${name}ICEBERG_ORDERS`
  return isList && lists.length + 1 > limits.lists ? `${name}ORDER_LISTS` : null
}

function limitsOf(state: ModelState, symbol: PlaceOrder['symbol'] | null) {
  if (symbol === null) {
    const { trading } = state.venue.policy
    return {
      orders: trading.maximumOrders,
      algo: trading.maximumAlgoOrders,
      iceberg: trading.maximumIcebergOrders,
      lists: trading.maximumOrderLists,
    }
  }
  const { maximumOpenOrders, orderRules } = symbolOf(state, symbol).rules
  return {
    orders: maximumOpenOrders,
    algo: orderRules.maximumAlgoOrders,
    iceberg: orderRules.maximumIcebergOrders,
    lists: orderRules.maximumOrderLists,
  }
}

/** MAX_ASSET: of the base asset the quantity counts, of the quote asset the notional. */
function assetFailure(state: ModelState, symbol: ModelSymbol, order: PlaceOrder): Failure {
  const { rules } = symbol
  const limitOf = (asset: number) => state.venue.assets[asset]?.maximumPerOrder ?? null
  const [base, quote] = [limitOf(rules.base), limitOf(rules.quote)]
  if (base !== null && baseOf(state, symbol, order) > base) return 'MAX_ASSET'
  return quote !== null && notionalOf(state, symbol, order) > quote ? 'MAX_ASSET' : null
}

/** An order at market is valued at the reference price. */
function notionalOf(state: ModelState, symbol: ModelSymbol, order: PlaceOrder): bigint {
  if (order.quoteQuantity > 0n) return order.quoteQuantity
  if (order.price > 0) return worthOf(symbol, order.price, order.lots)
  const price = referencePrice(state, symbol)
  return price === null ? 0n : costOf(symbol, price, order.lots)
}
