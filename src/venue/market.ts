import type { UserId } from '../core/domain/ids.ts'
import type { IndexPrice } from '../core/money/price.ts'
import { INDEX_PRICE_SCALE } from '../core/money/price.ts'
import { fundingCommands } from '../sandbox/liquidity.ts'
import { MARKET_MAKER_SETTINGS, MarketMaker } from '../sandbox/market-maker.ts'
import { ORDER_FLOW_SETTINGS, OrderFlow } from '../sandbox/order-flow.ts'
import type { IdentityStore } from '../server/access/identity-store.ts'
import { indexPricesOf } from '../server/feed/feed.ts'
import { submit } from '../server/gateway/submit.ts'
import type { Sequencer } from '../server/sequencer/sequencer.ts'
import { userByEmail } from './accounts.ts'
import type { IndexPrices } from './index-prices.ts'
import type { VenueOptions } from './options.ts'
import { startPrices, syntheticPrices } from './price-feed.ts'

const MAKER_EMAIL = 'market-maker@sandbox.invalid'
const FLOW_BOTS = 3
/** What the maker and the bots own of each asset, in USDT. */
const MAKER_USDT = 1_000_000_000
const BOT_USDT = 5_000_000
const FUNDING_SEED = 1
/** Renewed quotes are most of what a sandbox writes to its journal. */
const QUOTES_PER_SECOND = 10
const ORDERS_PER_SECOND = 3

/** Whose quotes are too many to keep a record of: known before history is read again. */
export async function quietUsersOf(identities: IdentityStore): Promise<Set<UserId>> {
  const maker = await identities.accountByEmail(MAKER_EMAIL)
  return new Set(maker === null ? [] : [maker.userId])
}

/** The sandbox's own market: a market maker on every symbol and a little flow. */
export interface SandboxMarket {
  readonly maker: MarketMaker
  start(): void
  stop(): void
}

/** Makers and bots, funded and with their first quotes in the books. */
export async function openMarket(
  options: VenueOptions,
  sequencer: Sequencer,
  prices: IndexPrices,
  { identities, quietUsers }: { identities: IdentityStore; quietUsers: Set<UserId> },
): Promise<SandboxMarket> {
  const maker = await openMaker(sequencer, identities, quietUsers)
  const flow = await openFlow(options, sequencer, identities)
  prices.onPrices((list) => {
    maker.onPrices(list)
    flow.onPrices(list)
  })
  sequencer.subscribe((outcome) => maker.observe(outcome))
  prices.feed(startPrices(options, sequencer))
  await prices.send()
  await maker.requote()
  await openingTrades(sequencer, flow)
  const moves = options.market !== 'still' || options.candles !== null
  return {
    maker,
    start() {
      if (!moves) return
      maker.start()
      flow.start()
    },
    stop() {
      maker.stop()
      flow.stop()
    },
  }
}

/** Clients expect a last price of every symbol that trades. */
async function openingTrades(sequencer: Sequencer, flow: OrderFlow): Promise<void> {
  const trades = sequencer.ask('lastTradeIds', {})
  const orders = flow.opening(({ index }) => (trades[index] ?? 0) > 0)
  await Promise.all(orders.map((order) => sequencer.submit(order)))
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
  const start = new Map(indexPricesOf(venue, syntheticPrices(sequencer, FUNDING_SEED)))
  const prices = venue.assets.map(({ index }) =>
    index === venue.usdt ? (INDEX_PRICE_SCALE as IndexPrice) : (start.get(index) ?? null),
  )
  for (const command of fundingCommands(venue, userId, prices, usdt)) {
    await submit(sequencer, command)
  }
}
