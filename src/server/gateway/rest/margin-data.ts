import { present } from '../../../core/assert.ts'
import type { Asset, TradingSymbol, Venue } from '../../../core/domain/venue.ts'
import { formatDecimalShort } from '../../../core/money/decimal.ts'
import { usdtFloor, VALUE_DECIMALS } from '../../../core/money/price.ts'
import { amountText, rateShort } from '../../../wire/number-text.ts'
import { readSymbol } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import { type Call, type Endpoint, open } from '../endpoint.ts'
import { readAsset } from './read-parameters.ts'

export const marginDataEndpoints: readonly Endpoint[] = [
  open('GET /sapi/v1/margin/allPairs', 1, allPairs),
  open('GET /sapi/v1/margin/pair', 10, pair),
  open('GET /sapi/v1/margin/allAssets', 1, allAssets),
  open('GET /sapi/v1/margin/asset', 10, oneAsset),
  open('GET /sapi/v1/margin/crossMarginCollateralRatio', 100, collateralRatios),
  open('GET /sapi/v1/margin/restricted-asset', 1, restrictedAssets),
  open('GET /fulcrum/v1/margin/collateral', 1, collateral),
  open('GET /sapi/v1/margin/delist-schedule', 100, () => []),
  open('GET /sapi/v1/margin/list-schedule', 100, () => []),
  open('GET /sapi/v1/margin/limit-price-pairs', 1, () => ({ crossMarginSymbols: [] })),
]

function code(venue: Venue, symbol: TradingSymbol, side: 'base' | 'quote'): string {
  return present(venue.assets[symbol[side]], 'a symbol’s assets are the venue’s').code
}

function pairBody(venue: Venue, symbol: TradingSymbol): object {
  return {
    base: code(venue, symbol, 'base'),
    id: symbol.index + 1,
    isBuyAllowed: true,
    isMarginTrade: true,
    isSellAllowed: true,
    quote: code(venue, symbol, 'quote'),
    symbol: symbol.symbol,
  }
}

function allPairs({ deps, parameters }: Call): object[] {
  const { venue } = deps.engine
  const chosen = parameters.has('symbol') ? [readSymbol(parameters, venue)] : venue.symbols
  return chosen.filter((symbol) => symbol.margin).map((symbol) => pairBody(venue, symbol))
}

function pair({ deps, parameters }: Call): object {
  const symbol = readSymbol(parameters, deps.engine.venue)
  if (!symbol.margin) throw requestError('margin_pair')
  return pairBody(deps.engine.venue, symbol)
}

function assetBody(asset: Asset): object {
  return {
    assetFullName: asset.name,
    assetName: asset.code,
    isBorrowable: asset.borrowable,
    isMortgageable: asset.collateral.length > 0,
    userMinBorrow: amountText(asset.minimumBorrow),
    userMinRepay: amountText(asset.minimumRepay),
  }
}

function allAssets({ deps, parameters }: Call): object[] {
  const { venue } = deps.engine
  return (parameters.has('asset') ? [readAsset(parameters, venue)] : venue.assets).map(assetBody)
}

function oneAsset({ deps, parameters }: Call): object {
  return assetBody(readAsset(parameters, deps.engine.venue))
}

/** Assets with the same bands share an entry. Past the last band nothing counts. */
function collateralRatios({ deps }: Call): object[] {
  const names = new Map<string, string[]>()
  for (const asset of deps.engine.venue.assets) {
    const bands = JSON.stringify(bandBodies(asset))
    names.set(bands, [...(names.get(bands) ?? []), asset.code])
  }
  return [...names].map(([bands, assetNames]) => ({ collaterals: JSON.parse(bands), assetNames }))
}

function bandBodies(asset: Asset): object[] {
  let minUsdValue = '0'
  const bodies: object[] = []
  for (const band of asset.collateral) {
    const discountRate = rateShort(band.weight)
    if (band.upTo === null) return [...bodies, { minUsdValue, discountRate }]
    const maxUsdValue = formatDecimalShort(band.upTo, VALUE_DECIMALS)
    bodies.push({ minUsdValue, maxUsdValue, discountRate })
    minUsdValue = maxUsdValue
  }
  return [...bodies, { minUsdValue, discountRate: '0' }]
}

/** Assets of which more is held as collateral than their cap lets count (rule C3). */
function restrictedAssets({ deps }: Call): object {
  const answers = deps.engine.ask('collateral', {})
  const exceeded = deps.engine.venue.assets.filter(({ index }) => answers[index]?.capBinds)
  return {
    openLongRestrictedAsset: [],
    maxCollateralExceededAsset: exceeded.map(({ code }) => code),
  }
}

/** What each asset counts for as collateral now; values in USDT. */
function collateral({ deps }: Call): object[] {
  const answers = deps.engine.ask('collateral', {})
  return deps.engine.venue.assets.map((asset) => {
    const { cap, held, weights, capBinds } = present(answers[asset.index], 'every asset counts')
    return {
      asset: asset.code,
      cap: cap === null ? null : formatDecimalShort(cap, VALUE_DECIMALS),
      held: cap === null ? null : amountText(usdtFloor(held)),
      capBinds,
      bands: asset.policyCollateral.map(({ upTo, weight }, place) => ({
        upTo: upTo === null ? null : formatDecimalShort(upTo, VALUE_DECIMALS),
        weight: rateShort(weight),
        weightNow: rateShort(weights[place] ?? weight),
      })),
    }
  })
}
