import { assert } from '../assert.ts'
import type { Command } from '../domain/command.ts'
import type { IndexStandingChanged, SourceInput } from '../domain/event.ts'
import type { AssetIndex, TimestampMs } from '../domain/ids.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { Asset, IndexStanding, SourceStanding } from '../domain/venue.ts'
import type { SourceQuote } from '../index-price/measure-index.ts'
import { measureIndex } from '../index-price/measure-index.ts'
import { cappedRatio, redemptionPrice } from '../index-price/redemption.ts'
import type { IndexPrice } from '../money/price.ts'
import { observeIndexes } from './observe-price.ts'
import { notePrices, setPrice } from './risk-prices.ts'
import type { ExchangeState } from './state.ts'
import { assetAt, indexOf, marketOf, venueOf } from './state.ts'

type Of<T extends Command['type']> = Extract<Command, { type: T }>

/** One declared price stands for all sources until it is withdrawn (rule X1). USDT is its own index: left out. */
export function setIndexPrices(state: ExchangeState, { prices }: Of<'SetIndexPrices'>): null {
  const touched: AssetIndex[] = []
  for (const [asset, price] of prices) {
    assert(assetAt(state, asset) !== undefined, 'an index price is of a known asset')
    assert(price === null || price > 0n, 'V11 an index price is positive')
    if (!hasOwnIndex(state, asset)) continue
    const index = indexOf(state, asset)
    index.declared = price === null ? null : { price, updatedMs: state.nowMs }
    // What is withdrawn begins anew, its second price included.
    if (price === null) index.rateLimited = null
    touched.push(asset)
  }
  remeasure(state, touched, touched)
  return null
}

/** What one outside source says (rule X1). */
export function setSourcePrices(
  state: ExchangeState,
  { source, prices }: Of<'SetSourcePrices'>,
): Refusal | null {
  const place = venueOf(state).sourceByName.get(source)?.index
  if (place === undefined) return { reason: 'source_unknown', source }
  const said = prices.filter(([asset]) => hasOwnIndex(state, asset))
  for (const [asset, price] of said) {
    assert(price > 0n, 'V11 an index price is positive')
    indexOf(state, asset).quotes[place] = { price, updatedMs: state.nowMs }
  }
  state.events.push({ type: 'SourcePricesSet', source, prices: said })
  remeasure(
    state,
    said.map(([asset]) => asset),
  )
  return null
}

/** Rule X2: the ratio moves to what is said, no faster than the asset's cap. */
export function setRedemptionRatio(
  state: ExchangeState,
  { asset, ratio: asked }: Of<'SetRedemptionRatio'>,
): Refusal | null {
  const { code, redemption } = assetAt(state, asset)
  const index = indexOf(state, asset)
  if (redemption === null || index.redemption === null) {
    return { reason: 'asset_not_redeemable', asset: code }
  }
  assert(asked > 0n, 'X2 a redemption ratio is positive')
  const ratio = cappedRatio(index.redemption, asked, redemption.movePerDayMax, state.nowMs)
  index.redemption = { ratio, sinceMs: state.nowMs }
  state.events.push({ type: 'RedemptionRatioSet', asset, asked, ratio })
  remeasure(state, [asset])
  return null
}

/** Operator, rule X3: once a hold has lasted its time, liquidations go on at the index as it stands. */
export function releaseIndex(
  state: ExchangeState,
  { asset, reason, author }: Of<'ReleaseIndex'>,
): Refusal | null {
  const index = indexOf(state, asset)
  if (!index.isOverdue || index.isReleased) {
    const { standing, isReleased } = index
    return { reason: 'index_not_overdue', asset: assetAt(state, asset).code, standing, isReleased }
  }
  for (const other of venueOf(state).assets) {
    if (other.index === asset || other.redemption?.underlying === asset) {
      indexOf(state, other.index).isReleased = true
    }
  }
  const price = state.prices[asset] ?? null
  state.events.push({ type: 'IndexReleased', asset, price, reason, author })
  return null
}

/** Time has passed: sources fall silent, holds reach their limit. Whether anybody's liquidation may follow. */
export function reviewIndexes(state: ExchangeState): boolean {
  const before = state.events.length
  remeasure(
    state,
    venueOf(state).assets.map(({ index }) => index),
  )
  return state.events.length > before
}

/** Neither USDT nor redeemed for something else. */
function hasOwnIndex(state: ExchangeState, asset: AssetIndex): boolean {
  return asset !== venueOf(state).usdt && assetAt(state, asset).redemption === null
}

/**
 * The index of each asset anew, and of what is redeemed for it, underlyings first. `announced`: told even if unmoved,
 * for what was declared again is new again.
 */
function remeasure(
  state: ExchangeState,
  assets: readonly AssetIndex[],
  announced: readonly AssetIndex[] = [],
): void {
  const { assets: all, usdt } = venueOf(state)
  const moved: [AssetIndex, IndexPrice | null][] = []
  const measure = (asset: Asset): void => {
    const before = state.prices[asset.index] ?? null
    measureAsset(state, asset)
    const price = state.prices[asset.index] ?? null
    if (price !== before || announced.includes(asset.index)) moved.push([asset.index, price])
  }
  const touched = new Set(assets)
  touched.delete(usdt)
  for (const asset of touched) if (hasOwnIndex(state, asset)) measure(assetAt(state, asset))
  for (const asset of all) {
    const { redemption } = asset
    if (redemption === null) continue
    if (touched.has(asset.index) || touched.has(redemption.underlying)) measure(asset)
  }
  notePrices(state)
  if (moved.length === 0) return
  state.events.push({ type: 'IndexPricesSet', prices: moved })
  observeIndexes(state)
}

