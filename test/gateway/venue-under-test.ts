import { createHmac, createSecretKey } from 'node:crypto'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { present } from '../../src/core/assert.ts'
import type { Command } from '../../src/core/domain/command.ts'
import type { EventOf } from '../../src/core/domain/event.ts'
import type { AssetIndex, UserId } from '../../src/core/domain/ids.ts'
import type { VenueDocument } from '../../src/core/domain/venue-document.ts'
import type { SingleWallet } from '../../src/core/domain/wallet.ts'
import { ask } from '../../src/core/engine/ask.ts'
import { apply, createState } from '../../src/core/engine/engine.ts'
import { decodeState, encodeState } from '../../src/core/engine/snapshot.ts'
import type { Amount } from '../../src/core/money/amount.ts'
import { decimal } from '../../src/core/money/decimal.ts'
import type { IndexPrice } from '../../src/core/money/price.ts'
import { type ApiKey, PERMISSIONS, type Permission } from '../../src/server/access/api-key.ts'
import { IdentityStore } from '../../src/server/access/identity-store.ts'
import { ListenTokens } from '../../src/server/access/listen-tokens.ts'
import { ephemeralMasterKey } from '../../src/server/access/master-key.ts'
import { type Operator, operatorName, type Role } from '../../src/server/access/operator.ts'
import { type Limits, RateLimits, SANDBOX_LIMITS } from '../../src/server/access/rate-limits.ts'
import { buildGateway } from '../../src/server/gateway/gateway.ts'
import type { GatewayDeps } from '../../src/server/gateway/gateway-deps.ts'
import { MarketView } from '../../src/server/market/market-view.ts'
import { OutboxStore } from '../../src/server/notices/outbox-store.ts'
import { networksOf } from '../../src/server/notices/public-address.ts'
import { webhookFault } from '../../src/server/notices/webhook.ts'
import { Projector } from '../../src/server/projections/projector.ts'
import { queriesOf } from '../../src/server/projections/queries.ts'
import { openSqliteStore } from '../../src/server/projections/sqlite-store.ts'
import { VenueClock } from '../../src/server/sequencer/clock.ts'
import { Sequencer } from '../../src/server/sequencer/sequencer.ts'
import { profileDocument } from './profile-venue.ts'

export const WALL_MS = Date.UTC(2026, 0, 15, 12, 0, 0)
/** The venue's clock is an hour ahead of the wall. */
export const VENUE_MS = WALL_MS + 3_600_000

const SILENT = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} }

interface Credentials {
  readonly userId: UserId
  readonly apiKey: string
  readonly secret: string
}

export interface Reply {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects.
  readonly body: any
  readonly headers: Record<string, unknown>
}

/** A gateway before a real engine, journal and read model, all in memory, with a frozen clock. */
export class VenueUnderTest {
  readonly app: FastifyInstance
  readonly sequencer: Sequencer
  readonly clock: VenueClock
  readonly keys: Map<string, ApiKey>
  readonly deps: GatewayDeps
  readonly operators: Map<UserId, Operator>
  readonly #close: () => Promise<void>

  private constructor(
    app: FastifyInstance,
    sequencer: Sequencer,
    clock: VenueClock,
    keys: Map<string, ApiKey>,
    deps: GatewayDeps,
    operators: Map<UserId, Operator>,
    close: () => Promise<void>,
  ) {
    this.app = app
    this.sequencer = sequencer
    this.clock = clock
    this.keys = keys
    this.deps = deps
    this.operators = operators
    this.#close = close
  }

  static async open(
    options: {
      limits?: Partial<Limits>
      deps?: Partial<GatewayDeps>
      document?: VenueDocument
    } = {},
  ): Promise<VenueUnderTest> {
    const clock = new VenueClock(() => WALL_MS, VENUE_MS, 0)
    const engine = { createState, apply, ask, encodeState, decodeState }
    const sequencer = await Sequencer.open({ engine, dir: null, clock, log: SILENT })
    const store = await openSqliteStore({ path: ':memory:', history: 'test', threaded: false })
    const projector = await Projector.open(store, { delayMs: 1 })
    const market = new MarketView()
    const limits = { ...SANDBOX_LIMITS, ...options.limits }
    const rateLimits = new RateLimits(
      limits,
      () => WALL_MS,
      () => clock.nowMs(),
    )
    sequencer.subscribe((outcome, command) => {
      rateLimits.follow(outcome, command)
      projector.offer(outcome)
      market.apply(outcome, sequencer.venue)
    })
    const document = options.document ?? profileDocument()
    await sequencer.submit({ type: 'OpenVenue', document })
    const keys = new Map<string, ApiKey>()
    const identities = await IdentityStore.open(':memory:', ephemeralMasterKey())
    const operators = new Map<UserId, Operator>()
    const outbox = await OutboxStore.open(':memory:', ephemeralMasterKey(), 'test')
    const deps: GatewayDeps = {
      engine: sequencer,
      market,
      histories: queriesOf(store.database),
      projector,
      keys: { find: (name) => keys.get(name) ?? identities.find(name) },
      keyRegistry: identities,
      operators: {
        operator: (userId) => operators.get(userId) ?? null,
        operators: () => [...operators.values()],
      },
      emailOf: async (userId) => `user-${userId}@example.org`,
      notices: {
        deliveriesOf: (ids) => outbox.deliveriesOf(ids),
        deliveriesIn: (state, limit) => outbox.deliveriesIn(state, limit),
        webhook: (userId) => outbox.webhook(userId),
        webhookFault: (url) => webhookFault(url, { allowed: networksOf([]) }),
        setWebhook: (userId, url) => outbox.setWebhook(userId, url, WALL_MS),
        removeWebhook: (userId) => outbox.removeWebhook(userId),
      },
      listenTokens: new ListenTokens(() => WALL_MS),
      rateLimits,
      sandbox: null,
      demo: [],
      wallNowMs: () => WALL_MS,
      ready: () => true,
      onError: (error) => {
        throw error
      },
      ...options.deps,
    }
    const app = buildGateway(deps)
    const close = async () => {
      await app.close()
      await sequencer.close()
      await projector.close()
      await identities.close()
      await outbox.close()
    }
    return new VenueUnderTest(app, sequencer, clock, keys, deps, operators, close)
  }

