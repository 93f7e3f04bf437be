import type { AssetIndex } from '../domain/ids.ts'
import { rateLimitedAt, rateLimitedFrom, twoSided } from '../index-price/rate-limited-price.ts'
import type { Prices, RiskPrices } from '../margin/prices.ts'
import type { IndexPrice } from '../money/price.ts'
import { weighCollateral } from './collateral-caps.ts'
import { nextIndexChangeMs } from './index-state.ts'
import type { ExchangeState } from './state.ts'
import { indexOf, venueOf } from './state.ts'

/** The one place an index price changes: the exact one, its shadow for screening, and the second price (rule C4). */
export function setPrice(state: ExchangeState, asset: AssetIndex, price: IndexPrice | null): void {
  if (!state.pricesBefore.has(asset)) state.pricesBefore.set(asset, state.prices[asset] ?? null)
  followPrice(state, asset, state.prices[asset] ?? null, price)
  state.prices[asset] = price
  state.screenPrices[asset] = price === null ? Number.NaN : Number(price)
}

/** To be called after prices were set: what is kept of them in other forms. */
export function notePrices(state: ExchangeState): void {
  const { policy } = venueOf(state)
  state.heldIndexes = 0
  for (const { standing } of state.indexes) if (standing !== 'GOOD') state.heldIndexes += 1
  state.nextIndexChangeMs = nextIndexChangeMs(state.indexes, policy.indexPrice)
  state.priceBounds.fill(null)
  // Bounds that hold until the index next moves: both sides only come nearer to it.
  state.riskPricesMs = Number.NaN
  const { held, owed } = riskPricesOf(state)
  fillScreen(state.screenHeld, held)
  fillScreen(state.screenOwed, owed)
  weighCollateral(state)
}

/** The second price starts at an asset's first index price and follows it from then on. */
function followPrice(
  state: ExchangeState,
  asset: AssetIndex,
  before: IndexPrice | null,
  price: IndexPrice | null,
): void {
  const index = indexOf(state, asset)
  const { rateLimitPerHour } = venueOf(state).policy.indexPrice
  const { rateLimited } = index
  if (price === null) index.rateLimited = null
  else if (rateLimited === null || before === null || rateLimitPerHour === null) {
    index.rateLimited = rateLimitedFrom(price, state.nowMs)
  } else if (price !== before) {
    index.rateLimited = rateLimitedAt(rateLimited, before, rateLimitPerHour, state.nowMs)
  }
}

/** The prices that new risk is valued at now (rule C4): the index itself wherever the second price has reached it. */
export function riskPricesOf(state: ExchangeState): RiskPrices {
  if (state.riskPricesMs === state.nowMs) return state.riskPrices
  state.riskPricesMs = state.nowMs
  state.riskPrices = { held: state.prices, owed: state.prices }
  const rate = venueOf(state).policy.indexPrice.rateLimitPerHour
  if (rate === null) return state.riskPrices
  const held = [...state.prices]
  const owed = [...state.prices]
  let isTwoSided = false
  for (const [asset, { rateLimited }] of state.indexes.entries()) {
    const price = state.prices[asset] ?? null
    if (price === null || rateLimited === null) continue
    const { low, high } = twoSided(rateLimitedAt(rateLimited, price, rate, state.nowMs), price)
    isTwoSided ||= low !== high
    held[asset] = low
    owed[asset] = high
  }
  if (isTwoSided) state.riskPrices = { held, owed }
  return state.riskPrices
}

function fillScreen(screen: Float64Array, prices: Prices): void {
  for (let asset = 0; asset < screen.length; asset += 1) {
    const price = prices[asset] ?? null
    screen[asset] = price === null ? Number.NaN : Number(price)
  }
}
