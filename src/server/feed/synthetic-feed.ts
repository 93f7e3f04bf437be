import type { Feed, FeedPrices } from './feed.ts'
import type { PrngState } from './prng.ts'
import { Prng } from './prng.ts'

/** How one asset moves. */
export interface SyntheticAsset {
  readonly code: string
  /** USDT. */
  readonly startPrice: number
  /** Share of the market factor's move; 0 for a stable coin. */
  readonly beta: number
  /** Deviation of the asset's own daily move. */
  readonly ownVolatilityPerDay: number
  /** Pulls the price back to where it started, as a peg does. */
  readonly pegged: boolean
}

/** A market between two steps: plain data, so a step can be repeated or taken again from here. */
export interface MarketState {
  readonly assets: readonly SyntheticAsset[]
  /** USDT, by place in `assets`. */
  readonly prices: readonly number[]
  /** Today's volatility over its usual level. */
  readonly agitation: number
  readonly randomness: PrngState
}

const DAY_MS = 86_400_000
const MARKET_VOLATILITY_PER_DAY = 0.035
const AGITATION_REVERSION_PER_DAY = 12
const AGITATION_NOISE_PER_DAY = 3
const JUMPS_PER_DAY = 2
const JUMP_DEVIATION = 0.012
const PEG_REVERSION_PER_DAY = 24

/** Prices of mid-February 2026, so that a fresh sandbox looks like the market of its year. */
const KNOWN: Readonly<Record<string, readonly [price: number, beta: number, own: number]>> = {
  BTC: [68_832.58, 1, 0.008],
  ETH: [1966.58, 1.3, 0.014],
  BNB: [615.16, 0.9, 0.014],
  SOL: [86.16, 1.5, 0.022],
  XRP: [1.4753, 1.2, 0.022],
  ADA: [0.2818, 1.4, 0.024],
  DOGE: [0.10269, 1.5, 0.028],
  AVAX: [9.29, 1.5, 0.026],
  DOT: [1.357, 1.4, 0.026],
  LINK: [8.79, 1.4, 0.024],
  LTC: [54.2, 1.1, 0.02],
  BCH: [471.96, 1.1, 0.02],
  TRX: [0.26978, 0.5, 0.012],
  SUI: [0.9306, 1.6, 0.03],
  XLM: [0.15376, 1.2, 0.024],
  HBAR: [0.08353, 1.4, 0.026],
  ZEC: [217.47, 1.2, 0.04],
  WBTC: [68_790, 1, 0.0085],
}

const STABLE_CODES = new Set(['USDC', 'FDUSD', 'TUSD', 'DAI', 'USDE', 'BUSD', 'USD1'])
const UNKNOWN_START_PRICE = 10

export function syntheticAsset(code: string): SyntheticAsset {
  if (STABLE_CODES.has(code)) {
    return { code, startPrice: 1, beta: 0, ownVolatilityPerDay: 0.0006, pegged: true }
  }
  const [startPrice, beta, ownVolatilityPerDay] = KNOWN[code] ?? [UNKNOWN_START_PRICE, 1.3, 0.03]
  return { code, startPrice, beta, ownVolatilityPerDay, pegged: false }
}

export function createMarket(seed: number, assets: readonly SyntheticAsset[]): MarketState {
  return {
    assets,
    prices: assets.map((asset) => asset.startPrice),
    agitation: 1,
    randomness: new Prng(seed).state,
  }
}

/**
 * The market `elapsedMs` later: one factor shared by all, each asset's own noise on top, volatility that reverts to
 * its mean, and rare jumps. Pure: the same state gives the same next state.
 */
export function stepMarket(state: MarketState, elapsedMs: number): MarketState {
  const prng = new Prng(0)
  prng.restore(state.randomness)
  const days = elapsedMs / DAY_MS
  const root = Math.sqrt(days)
  const agitation = nextAgitation(state.agitation, days, root, prng)
  const factor = MARKET_VOLATILITY_PER_DAY * agitation * root * prng.normal() + jump(prng, days)
  const prices = state.prices.map((price, place) => {
    const asset = state.assets[place]
    return asset === undefined ? price : nextPrice(asset, price, factor, agitation, days, prng)
  })
  return { assets: state.assets, prices, agitation, randomness: prng.state }
}

function nextAgitation(agitation: number, days: number, root: number, prng: Prng): number {
  const pull = Math.min(1, AGITATION_REVERSION_PER_DAY * days) * (1 - agitation)
  const noise = AGITATION_NOISE_PER_DAY * root * prng.normal() * Math.sqrt(agitation)
  return Math.min(6, Math.max(0.25, agitation + pull + noise))
}

function jump(prng: Prng, days: number): number {
  const happens = prng.chance(Math.min(1, JUMPS_PER_DAY * days))
  const size = prng.normal() * JUMP_DEVIATION
  return happens ? size : 0
}

function nextPrice(
  asset: SyntheticAsset,
  price: number,
  factor: number,
  agitation: number,
  days: number,
  prng: Prng,
): number {
  const own = asset.ownVolatilityPerDay * agitation * Math.sqrt(days) * prng.normal()
  const pull = asset.pegged
    ? Math.min(1, PEG_REVERSION_PER_DAY * days) * (asset.startPrice / price - 1)
    : 0
  // No single step more than halves or doubles, so a price never reaches zero.
  const move = Math.min(1, Math.max(-0.5, asset.beta * factor + own + pull))
  return price * (1 + move)
}

/** The market's prices as text with about seven significant digits, as exchanges print them. */
export function pricesOf(state: MarketState): FeedPrices {
  return state.assets.map((asset, place) => [asset.code, priceText(state.prices[place] ?? 0)])
}

function priceText(price: number): string {
  const decimals = price >= 1000 ? 2 : price >= 10 ? 4 : price >= 0.1 ? 6 : 8
  return Math.max(price, 1e-8).toFixed(decimals)
}

export interface SyntheticFeedSettings {
  readonly seed: number
  readonly assetCodes: readonly string[]
  readonly intervalMs: number
  /** USDT by asset code: where an earlier run left off. */
  readonly startPrices?: ReadonlyMap<string, number>
}

/** A market that never closes, for a venue without a connection to one. */
export class SyntheticFeed implements Feed {
  readonly #intervalMs: number
  #market: MarketState
  #timer: NodeJS.Timeout | null = null

  constructor(settings: SyntheticFeedSettings) {
    this.#intervalMs = settings.intervalMs
    const market = createMarket(settings.seed, settings.assetCodes.map(syntheticAsset))
    const prices = market.assets.map(
      ({ code, startPrice }) => settings.startPrices?.get(code) ?? startPrice,
    )
    this.#market = { ...market, prices }
  }

  start(onPrices: (prices: FeedPrices) => void): void {
    if (this.#timer !== null) return
    onPrices(pricesOf(this.#market))
    this.#timer = setInterval(() => {
      this.#market = stepMarket(this.#market, this.#intervalMs)
      onPrices(pricesOf(this.#market))
    }, this.#intervalMs)
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }
}