  close(): Promise<void> {
    return this.#close()
  }

  asset(code: string): AssetIndex {
    return present(this.sequencer.venue.assetByCode.get(code), `${code} is listed`).index
  }

  async submit(command: Command) {
    const outcome = await this.sequencer.submit(command)
    if (outcome.refusal !== null) throw new Error(JSON.stringify(outcome.refusal, bigintText))
    return outcome
  }

  /** A user with a key, and amounts of assets in the spot wallet. */
  async user(
    spot: Readonly<Record<string, string>> = {},
    permissions: readonly Permission[] = PERMISSIONS,
  ): Promise<Credentials> {
    const outcome = await this.submit({ type: 'CreateUser' })
    const created = outcome.events.find(
      (event): event is EventOf<'UserCreated'> => event.type === 'UserCreated',
    )
    const { userId } = present(created, 'a user was created')
    for (const [code, amount] of Object.entries(spot)) await this.deposit(userId, code, amount)
    return this.#withKey(userId, permissions)
  }

  /** An operator with these roles and a key. */
  operator(...roles: readonly Role[]): Credentials {
    const userId = -(this.operators.size + 1) as UserId
    const name = operatorName(userId)
    this.operators.set(userId, { name, email: `${name}@example.org`, roles })
    return this.#withKey(userId, ['OPERATE'])
  }

  #withKey(userId: UserId, permissions: readonly Permission[]): Credentials {
    const apiKey = String(userId).replace('-', 'o').padStart(64, 'k')
    const secret = String(userId).padStart(64, 's')
    this.keys.set(apiKey, {
      apiKey,
      userId,
      type: 'HMAC',
      keyObject: createSecretKey(Buffer.from(secret)),
      permissions,
      ipAllowList: [],
      expiresMs: null,
      createdMs: WALL_MS,
    })
    return { userId, apiKey, secret }
  }

  async deposit(userId: UserId, code: string, amount: string, wallet: SingleWallet = 'SPOT') {
    const deposit = {
      userId,
      wallet,
      asset: this.asset(code),
      amount: decimal(amount, 8) as Amount,
    }
    await this.submit({ type: 'Deposit', ...deposit })
  }

  /** A user whom cross margin is open to, in that mode. */
  async marginUser(spot: Readonly<Record<string, string>>): Promise<Credentials> {
    const user = await this.user(spot)
    const { userId } = user
    const { disclosureVersion } = this.sequencer.venue.policy
    await this.submit({ type: 'SubmitKyc', userId })
    const review = { decision: 'APPROVED', reason: '', reviewer: 'test' } as const
    await this.submit({ type: 'ReviewKyc', userId, ...review })
    await this.submit({ type: 'AcceptDisclosure', userId, version: disclosureVersion })
    await this.submit({ type: 'BackdateFunding', userId, days: 8 })
    await this.submit({ type: 'SetMarginMode', userId, mode: 'CROSS' })
    return user
  }

  async setPrices(prices: Readonly<Record<string, string>>): Promise<void> {
    await this.submit({
      type: 'SetIndexPrices',
      prices: Object.entries(prices).map(([code, price]) => [
        this.asset(code),
        decimal(price, 8) as IndexPrice,
      ]),
    })
  }

  async get(path: string): Promise<Reply> {
    return this.inject({ method: 'GET', url: path })
  }

  /** Parameters in the query, or in the body with `place: 'body'`, signed with `timestamp` and `recvWindow` as they are given. */
  async signed(
    user: Credentials,
    route: string,
    parameters: Readonly<Record<string, string | number | boolean>> = {},
    place: 'query' | 'body' = 'query',
  ): Promise<Reply> {
    const [method = 'GET', path = '/'] = route.split(' ')
    const text = form({ timestamp: WALL_MS, ...parameters })
    const signature = createHmac('sha256', user.secret).update(text).digest('hex')
    const payload = `${text}&signature=${signature}`
    const headers = { 'x-mbx-apikey': user.apiKey }
    if (place === 'query') {
      return this.inject({ method: method as 'GET', url: `${path}?${payload}`, headers })
    }
    return this.inject({
      method: method as 'POST',
      url: path,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      payload,
    })
  }

  async inject(options: InjectOptions): Promise<Reply> {
    const response = await this.app.inject(options)
    const json = String(response.headers['content-type']).includes('json')
    const body = json ? JSON.parse(response.body) : response.body
    return { status: response.statusCode, body, headers: response.headers }
  }
}

export function form(parameters: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("'", '%27')}`)
    .join('&')
}

function bigintText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
