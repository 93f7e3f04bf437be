import { present } from '../core/assert.ts'
import { baseOf, type TradingSymbol, type Venue } from '../core/domain/venue.ts'
import type { Lots } from '../core/money/price.ts'
import { amountText, lotsText, priceText, rateShort } from './number-text.ts'

/** Binance's figure; also the window of `avgPrice`. */
export const AVERAGE_PRICE_MINUTES = 5

/** What every order on a symbol has to keep to. */
export function symbolFilters(symbol: TradingSymbol): object[] {
  return [...valueFilters(symbol), ...countFilters(symbol)]
}

function valueFilters(symbol: TradingSymbol): object[] {
  const { trailingDelta, maximumIcebergParts } = symbol.orderRules
  return [
    {
      filterType: 'PRICE_FILTER',
      minPrice: priceText(symbol, symbol.minimumPrice),
      maxPrice: priceText(symbol, symbol.maximumPrice),
      tickSize: amountText(symbol.tickSize),
    },
    {
      filterType: 'LOT_SIZE',
      minQty: lotsText(symbol, symbol.minimumLots),
      maxQty: lotsText(symbol, symbol.maximumLots),
      stepSize: amountText(symbol.stepSize),
    },
    { filterType: 'ICEBERG_PARTS', limit: maximumIcebergParts },
    {
      filterType: 'MARKET_LOT_SIZE',
      minQty: amountText(0n),
      maxQty: lotsText(symbol, symbol.marketMaximumLots),
      stepSize: amountText(baseOf(symbol, 1 as Lots)),
    },
    {
      filterType: 'TRAILING_DELTA',
      minTrailingAboveDelta: trailingDelta.aboveMinimum,
      maxTrailingAboveDelta: trailingDelta.aboveMaximum,
      minTrailingBelowDelta: trailingDelta.belowMinimum,
      maxTrailingBelowDelta: trailingDelta.belowMaximum,
    },
    {
      filterType: 'PERCENT_PRICE_BY_SIDE',
      bidMultiplierUp: rateShort(symbol.percentPrice.bidUp),
      bidMultiplierDown: rateShort(symbol.percentPrice.bidDown),
      askMultiplierUp: rateShort(symbol.percentPrice.askUp),
      askMultiplierDown: rateShort(symbol.percentPrice.askDown),
      avgPriceMins: AVERAGE_PRICE_MINUTES,
    },
    {
      filterType: 'NOTIONAL',
      minNotional: amountText(symbol.minimumNotional),
      applyMinToMarket: true,
      maxNotional: amountText(symbol.maximumNotional),
      applyMaxToMarket: true,
      avgPriceMins: AVERAGE_PRICE_MINUTES,
    },
  ]
}

function countFilters({ maximumOpenOrders, orderRules }: TradingSymbol): object[] {
  const { maximumPosition } = orderRules
  return [
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: maximumOpenOrders },
    { filterType: 'MAX_NUM_ORDER_LISTS', maxNumOrderLists: orderRules.maximumOrderLists },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: orderRules.maximumAlgoOrders },
    { filterType: 'MAX_NUM_ICEBERG_ORDERS', maxNumIcebergOrders: orderRules.maximumIcebergOrders },
    { filterType: 'MAX_NUM_ORDER_AMENDS', maxNumOrderAmends: orderRules.maximumAmendments },
    ...(maximumPosition === null
      ? []
      : [{ filterType: 'MAX_POSITION', maxPosition: amountText(maximumPosition) }]),
  ]
}

/** What all of an account's orders together have to keep to. */
export function exchangeFilters({ policy: { trading } }: Venue): object[] {
  return [
    { filterType: 'EXCHANGE_MAX_NUM_ORDERS', maxNumOrders: trading.maximumOrders },
    { filterType: 'EXCHANGE_MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: trading.maximumAlgoOrders },
    {
      filterType: 'EXCHANGE_MAX_NUM_ICEBERG_ORDERS',
      maxNumIcebergOrders: trading.maximumIcebergOrders,
    },
    { filterType: 'EXCHANGE_MAX_NUM_ORDER_LISTS', maxNumOrderLists: trading.maximumOrderLists },
  ]
}

/** GET myFilters. Filters on an asset are nowhere else to be read. */
export function myFiltersBody(symbol: TradingSymbol, venue: Venue): object {
  const assets = [symbol.base, symbol.quote].map((index) =>
    present(venue.assets[index], 'a symbol’s assets are the venue’s'),
  )
  return {
    exchangeFilters: exchangeFilters(venue),
    symbolFilters: symbolFilters(symbol),
    assetFilters: assets.flatMap(({ code, maximumPerOrder }) =>
      maximumPerOrder === null
        ? []
        : [{ filterType: 'MAX_ASSET', asset: code, limit: amountText(maximumPerOrder) }],
    ),
  }
}
