import { present } from '../core/assert.ts'
import { ORDER_TYPES, SELF_TRADE_PREVENTIONS } from '../core/domain/order.ts'
import { baseOf, type TradingSymbol, type Venue } from '../core/domain/venue.ts'
import type { Lots } from '../core/money/price.ts'
import { amountText, lotsText, priceText, rateShort } from './number-text.ts'
import { DEFAULT_SELF_TRADE_PREVENTION } from './place-order.ts'

const PRECISION = 8
/** Binance's figure; also the window of `avgPrice`. */
export const AVERAGE_PRICE_MINUTES = 5

export interface RateLimitRow {
  readonly rateLimitType: 'REQUEST_WEIGHT' | 'ORDERS' | 'RAW_REQUESTS'
  readonly interval: 'SECOND' | 'MINUTE' | 'DAY'
  readonly intervalNum: number
  readonly limit: number
}

/** GET exchangeInfo for the chosen symbols. */
export function exchangeInfoBody(
  venue: Venue,
  symbols: readonly TradingSymbol[],
  timestampMs: number,
  rateLimits: readonly RateLimitRow[],
): object {
  return {
    timezone: 'UTC',
    serverTime: timestampMs,
    rateLimits,
    exchangeFilters: [],
    symbols: symbols.map((symbol) => symbolBody(symbol, venue)),
  }
}

/** What a symbol may be traded in. */
export function permissionsOf(symbol: TradingSymbol): readonly string[] {
  return symbol.margin ? ['SPOT', 'MARGIN'] : ['SPOT']
}

function symbolBody(symbol: TradingSymbol, venue: Venue): object {
  return {
    symbol: symbol.symbol,
    status: 'TRADING',
    baseAsset: present(venue.assets[symbol.base], 'a base asset is the venue’s').code,
    baseAssetPrecision: PRECISION,
    quoteAsset: present(venue.assets[symbol.quote], 'a quote asset is the venue’s').code,
    quotePrecision: PRECISION,
    quoteAssetPrecision: PRECISION,
    baseCommissionPrecision: PRECISION,
    quoteCommissionPrecision: PRECISION,
    orderTypes: [...ORDER_TYPES],
    icebergAllowed: false,
    ocoAllowed: false,
    otoAllowed: false,
    opoAllowed: false,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: true,
    amendAllowed: false,
    pegInstructionsAllowed: false,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: symbol.margin,
    filters: filtersOf(symbol),
    permissions: [],
    permissionSets: [permissionsOf(symbol)],
    defaultSelfTradePreventionMode: DEFAULT_SELF_TRADE_PREVENTION,
    allowedSelfTradePreventionModes: [...SELF_TRADE_PREVENTIONS],
  }
}

function filtersOf(symbol: TradingSymbol): object[] {
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
    { filterType: 'ICEBERG_PARTS', limit: 0 },
    {
      filterType: 'MARKET_LOT_SIZE',
      minQty: amountText(0n),
      maxQty: lotsText(symbol, symbol.marketMaximumLots),
      stepSize: amountText(baseOf(symbol, 1 as Lots)),
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
      applyMaxToMarket: false,
      avgPriceMins: AVERAGE_PRICE_MINUTES,
    },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: symbol.maximumOpenOrders },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: 0 },
  ]
}
