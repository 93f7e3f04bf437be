import type { Venue } from '../core/domain/venue.ts'
import { formatDecimal } from '../core/money/decimal.ts'
import { INDEX_PRICE_DECIMALS } from '../core/money/price.ts'
import { BINANCE } from '../server/feed/binance-stream.ts'
import { BYBIT } from '../server/feed/bybit-stream.ts'
import { CandleFeed } from '../server/feed/candle-feed.ts'
import { ExchangeFeed } from '../server/feed/exchange-feed.ts'
import type { Feed, FeedPrices } from '../server/feed/feed.ts'
import { OKX } from '../server/feed/okx-stream.ts'
import {
  createMarket,
  pricesOf,
  SyntheticFeed,
  syntheticAsset,
} from '../server/feed/synthetic-feed.ts'
import type { Sequencer } from '../server/sequencer/sequencer.ts'
import type { ClockDrive } from './clock-drive.ts'
import type { IndexPrices } from './index-prices.ts'
import type { VenueOptions } from './options.ts'
import { ProfileFault } from './profile.ts'

const FEED_INTERVAL_MS = 1_000
const HEARTBEAT_MS = 1_000
/** The exchanges whose prices can be a policy's sources (rule X1). */
const EXCHANGES = [BINANCE, OKX, BYBIT]

/** What makes time pass and prices move by themselves. */
export interface PriceFeed {
  start(): void
  stop(): void
}

/**
 * The feed the options name, and a heartbeat: time passes for the engine only with commands, and feeds may pause. A
 * market that stands still is sent again as its prices age, and only then: while the clock is frozen nothing is sent.
 */
export function openPriceFeed(
  options: VenueOptions,
  sequencer: Sequencer,
  prices: IndexPrices,
  drive: ClockDrive,
): PriceFeed {
  const feed = feedOf(options, sequencer)
  const sources = sourcesOf(options, sequencer)
  const isStill = feed === null && sources.length === 0
  let heartbeat: NodeJS.Timeout | null = null
  let beatenMs = sequencer.nowMs()
  const beat = async (): Promise<void> => {
    if (drive.speed === 0) {
      // Whoever moves a frozen clock sends the prices anew: the beat would say again what was said.
      beatenMs = sequencer.nowMs()
      return
    }
    const stepped = drive.step()
    const agedMs = sequencer.nowMs() - Math.max(beatenMs, prices.sentMs)
    if (agedMs === 0) return
    const freshFor = isStill ? sequencer.venue.policy.indexPriceAgeMaxMs / 4 : Infinity
    if (stepped || agedMs >= freshFor) await prices.send()
    else if (isStill) return
    beatenMs = sequencer.nowMs()
    await sequencer.submit({ type: 'AdvanceTime' })
  }
  return {
    start() {
      feed?.start((list) => prices.feed(list))
      for (const { source, stream } of sources) {
        stream.start((list) => prices.feedSource(source, list))
      }
      heartbeat = setInterval(() => void beat().catch(() => undefined), HEARTBEAT_MS)
    },
    stop() {
      feed?.stop()
      for (const { stream } of sources) stream.stop()
      if (heartbeat !== null) clearInterval(heartbeat)
    },
  }
}

/** Raises `ProfileFault` for a market made by exchanges whose policy names too few of them as sources (rule X1). */
export function refuseFewSources({ market, candles }: VenueOptions, { policy }: Venue): void {
  if (market !== 'exchanges' || candles !== null) return
  const { sources, minimumLiveSources } = policy.indexPrice
  const known = EXCHANGES.map(({ source }) => source)
  const found = sources.filter(({ name }) => known.includes(name)).length
  if (found >= minimumLiveSources) return
  throw new ProfileFault(
    `X1 the policy names ${found} of ${known.join(', ')} as sources, and ${minimumLiveSources} must be live`,
  )
}

/** Of a market made by exchanges, those that the policy names as sources. */
function sourcesOf({ market, candles }: VenueOptions, { venue }: Sequencer) {
  if (market !== 'exchanges' || candles !== null) return []
  const assetCodes = venue.assets.map(({ code }) => code)
  return EXCHANGES.flatMap((stream) => {
    const { source } = stream
    if (!venue.sourceByName.has(source)) return []
    const settings = { stream, assetCodes, intervalMs: FEED_INTERVAL_MS }
    return [{ source, stream: new ExchangeFeed(settings) }]
  })
}

/** Where the synthetic market begins: for an asset that has no price yet. */
export function syntheticPrices(sequencer: Sequencer, seed: number): FeedPrices {
  const codes = sequencer.venue.assets.map(({ code }) => code)
  return pricesOf(createMarket(seed, codes.map(syntheticAsset)))
}

/** What a sandbox's prices begin with: where they were, or where the synthetic market begins. */
export function startPrices(options: VenueOptions, sequencer: Sequencer): FeedPrices {
  const known = sequencer.ask('indexPrices', {})
  const start = syntheticPrices(sequencer, options.seed)
  return sequencer.venue.assets.flatMap(({ index, code }) => {
    const price = known[index]?.price ?? null
    if (price !== null) return [[code, formatDecimal(price, INDEX_PRICE_DECIMALS)] as const]
    return start.filter(([name]) => name === code)
  })
}

function feedOf(options: VenueOptions, sequencer: Sequencer): Feed | null {
  const { candles, market, seed } = options
  const intervalMs = FEED_INTERVAL_MS
  if (candles !== null) return new CandleFeed({ path: candles, intervalMs, repeat: true })
  const assetCodes = sequencer.venue.assets.map(({ code }) => code)
  if (market === 'binance') return new ExchangeFeed({ stream: BINANCE, assetCodes, intervalMs })
  if (market === 'still' || market === 'exchanges') return null
  const from = startPrices(options, sequencer).map(([code, text]) => [code, Number(text)] as const)
  // Another seed for each run: a restart is not the same day again.
  const runSeed = seed * 1_000 + sequencer.epoch
  return new SyntheticFeed({ seed: runSeed, assetCodes, intervalMs, startPrices: new Map(from) })
}
