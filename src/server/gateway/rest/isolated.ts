import { present } from '../../../core/assert.ts'
import type { TradingSymbol } from '../../../core/domain/venue.ts'
import {
  isolatedAccountBody,
  isolatedDataBody,
  isolatedTierBodies,
  isolatedTotals,
} from '../../../wire/isolated-answer.ts'
import { readSymbol, symbolNamed } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import { type Call, type Endpoint, open, signed, type UserCall } from '../endpoint.ts'
import { submit } from '../submit.ts'
import { termsAsked } from './loan-terms.ts'

const SYMBOLS_MAX = 5

/** Isolated accounts and what holds for them (rules S1 to S5). What moves funds and orders is with those of cross margin. */
export const isolatedEndpoints: readonly Endpoint[] = [
  open('GET /sapi/v1/margin/isolated/allPairs', 10, allPairs),
  open('GET /sapi/v1/margin/isolated/pair', 10, pair),
  signed('GET /sapi/v1/margin/isolated/account', 'READ', 10, accounts),
  signed('POST /sapi/v1/margin/isolated/account', 'MARGIN', 300, (call) => set(call, true)),
  signed('DELETE /sapi/v1/margin/isolated/account', 'MARGIN', 300, (call) => set(call, false)),
  signed('POST /sapi/v1/margin/isolated/create', 'MARGIN', 300, create),
  signed('GET /sapi/v1/margin/isolated/accountLimit', 'READ', 1, accountLimit),
  signed('GET /sapi/v1/margin/isolatedMarginData', 'READ', 10, marginData),
  signed('GET /sapi/v1/margin/isolatedMarginTier', 'READ', 1, tiers),
]

function pairsOf({ deps, parameters }: Call): readonly TradingSymbol[] {
  const { venue } = deps.engine
  const chosen = parameters.has('symbol') ? [readSymbol(parameters, venue)] : venue.symbols
  return chosen.filter(({ isolatedTiers }) => isolatedTiers.length > 0)
}

/** -3028: there are no isolated accounts of the pair. */
function onePair({ deps, parameters }: Call): TradingSymbol {
  const symbol = readSymbol(parameters, deps.engine.venue)
  if (symbol.isolatedTiers.length === 0) throw requestError('margin_pair')
  return symbol
}

function pairBody({ deps }: Call, { symbol, base, quote }: TradingSymbol): object {
  const code = (index: TradingSymbol['base']): string =>
    present(deps.engine.venue.assets[index], 'a symbol’s assets are the venue’s').code
  return {
    base: code(base),
    isBuyAllowed: true,
    isMarginTrade: true,
    isSellAllowed: true,
    quote: code(quote),
    symbol,
  }
}

function allPairs(call: Call): object[] {
  return pairsOf(call).map((symbol) => pairBody(call, symbol))
}

function pair(call: Call): object {
  return pairBody(call, onePair(call))
}

/** All accounts of the user with their totals, or those of up to five symbols, opened or not. */
function accounts({ deps, parameters, userId }: UserCall): object {
  const { venue } = deps.engine
  const names = parameters.text('symbols')?.split(',')
  if (names !== undefined && names.length > SYMBOLS_MAX) {
    throw requestError('invalid_parameter', { name: 'symbols' })
  }
  const pairs = names?.map((name) => symbolNamed(name, venue).index) ?? null
  const answers = deps.engine.ask('isolatedAccounts', { userId, pairs })
  const btc = venue.assetByCode.get('BTC')
  const btcPrice =
    btc === undefined ? null : (deps.engine.ask('indexPrices', {})[btc.index]?.price ?? null)
  return {
    assets: answers.map((answer) => isolatedAccountBody(answer, venue, btcPrice)),
    ...(pairs === null && isolatedTotals(answers, btcPrice)),
  }
}

async function set(call: UserCall, enabled: boolean): Promise<object> {
  const { deps, userId } = call
  const { symbol, index } = onePair(call)
  await submit(deps.engine, { type: 'SetIsolatedAccount', userId, pair: index, enabled })
  return { success: true, symbol }
}

/** The old call names the two assets. */
async function create({ deps, parameters, userId }: UserCall): Promise<object> {
  const name = `${parameters.requiredText('base')}${parameters.requiredText('quote')}`
  const { symbol, index } = symbolNamed(name, deps.engine.venue)
  await submit(deps.engine, { type: 'SetIsolatedAccount', userId, pair: index, enabled: true })
  return { success: true, symbol }
}

function accountLimit({ deps, userId }: UserCall): object {
  const opened = deps.engine.ask('isolatedAccounts', { userId, pairs: null })
  return {
    enabledAccount: opened.filter(({ enabled }) => enabled).length,
    maxAccount: deps.engine.venue.policy.isolated.maximumAccounts,
  }
}

function marginData(call: UserCall): object[] {
  const terms = termsAsked(call)
  return pairsOf(call).map((symbol) => isolatedDataBody(symbol, call.deps.engine.venue, terms))
}

function tiers(call: Call): object[] {
  const bodies = isolatedTierBodies(onePair(call), call.deps.engine.venue)
  const tier = call.parameters.whole('tier')
  return tier === undefined ? bodies : bodies.slice(Math.max(tier - 1, 0), Math.max(tier, 0))
}
