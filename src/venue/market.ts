import type { UserId } from '../core/domain/ids.ts'
import { formatDecimal } from '../core/money/decimal.ts'
import type { IndexPrice } from '../core/money/price.ts'
import { INDEX_PRICE_DECIMALS, INDEX_PRICE_SCALE } from '../core/money/price.ts'
import { fundingCommands } from '../sandbox/liquidity.ts'
import { MARKET_MAKER_SETTINGS, MarketMaker } from '../sandbox/market-maker.ts'
import { ORDER_FLOW_SETTINGS, OrderFlow } from '../sandbox/order-flow.ts'
import type { IdentityStore } from '../server/access/identity-store.ts'
import { BinanceFeed } from '../server/feed/binance-feed.ts'
import { CandleFeed } from '../server/feed/candle-feed.ts'
import type { Feed } from '../server/feed/feed.ts'
import { indexPricesOf } from '../server/feed/feed.ts'
import {
  createMarket,
  pricesOf,
  SyntheticFeed,
  syntheticAsset,
} from '../server/feed/synthetic-feed.ts'
import { submit } from '../server/gateway/submit.ts'
import type { Sequencer } from '../server/sequencer/sequencer.ts'
import { userByEmail } from './accounts.ts'
import { IndexPrices } from './index-prices.ts'
import type { VenueOptions } from './options.ts'

const MAKER_EMAIL = 'market-maker@sandbox.invalid'
const FLOW_BOTS = 3
const FEED_INTERVAL_MS = 1_000
/** What the maker and the bots own of each asset, in USDT. */
const MAKER_USDT = 1_000_000_000
const BOT_USDT = 5_000_000
/** Renewed quotes are most of what a sandbox writes to its journal. */
const QUOTES_PER_SECOND = 10
const ORDERS_PER_SECOND = 3
const HEARTBEAT_MS = 1_000

/** Whose quotes are too many to keep a record of: known before history is read again. */
export async function quietUsersOf(identities: IdentityStore): Promise<Set<UserId>> {
  const maker = await identities.accountByEmail(MAKER_EMAIL)
  return new Set(maker === null ? [] : [maker.userId])
}

export interface SandboxMarket {
  readonly prices: IndexPrices
  readonly maker: MarketMaker
  start(): void
  stop(): void
}

/** The sandbox's own market: prices, a market maker on every symbol, and a little flow. */
export async function openMarket(
  options: VenueOptions,
  sequencer: Sequencer,
  { identities, quietUsers }: { identities: IdentityStore; quietUsers: Set<UserId> },
): Promise<SandboxMarket> {
  const maker = await openMaker(sequencer, identities, quietUsers)
  const flow = await openFlow(options, sequencer, identities)
  const prices = new IndexPrices(sequencer)
  prices.onPrices((list) => {
    maker.onPrices(list)
    flow.onPrices(list)
  })
  sequencer.subscribe((outcome) => maker.observe(outcome))
  prices.feed(startPrices(options, sequencer))
  await prices.send()
  await maker.requote()
  const feed = feedOf(options, sequencer)
  let heartbeat: NodeJS.Timeout | null = null
  return {
    prices,
    maker,
    start() {
      if (feed === null) return
      feed.start((list) => prices.feed(list))
      maker.start()
      flow.start()
      // Time passes for the engine only with commands; the feed may pause, time does not.
      heartbeat = setInterval(() => {
        sequencer.submit({ type: 'AdvanceTime' }).catch(() => undefined)
      }, HEARTBEAT_MS)
    },
    stop() {
      feed?.stop()
      maker.stop()
      flow.stop()
      if (heartbeat !== null) clearInterval(heartbeat)
    },
  }
}

async function openMaker(
  sequencer: Sequencer,
  identities: IdentityStore,
  quietUsers: Set<UserId>,
): Promise<MarketMaker> {
  const { userId, isNew } = await userByEmail(sequencer, identities, MAKER_EMAIL)
  quietUsers.add(userId)
  if (isNew) await fund(sequencer, userId, MAKER_USDT)
  return new MarketMaker(
    sequencer,
    sequencer.venue,
    userId,
    MARKET_MAKER_SETTINGS,
    QUOTES_PER_SECOND,
  )
}

async function openFlow(
  options: VenueOptions,
  sequencer: Sequencer,
  identities: IdentityStore,
): Promise<OrderFlow> {
  const bots: UserId[] = []
  for (let bot = 1; bot <= FLOW_BOTS; bot += 1) {
    const { userId, isNew } = await userByEmail(
      sequencer,
      identities,
      `flow-${bot}@sandbox.invalid`,
    )
    if (isNew) await fund(sequencer, userId, BOT_USDT)
    bots.push(userId)
  }
  // Client ids must not repeat after a restart while an order of the last run may be open.
  const seed = options.seed * 1_000 + sequencer.epoch
  const settings = { ...ORDER_FLOW_SETTINGS, seed, ordersPerSecond: ORDERS_PER_SECOND }
  return new OrderFlow(sequencer, sequencer.venue, bots, settings)
}

async function fund(sequencer: Sequencer, userId: UserId, usdt: number): Promise<void> {
  const { venue } = sequencer
  const start = new Map(indexPricesOf(venue, startMarket(sequencer, 1)))
  const prices = venue.assets.map(({ index }) =>
    index === venue.usdt ? (INDEX_PRICE_SCALE as IndexPrice) : (start.get(index) ?? null),
  )
  for (const command of fundingCommands(venue, userId, prices, usdt)) {
    await submit(sequencer, command)
  }
}

function startMarket(sequencer: Sequencer, seed: number) {
  const codes = sequencer.venue.assets.map(({ code }) => code)
  return pricesOf(createMarket(seed, codes.map(syntheticAsset)))
}

/** What prices begin with: where they were, or where the synthetic market begins. */
function startPrices(options: VenueOptions, sequencer: Sequencer): ReturnType<typeof startMarket> {
  const known = sequencer.ask('indexPrices', {})
  const start = startMarket(sequencer, options.seed)
  return sequencer.venue.assets.flatMap(({ index, code }) => {
    const price = known[index]?.price ?? null
    if (price !== null) return [[code, formatDecimal(price, INDEX_PRICE_DECIMALS)] as const]
    return start.filter(([name]) => name === code)
  })
}

function feedOf(options: VenueOptions, sequencer: Sequencer): Feed | null {
  const { candles } = options
  if (candles !== null) {
    return new CandleFeed({ path: candles, intervalMs: FEED_INTERVAL_MS, repeat: true })
  }
  const assetCodes = sequencer.venue.assets.map(({ code }) => code)
  if (options.market === 'synthetic') {
    const start = startPrices(options, sequencer).map(
      ([code, text]) => [code, Number(text)] as const,
    )
    // Another seed for each run: a restart is not the same day again.
    const seed = options.seed * 1_000 + sequencer.epoch
    const startFrom = new Map(start)
    return new SyntheticFeed({
      seed,
      assetCodes,
      intervalMs: FEED_INTERVAL_MS,
      startPrices: startFrom,
    })
  }
  if (options.market === 'binance')
    return new BinanceFeed({ assetCodes, intervalMs: FEED_INTERVAL_MS })
  return null
}
