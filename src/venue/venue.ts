import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { parseVenue } from '../core/domain/parse-venue.ts'
import type { VenueDocument } from '../core/domain/venue-document.ts'
import { ask } from '../core/engine/ask.ts'
import { apply, createState } from '../core/engine/engine.ts'
import { decodeState, encodeState } from '../core/engine/snapshot.ts'
import { ListenTokens } from '../server/access/listen-tokens.ts'
import { BINANCE_LIMITS, RateLimits, SANDBOX_LIMITS } from '../server/access/rate-limits.ts'
import { buildGateway, endpoints } from '../server/gateway/gateway.ts'
import type { DemoUser, GatewayDeps } from '../server/gateway/gateway-deps.ts'
import { nodeStorage } from '../server/journal/node-storage.ts'
import { MarketView } from '../server/market/market-view.ts'
import { VenueClock } from '../server/sequencer/clock.ts'
import { refuseOlderRules } from '../server/sequencer/journal-rules.ts'
import type { Log } from '../server/sequencer/recovery.ts'
import { Sequencer } from '../server/sequencer/sequencer.ts'
import { attachStreams } from '../server/streams/attach-streams.ts'
import { CONNECTION_LIMITS, SANDBOX_CONNECTION_LIMITS } from '../server/streams/connection.ts'
import { ClockDrive } from './clock-drive.ts'
import { demoUsers } from './demo-users.ts'
import { IndexPrices } from './index-prices.ts'
import { openMarket } from './market.ts'
import { readMarketSeed } from './market-seed.ts'
import { openNotices } from './notices.ts'
import type { VenueOptions } from './options.ts'
import { openPriceFeed, refuseFewSources } from './price-feed.ts'
import { loadProfile } from './profile.ts'
import { VenueSandbox } from './sandbox-door.ts'
import type { Stores } from './stores.ts'
import { openStores } from './stores.ts'

const engine = { createState, apply, ask, encodeState, decodeState }

export interface Venue {
  readonly url: string
  readonly demo: readonly DemoUser[]
  readonly sandbox: VenueSandbox | null
  readonly sequencer: Sequencer
  /** Takes no more requests, finishes what it took, and lets the data folder go. */
  close(): Promise<void>
}

/**
 * The whole venue, wired: stores, journal and engine, the market view, HTTP and WebSocket, and in a sandbox a market
 * and demo users. Resolves once it is ready to trade.
 */