function measureAsset(state: ExchangeState, asset: Asset): void {
  const index = indexOf(state, asset.index)
  const { policy } = venueOf(state)
  const { nowMs } = state
  const { declared, quotes, redemption } = index
  if (asset.redemption !== null && redemption !== null) {
    const underlying = indexOf(state, asset.redemption.underlying)
    const price = state.prices[asset.redemption.underlying] ?? null
    setPrice(state, asset.index, price === null ? null : redemptionPrice(redemption.ratio, price))
    stand(state, asset.index, underlying.standing, [], Number.POSITIVE_INFINITY)
    return
  }
  if (declared !== null) {
    const staleMs = declared.updatedMs + policy.indexPriceAgeMaxMs + 1
    setPrice(state, asset.index, declared.price)
    if (nowMs < staleMs) stand(state, asset.index, 'GOOD', [], staleMs)
    else stand(state, asset.index, 'STALE', [], Number.POSITIVE_INFINITY)
    return
  }
  if (quotes.every((quote) => quote === null)) {
    setPrice(state, asset.index, null)
    stand(state, asset.index, 'MISSING', [], Number.POSITIVE_INFINITY)
    return
  }
  const ownTrade = ownTradeOf(state, asset)
  const measured = measureIndex({ policy: policy.indexPrice, quotes, ownTrade, nowMs })
  // Too few sources: the price stays where enough of them last said it was.
  if (measured.price !== null) setPrice(state, asset.index, measured.price)
  const known = (state.prices[asset.index] ?? null) !== null
  stand(
    state,
    asset.index,
    known ? measured.standing : 'MISSING',
    measured.sources,
    measured.untilMs,
  )
}

/** The last trade of the asset's USDT symbol, as a source. */
function ownTradeOf(state: ExchangeState, asset: Asset): SourceQuote | null {
  const { usdtSymbol, policy } = venueOf(state)
  const symbol = usdtSymbol[asset.index] ?? null
  if (symbol === null || policy.indexPrice.ownTradesWeight === null) return null
  const { lastTrade, lastTradeMs } = marketOf(state, symbol.index)
  if (lastTrade === null || lastTradeMs === null) return null
  const price: bigint = BigInt(lastTrade) * symbol.tickSize
  return { price: price as IndexPrice, updatedMs: lastTradeMs }
}

/** Takes note of how an index stands, and says so when a guard sets in or ends (rules X3, X4). */
function stand(
  state: ExchangeState,
  asset: AssetIndex,
  standing: IndexStanding,
  sources: readonly SourceStanding[],
  untilMs: number,
): void {
  const index = indexOf(state, asset)
  const { holdMaxMs } = venueOf(state).policy.indexPrice
  const before = index.standing
  const overdueBefore = index.isOverdue
  const sourcesBefore = index.sources
  const isHeld = standing === 'CONTESTED' || standing === 'STALE'
  index.standing = standing
  index.sources = sources
  index.untilMs = untilMs
  index.heldSinceMs = isHeld ? (index.heldSinceMs ?? state.nowMs) : null
  index.isOverdue = index.heldSinceMs !== null && state.nowMs - index.heldSinceMs >= holdMaxMs
  index.isReleased &&= isHeld
  // An index that is there for the first time, or gone, is told by `IndexPricesSet`.
  const isGuard = before !== standing && before !== 'MISSING' && standing !== 'MISSING'
  const isSource = sources.some((each, place) => (sourcesBefore[place] ?? 'SILENT') !== each)
  if (!isGuard && overdueBefore === index.isOverdue && !isSource) return
  state.events.push(announcement(state, asset))
}

function announcement(state: ExchangeState, asset: AssetIndex): IndexStandingChanged {
  const { standing, heldSinceMs, isOverdue } = indexOf(state, asset)
  const price = state.prices[asset] ?? null
  const inputs = inputsOf(state, asset)
  return { type: 'IndexStandingChanged', asset, standing, price, heldSinceMs, isOverdue, inputs }
}

/** All that was looked at: the declared price, or each source with what became of it. */
export function inputsOf(state: ExchangeState, asset: AssetIndex): SourceInput[] {
  const { declared, quotes, sources, standing } = indexOf(state, asset)
  const { policy } = venueOf(state)
  const weighed = policy.indexPrice.sources
  if (declared !== null) {
    const updatedMs = declared.updatedMs as TimestampMs
    const stands = standing === 'GOOD' ? 'COUNTED' : 'SILENT'
    return [{ name: 'declared', price: declared.price, updatedMs, weight: null, standing: stands }]
  }
  if (assetAt(state, asset).redemption !== null) return []
  const own = ownTradeOf(state, assetAt(state, asset))
  const inputs: SourceInput[] = weighed.map(({ name, weight }, place) => {
    const { price = null, updatedMs = null } = quotes[place] ?? {}
    const stands = sources[place] ?? 'SILENT'
    return { name, price, updatedMs: updatedMs as TimestampMs | null, weight, standing: stands }
  })
  if (own === null) return inputs
  const updatedMs = own.updatedMs as TimestampMs
  const stands = sources[weighed.length] ?? 'SILENT'
  return [
    ...inputs,
    { name: 'own-trades', price: own.price, updatedMs, weight: null, standing: stands },
  ]
}
