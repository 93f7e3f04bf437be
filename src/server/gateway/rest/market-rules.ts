import type { TradingSymbol } from '../../../core/domain/venue.ts'
import { AMOUNT_SCALE } from '../../../core/money/amount.ts'
import { divFloor } from '../../../core/money/rounding.ts'
import {
  exchangeInfoBody,
  executionRulesBody,
  permissionsOf,
  SYMBOL_STATUS_NAMES,
  statusOf,
} from '../../../wire/exchange-info.ts'
import { myFiltersBody } from '../../../wire/filter-rows.ts'
import { amountText, priceText } from '../../../wire/number-text.ts'
import type { Parameters } from '../../../wire/parameters.ts'
import { readSymbol } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import { type Call, type Endpoint, open, signed, type UserCall } from '../endpoint.ts'
import { rateLimitRows } from '../rate-limit-rows.ts'
import { chosenSymbols, parseNames } from './read-parameters.ts'

const RULES_WEIGHT_EACH = 2
const RULES_WEIGHT_MAX = 40

/** What may be traded, between which bounds, and in which state it is. */
export const marketRuleEndpoints: readonly Endpoint[] = [
  open('GET /api/v3/exchangeInfo', 20, exchangeInfo),
  open('GET /api/v1/exchangeInfo', 20, exchangeInfo),
  open('GET /api/v3/executionRules', executionRulesWeight, executionRules),
  open('GET /api/v3/referencePrice', 2, referencePrice),
  signed('GET /api/v3/myFilters', 'READ', 40, myFilters),
]

function exchangeInfo(call: Call): object {
  const { deps, parameters } = call
  const wanted = parameters.text('permissions')
  const permissions = wanted === undefined ? null : parseNames(wanted)
  const listed = listedSymbols(call).filter(
    (symbol) => permissions === null || permissionsOf(symbol).some((p) => permissions.includes(p)),
  )
  return exchangeInfoBody(deps.engine.venue, listed, {
    timestampMs: deps.engine.nowMs(),
    rateLimits: rateLimitRows(deps.rateLimits.limits),
    states: deps.engine.ask('symbolStates', {}),
  })
}

/** By name or by status. */
function listedSymbols({ deps, parameters }: Call): readonly TradingSymbol[] {
  const { symbols } = chosenSymbols(parameters, deps.engine.venue)
  const status = parameters.oneOf('symbolStatus', SYMBOL_STATUS_NAMES)
  if (status === undefined) return symbols
  const states = deps.engine.ask('symbolStates', {})
  return symbols.filter((symbol) => statusOf(symbol, states) === status)
}

function executionRulesWeight(parameters: Parameters): number {
  if (parameters.has('symbol')) return RULES_WEIGHT_EACH
  const names = parameters.raw('symbols')
  if (names === undefined) return RULES_WEIGHT_MAX
  return Math.min(RULES_WEIGHT_MAX, RULES_WEIGHT_EACH * names.split(',').length)
}

function executionRules(call: Call): object {
  const { parameters } = call
  const named = parameters.has('symbol') || parameters.has('symbols')
  if (named && parameters.has('symbolStatus')) throw requestError('combination')
  return executionRulesBody(listedSymbols(call))
}

/** Around what the execution band lies: the pair's index, or its last trade while that is missing. -2043 before either. */
function referencePrice({ deps, parameters }: Call): object {
  const symbol = readSymbol(parameters, deps.engine.venue)
  const text = indexPriceText(deps, symbol) ?? lastPriceText(deps, symbol)
  if (text === null) throw requestError('reference_price')
  return { symbol: symbol.symbol, referencePrice: text, timestamp: deps.engine.nowMs() }
}

/** Rounded down at eight places: what is shown is never above what is meant. */
function indexPriceText({ engine }: Call['deps'], symbol: TradingSymbol): string | null {
  const indexes = engine.ask('indexPrices', {})
  const base = indexes[symbol.base]
  const quote = indexes[symbol.quote]
  if (!base?.price || !quote?.price || base.stale || quote.stale) return null
  return amountText(divFloor(base.price * AMOUNT_SCALE, quote.price))
}

function lastPriceText({ market }: Call['deps'], symbol: TradingSymbol): string | null {
  const last = market.lastPrice(symbol.index)
  return last === null ? null : priceText(symbol, last)
}

function myFilters({ deps, parameters }: UserCall): object {
  const { venue } = deps.engine
  return myFiltersBody(readSymbol(parameters, venue), venue)
}