export async function openVenue(options: VenueOptions, log: Log): Promise<Venue> {
  const wallNowMs = (): number => Date.now()
  const onError = (error: unknown, where: string): void => log.error({ error, where }, 'a failure')
  const clock = new VenueClock(wallNowMs, options.startTimeMs ?? wallNowMs())
  const drive = new ClockDrive(clock, wallNowMs, options.speed)
  // Before anything is written: a policy that cannot be read leaves no half-made data folder.
  const document = loadProfile(options.policy)
  refuseFewSources(options, parseVenue(document))
  // The stores would be brought to this release's layout, which the one that wrote such a journal may not know.
  if (options.dataFolder !== null) await refuseOlderRules(nodeStorage(), options.dataFolder)
  const stores = await openStores(options, (error) => onError(error, 'read model'))
  const sequencer = await openSequencer(options, document, clock, log, stores)
  const market = await openMarketView(sequencer, stores)
  const { identities, readModel } = stores
  const notices = openNotices(options.notices, stores, sequencer, wallNowMs, onError)
  const prices = new IndexPrices(sequencer)
  const sandboxMarket = options.live ? null : await openMarket(options, sequencer, prices, stores)
  const priceFeed = openPriceFeed(options, sequencer, prices, drive)
  let url = ''
  const parts = { prices, drive, sequencer, clock, identities, wallNowMs, url: () => url }
  const sandbox = sandboxMarket && new VenueSandbox({ ...sandboxMarket, ...parts })
  const limits = options.live ? BINANCE_LIMITS : SANDBOX_LIMITS
  const rateLimits = new RateLimits(limits, wallNowMs, () => sequencer.nowMs())
  sequencer.subscribe((outcome, command) => rateLimits.follow(outcome, command))
  const demo: DemoUser[] = []
  let ready = true
  const deps: GatewayDeps = {
    engine: sequencer,
    market,
    histories: readModel.queries,
    projector: readModel.projector,
    keys: identities,
    keyRegistry: identities,
    operators: identities,
    emailOf: async (userId) => (await identities.account(userId))?.email ?? null,
    notices: notices.door,
    listenTokens: new ListenTokens(wallNowMs),
    rateLimits,
    sandbox,
    demo,
    wallNowMs,
    ready: () => ready,
    sessionUser: (token) => identities.sessionUser(token, wallNowMs()),
    onError,
  }
  const gateway = buildGateway(deps)
  const streams = attachStreams(gateway.server, {
    gateway: deps,
    endpoints,
    market,
    subscribe: (listener) => sequencer.subscribe(listener),
    limits: options.live ? CONNECTION_LIMITS : SANDBOX_CONNECTION_LIMITS,
  })
  await gateway.listen({ host: options.host, port: options.port })
  url = urlOf(options.host, gateway.server.address() as AddressInfo)
  if (sandbox !== null) demo.push(...(await demoUsers(sequencer, identities, url, wallNowMs())))
  else if (identities.operators().length === 0) log.warn({}, NOBODY_OPERATES)
  notices.start()
  priceFeed.start()
  sandboxMarket?.start()
  const close = async (): Promise<void> => {
    ready = false
    priceFeed.stop()
    sandboxMarket?.stop()
    await streams.close()
    await gateway.close()
    await notices.close()
    await closeStores(sequencer, stores)
  }
  return { url, demo, sandbox, sequencer, close }
}

const NOBODY_OPERATES = 'nobody operates this venue: stop it, and see fulcrum user operator set'

/** Recovers the journal and brings the read model up to it. A new journal begins with the policy's venue. */
async function openSequencer(
  options: VenueOptions,
  document: VenueDocument,
  clock: VenueClock,
  log: Log,
  { readModel }: Stores,
): Promise<Sequencer> {
  const { projector } = readModel
  const sequencer = await Sequencer.open({
    engine,
    dir: options.dataFolder,
    clock,
    log,
    catchUp: { after: projector.applied, listener: (outcome) => projector.offer(outcome) },
    onFatal: (error) => {
      log.error({ error }, 'the journal cannot be written; the venue stops')
      process.exit(70)
    },
  })
  sequencer.subscribe((outcome) => projector.offer(outcome))
  if (sequencer.sequence === 0) {
    await sequencer.submit({ type: 'OpenVenue', document })
  } else if (sequencer.venue.policy.profile !== document.policy.profile) {
    const { profile } = sequencer.venue.policy
    log.warn({ profile, asked: document.policy.profile }, 'the policy this venue began with stays')
  }
  return sequencer
}

async function openMarketView(sequencer: Sequencer, { readModel }: Stores): Promise<MarketView> {
  const market = new MarketView()
  await readModel.projector.waitFor(sequencer.sequence)
  market.restore(sequencer.venue, await readMarketSeed(sequencer, readModel.queries))
  sequencer.subscribe((outcome) => market.apply(outcome, sequencer.venue))
  return market
}

async function closeStores(sequencer: Sequencer, stores: Stores): Promise<void> {
  await sequencer.close()
  // What the read model does not have yet it gets at the next start; a database that hangs must not keep us.
  await Promise.race([stores.readModel.projector.close(), delay(5_000, undefined, { ref: false })])
  await stores.identities.close()
}

function urlOf(host: string, { port }: AddressInfo): string {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${shown === '127.0.0.1' ? 'localhost' : shown}:${port}`
}
