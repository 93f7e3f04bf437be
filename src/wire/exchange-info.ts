import { present } from '../core/assert.ts'
import { ORDER_TYPES } from '../core/domain/order.ts'
import type { SymbolStateAnswer } from '../core/domain/question.ts'
import type { SymbolState, TradingSymbol, Venue } from '../core/domain/venue.ts'
import { exchangeFilters, symbolFilters } from './filter-rows.ts'
import { rateShort } from './number-text.ts'

const PRECISION = 8

export interface RateLimitRow {
  readonly rateLimitType: 'REQUEST_WEIGHT' | 'ORDERS' | 'RAW_REQUESTS'
  readonly interval: 'SECOND' | 'MINUTE' | 'DAY'
  readonly intervalNum: number
  readonly limit: number
}

/** What a symbol takes, in Binance's words. Clients stop placing orders on what is not TRADING. */
const SYMBOL_STATUSES: Readonly<Record<SymbolState, SymbolStatus>> = {
  TRADING: 'TRADING',
  POST_ONLY: 'BREAK',
  CANCEL_ONLY: 'CANCEL_ONLY',
  HALTED: 'HALT',
}

export const SYMBOL_STATUS_NAMES = ['TRADING', 'HALT', 'BREAK', 'CANCEL_ONLY'] as const
export type SymbolStatus = (typeof SYMBOL_STATUS_NAMES)[number]

/** `states` by symbol index. */
export function statusOf(
  symbol: TradingSymbol,
  states: readonly SymbolStateAnswer[],
): SymbolStatus {
  return SYMBOL_STATUSES[present(states[symbol.index], 'each symbol has a state').state]
}

/** What exchangeInfo tells of the moment. */
export interface ExchangeMoment {
  readonly timestampMs: number
  readonly rateLimits: readonly RateLimitRow[]
  /** By symbol index. */
  readonly states: readonly SymbolStateAnswer[]
}

/** GET exchangeInfo for the chosen symbols. */
export function exchangeInfoBody(
  venue: Venue,
  symbols: readonly TradingSymbol[],
  { timestampMs, rateLimits, states }: ExchangeMoment,
): object {
  return {
    timezone: 'UTC',
    serverTime: timestampMs,
    rateLimits,
    exchangeFilters: exchangeFilters(venue),
    symbols: symbols.map((symbol) => symbolBody(symbol, venue, statusOf(symbol, states))),
  }
}

/** What a symbol may be traded in. */
export function permissionsOf(symbol: TradingSymbol): readonly string[] {
  return symbol.margin ? ['SPOT', 'MARGIN'] : ['SPOT']
}

function symbolBody(symbol: TradingSymbol, venue: Venue, status: SymbolStatus): object {
  const { selfTradePrevention } = symbol.orderRules
  return {
    symbol: symbol.symbol,
    status,
    baseAsset: present(venue.assets[symbol.base], 'a base asset is the venue’s').code,
    baseAssetPrecision: PRECISION,
    quoteAsset: present(venue.assets[symbol.quote], 'a quote asset is the venue’s').code,
    quotePrecision: PRECISION,
    quoteAssetPrecision: PRECISION,
    baseCommissionPrecision: PRECISION,
    quoteCommissionPrecision: PRECISION,
    orderTypes: [...ORDER_TYPES],
    icebergAllowed: true,
    ocoAllowed: true,
    otoAllowed: true,
    opoAllowed: false,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: true,
    cancelReplaceAllowed: true,
    amendAllowed: true,
    pegInstructionsAllowed: false,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: symbol.margin,
    filters: symbolFilters(symbol),
    permissions: [],
    permissionSets: [permissionsOf(symbol)],
    defaultSelfTradePreventionMode: selfTradePrevention.default,
    allowedSelfTradePreventionModes: [...selfTradePrevention.allowed],
  }
}

/** GET executionRules: between which multiples of the reference price each symbol trades (rule T18). */
export function executionRulesBody(symbols: readonly TradingSymbol[]): object {
  return {
    symbolRules: symbols.map(({ symbol, orderRules: { executionBand } }) => ({
      symbol,
      rules:
        executionBand === null
          ? []
          : [
              {
                ruleType: 'PRICE_RANGE',
                bidLimitMultUp: rateShort(executionBand.bidUp),
                bidLimitMultDown: rateShort(executionBand.bidDown),
                askLimitMultUp: rateShort(executionBand.askUp),
                askLimitMultDown: rateShort(executionBand.askDown),
              },
            ],
    })),
  }
}
