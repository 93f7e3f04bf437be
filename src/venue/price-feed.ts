import { formatDecimal } from '../core/money/decimal.ts'
import { INDEX_PRICE_DECIMALS } from '../core/money/price.ts'
import { BinanceFeed } from '../server/feed/binance-feed.ts'
import { CandleFeed } from '../server/feed/candle-feed.ts'
import type { Feed, FeedPrices } from '../server/feed/feed.ts'
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

const FEED_INTERVAL_MS = 1_000
const HEARTBEAT_MS = 1_000

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
  let heartbeat: NodeJS.Timeout | null = null
  let beatenMs = sequencer.nowMs()
  const beat = async (): Promise<void> => {
    const stepped = drive.step()
    const agedMs = sequencer.nowMs() - beatenMs
    if (agedMs === 0) return
    const freshFor = feed === null ? sequencer.venue.policy.indexPriceAgeMaxMs / 4 : Infinity
    if (stepped || agedMs >= freshFor) await prices.send()
    else if (feed === null) return
    beatenMs = sequencer.nowMs()
    await sequencer.submit({ type: 'AdvanceTime' })
  }
  return {
    start() {
      feed?.start((list) => prices.feed(list))
      heartbeat = setInterval(() => void beat().catch(() => undefined), HEARTBEAT_MS)
    },
    stop() {
      feed?.stop()
      if (heartbeat !== null) clearInterval(heartbeat)
    },
  }
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
  if (market === 'binance') return new BinanceFeed({ assetCodes, intervalMs })
  if (market === 'still') return null
  const from = startPrices(options, sequencer).map(([code, text]) => [code, Number(text)] as const)
  // Another seed for each run: a restart is not the same day again.
  const runSeed = seed * 1_000 + sequencer.epoch
  return new SyntheticFeed({ seed: runSeed, assetCodes, intervalMs, startPrices: new Map(from) })
}
