import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
} from 'node:crypto'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket } from 'ws'
import type { Outcome } from '../../core/domain/event.ts'
import type { UserId } from '../../core/domain/ids.ts'
import type { ApiKey } from '../access/api-key.ts'
import { ListenTokens } from '../access/listen-tokens.ts'
import { RateLimits, SANDBOX_LIMITS } from '../access/rate-limits.ts'
import { MarketScript } from '../market/market-script.ts'
import { MarketView } from '../market/market-view.ts'
import { SCRIPT_VENUE } from '../market/script-venue.ts'
import type { RestEndpoint } from './api-methods.ts'
import type { Streams } from './attach-streams.ts'
import { attachStreams } from './attach-streams.ts'
import type { ConnectionLimits } from './connection.ts'
import { CONNECTION_LIMITS } from './connection.ts'
import type { StreamContext } from './stream-context.ts'

export const HMAC_KEY = 'h'.repeat(64)
export const ED25519_KEY = 'e'.repeat(64)
export const SECRET = 'a secret'
export const ED25519 = generateKeyPairSync('ed25519')
export const USER = 7 as UserId

/** For tests: streams on a port of their own, over a scripted exchange. */
export class TestVenue {
  readonly script = new MarketScript()
  readonly view = new MarketView()
  readonly listenTokens = new ListenTokens(() => this.wallMs)
  readonly keys = new Map<string, ApiKey>()
  wallMs = Date.now()
  readonly #server: Server = createServer()
  readonly #listeners = new Set<(outcome: Outcome) => void>()
  #streams: Streams | null = null

  static async start(limits: Partial<ConnectionLimits> = {}): Promise<TestVenue> {
    const venue = new TestVenue()
    venue.#addKeys()
    venue.apply(venue.script.outcome([]))
    venue.#streams = attachStreams(venue.#server, {
      gateway: venue.#context(),
      endpoints: ENDPOINTS,
      market: venue.view,
      subscribe: (listener) => {
        venue.#listeners.add(listener)
        return () => venue.#listeners.delete(listener)
      },
      limits: { ...CONNECTION_LIMITS, ...limits },
    })
    await new Promise<void>((resolve) => venue.#server.listen(0, '127.0.0.1', resolve))
    return venue
  }

  get streams(): Streams {
    if (this.#streams === null) throw new Error('not started')
    return this.#streams
  }

  apply(outcome: Outcome): void {
    this.view.apply(outcome, SCRIPT_VENUE)
    for (const listener of this.#listeners) listener(outcome)
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async connect(path: string): Promise<TestClient> {
    const socket = new WebSocket(`${this.url}${path}`)
    const client = new TestClient(socket)
    await new Promise((resolve, reject) => {
      socket.on('open', resolve)
      socket.on('error', reject)
    })
    return client
  }

  async close(): Promise<void> {
    await this.streams.close()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #addKeys(): void {
    const common = {
      userId: USER,
      permissions: ['READ', 'SPOT'] as const,
      ipAllowList: [],
      expiresMs: null,
      createdMs: 0,
    }
    this.keys.set(HMAC_KEY, {
      ...common,
      apiKey: HMAC_KEY,
      type: 'HMAC',
      keyObject: createSecretKey(Buffer.from(SECRET)),
    })
    this.keys.set(ED25519_KEY, {
      ...common,
      apiKey: ED25519_KEY,
      type: 'ED25519',
      keyObject: createPublicKey(createPrivateKey(pem())),
    })
  }

  #context(): StreamContext {
    return {
      engine: {
        venue: SCRIPT_VENUE,
        nowMs: () => this.script.timeMs,
        ask: (name: string, { userId }: { userId: UserId }) =>
          name === 'openOrders'
            ? this.script.resting.filter((order) => order.userId === userId)
            : { standing: { marginLevel: '999' } },
      },
      market: this.view,
      keys: { find: (apiKey: string) => this.keys.get(apiKey) },
      listenTokens: this.listenTokens,
      rateLimits: new RateLimits(SANDBOX_LIMITS, () => this.wallMs),
      sandbox: null,
      wallNowMs: () => this.wallMs,
      ready: () => true,
    } as unknown as StreamContext
  }
}

function pem(): string {
  return ED25519.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
}

/** What a WebSocket API method is tested with: one open endpoint, one that is signed. */
const ENDPOINTS: readonly RestEndpoint<StreamContext>[] = [
  { method: 'GET', path: '/api/v3/ping', weight: { of: 1 }, access: 'open', handle: () => ({}) },
  {
    method: 'POST',
    path: '/api/v3/order',
    weight: { of: () => 1 },
    access: 'signed',
    permission: 'SPOT',
    handle: ({ userId, parameters }) => ({
      userId,
      symbol: parameters.requiredText('symbol'),
      quantity: parameters.requiredText('quantity'),
    }),
  },
  {
    method: 'POST',
    path: '/api/v3/order/test',
    weight: { of: 1 },
    access: 'signed',
    permission: 'SPOT',
    handle: () => {
      throw new Error('a bug')
    },
  },
]

/** For tests: keeps what arrives until it is asked for. */
export class TestClient {
  readonly socket: WebSocket
  readonly #frames: unknown[] = []
  #wake: () => void = () => undefined

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => {
      this.#frames.push(JSON.parse(String(data)))
      this.#wake()
    })
  }

  async next<T = Record<string, unknown>>(): Promise<T> {
    while (this.#frames.length === 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    return this.#frames.shift() as T
  }

  async ask<T = Record<string, unknown>>(request: object | string): Promise<T> {
    this.socket.send(typeof request === 'string' ? request : JSON.stringify(request))
    return await this.next<T>()
  }

  async closed(): Promise<{ code: number; reason: string }> {
    return await new Promise((resolve) =>
      this.socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })),
    )
  }
}
