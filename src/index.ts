import type { CreateUserBody } from './server/gateway/sandbox.ts'
import type { Log } from './server/sequencer/recovery.ts'
import { VENUE_DEFAULTS } from './venue/options.ts'
import { openVenue } from './venue/venue.ts'

export interface StartVenueOptions {
  /** Decides everything that is drawn by chance. */
  readonly seed?: number
  readonly policy?: string
  /** The venue's clock starts here, Unix milliseconds, and stands still until it is moved. */
  readonly startTime?: number
}

/** The calls of `/sandbox/v1`, without HTTP. Raise what the endpoint would answer. */
export interface Sandbox {
  status(): Promise<SandboxStatus>
  createUser(body: CreateUserBody): Promise<SandboxUser>
  deposit(body: { userId: number; asset: string; amount: string; wallet?: string }): Promise<object>
  clock(body: { advanceMs?: number; to?: number; speed?: number }): Promise<ClockMoved>
  setIndexPrices(body: {
    prices: Record<string, string>
    market?: 'follow' | 'leave'
  }): Promise<object>
  clearIndexPrices(): Promise<object>
  /** What one of the policy's sources says; the asset's index is then that of its sources. */
  setSourcePrices(body: { source: string; prices: Record<string, string> }): Promise<object>
  /** No index price comes in for these assets any more, until `clearFaults`. */
  setFaults(body: { staleIndex: readonly string[] }): Promise<object>
  clearFaults(): Promise<object>
}

export interface SandboxStatus {
  readonly time: number
  readonly speed: number
  readonly sequence: number
  readonly stateHash: string
  readonly epoch: number
  readonly symbols: readonly string[]
}

export interface SandboxUser {
  readonly userId: number
  readonly email: string
  readonly apiKey: string
  readonly secretKey?: string
  readonly loginUrl: string
}

export interface ClockMoved {
  readonly from: number
  readonly to: number
  readonly interestCharges: number
  readonly balanceSamples: number
  readonly liquidations: number
}

export interface StartedVenue {
  readonly url: string
  readonly sandbox: Sandbox
  /** Constructor options for `new ccxt.binance(…)` that reach this venue, with a user's keys. */
  ccxt(user?: { readonly apiKey: string; readonly secretKey?: string }): object
  close(): Promise<void>
}

const SILENT: Log = { info() {}, warn() {}, error() {} }

/**
 * A whole venue in memory on a free port, for a test suite. Its market stands still and its clock does too, so that
 * the same calls with the same seed give the same results.
 */
export async function startVenue(options: StartVenueOptions = {}): Promise<StartedVenue> {
  const venue = await openVenue(
    {
      ...VENUE_DEFAULTS,
      dataFolder: null,
      port: 0,
      market: 'still',
      speed: 0,
      seed: options.seed ?? VENUE_DEFAULTS.seed,
      policy: options.policy ?? VENUE_DEFAULTS.policy,
      startTimeMs: options.startTime ?? null,
    },
    SILENT,
  )
  return {
    url: venue.url,
    sandbox: venue.sandbox as unknown as Sandbox,
    ccxt: (user) => ccxtOptions(venue.url, user),
    close: () => venue.close(),
  }
}

/** Every address ccxt's `binance` may call, here. */
export function ccxtOptions(
  url: string,
  user?: { readonly apiKey: string; readonly secretKey?: string },
): object {
  const ws = url.replace(/^http/, 'ws')
  const api = {
    public: `${url}/api/v3`,
    private: `${url}/api/v3`,
    v1: `${url}/api/v1`,
    sapi: `${url}/sapi/v1`,
    sapiV2: `${url}/sapi/v2`,
    sapiV3: `${url}/sapi/v3`,
    sapiV4: `${url}/sapi/v4`,
    fapiPublic: `${url}/fapi/v1`,
    dapiPublic: `${url}/dapi/v1`,
    ws: {
      spot: `${ws}/stream/ws`,
      margin: `${ws}/stream/ws`,
      'ws-api': { spot: `${ws}/ws-api/v3` },
    },
  }
  return {
    ...(user === undefined ? {} : { apiKey: user.apiKey, secret: user.secretKey }),
    options: { fetchMarkets: { types: ['spot'] } },
    urls: { api },
  }
}
