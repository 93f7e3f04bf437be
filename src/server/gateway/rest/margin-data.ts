import { present } from '../../../core/assert.ts'
import { DAY_MS } from '../../../core/domain/ids.ts'
import type { Asset, TradingSymbol, Venue } from '../../../core/domain/venue.ts'
import { formatDecimal, formatDecimalShort } from '../../../core/money/decimal.ts'
import { VALUE_DECIMALS } from '../../../core/money/price.ts'
import { RATE_DECIMALS } from '../../../core/money/rate.ts'
import { divCeil } from '../../../core/money/rounding.ts'
import { amountShort, amountText, rateShort, rateText } from '../../../wire/number-text.ts'
import { readSymbol } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import { type Call, type Endpoint, open, perUser, signed } from '../endpoint.ts'
import { assetNamed, readAsset, readRange } from './read-parameters.ts'

const ASSETS_MAX = 20
const HOURS_PER_DAY = 24n
const DAYS_PER_YEAR = 365n

export const marginDataEndpoints: readonly Endpoint[] = [
  open('GET /sapi/v1/margin/allPairs', 1, allPairs),
  open('GET /sapi/v1/margin/pair', 10, pair),
  open('GET /sapi/v1/margin/allAssets', 1, allAssets),
  open('GET /sapi/v1/margin/asset', 10, oneAsset),
  open('GET /sapi/v1/margin/crossMarginCollateralRatio', 100, collateralRatios),
  open('GET /sapi/v1/margin/delist-schedule', 100, () => []),
  open('GET /sapi/v1/margin/list-schedule', 100, () => []),
  open('GET /sapi/v1/margin/limit-price-pairs', 1, () => ({ crossMarginSymbols: [] })),
  signed('GET /sapi/v1/margin/crossMarginData', 'READ', 5, crossMarginData),
  signed('GET /sapi/v1/margin/interestRateHistory', 'READ', 1, interestRateHistory),
  signed('GET /sapi/v1/margin/next-hourly-interest-rate', 'READ', 100, nextHourlyRate),
  signed('GET /sapi/v1/margin/available-inventory', 'READ', perUser(50), availableInventory),
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

function crossMarginData({ deps, parameters }: Call): object[] {
  const { venue } = deps.engine
  const coin = parameters.text('coin')
  const assets = coin === undefined ? venue.assets : [assetNamed(coin, venue)]
  return assets.map((asset) => ({
    vipLevel: 0,
    coin: asset.code,
    transferIn: true,
    borrowable: asset.borrowable,
    dailyInterest: rateText(asset.dailyInterestRate),
    yearlyInterest: rateText(asset.dailyInterestRate * DAYS_PER_YEAR),
    borrowLimit: amountShort(asset.userBorrowLimit),
    marginablePairs: venue.symbols
      .filter((s) => s.margin && (s.base === asset.index || s.quote === asset.index))
      .map((s) => s.symbol),
  }))
}

/** Rates are fixed by the venue's definition: one row for each day asked about, newest first. */
function interestRateHistory({ deps, parameters }: Call): object[] {
  const asset = readAsset(parameters, deps.engine.venue)
  const { startMs: fromMs, endMs: toMs } = readRange(parameters, deps.engine.nowMs(), 7, 31)
  const limit = parameters.limit('limit', 93, 93)
  const rows: object[] = []
  for (let day = Math.floor(toMs / DAY_MS) * DAY_MS; day >= fromMs; day -= DAY_MS) {
    if (rows.length === limit) break
    rows.push({
      asset: asset.code,
      dailyInterestRate: rateText(asset.dailyInterestRate),
      timestamp: day,
      vipLevel: 0,
    })
  }
  return rows
}

/** What is owed for the next hour, rounded up at eight places. */
function nextHourlyRate({ deps, parameters }: Call): object[] {
  const names = parameters.requiredText('assets').split(',')
  if (names.length > ASSETS_MAX) throw requestError('invalid_parameter', { name: 'assets' })
  const unit = 10n ** BigInt(RATE_DECIMALS - 8)
  return names.map((name) => {
    const asset = assetNamed(name, deps.engine.venue)
    const hourly = divCeil(asset.dailyInterestRate, HOURS_PER_DAY * unit)
    return { asset: asset.code, nextHourlyInterestRate: formatDecimal(hourly, 8) }
  })
}

function availableInventory({ deps, parameters }: Call): object {
  // One pool lends to both.
  parameters.requiredOneOf('type', ['MARGIN', 'ISOLATED'])
  const inventory = deps.engine.ask('inventory', {})
  const borrowable = deps.engine.venue.assets.filter((asset) => asset.borrowable)
  return {
    assets: Object.fromEntries(
      borrowable.map((asset) => [asset.code, amountShort(inventory[asset.index] ?? 0n)]),
    ),
    updateTime: Math.floor(deps.engine.nowMs() / 1000),
  }
}
