import { createPublicKey } from 'node:crypto'
import type { Outcome } from '../core/domain/event.ts'
import type { AssetIndex, UserId } from '../core/domain/ids.ts'
import type { IndexPrice } from '../core/money/price.ts'
import type { MarketMaker } from '../sandbox/market-maker.ts'
import { PERMISSIONS } from '../server/access/api-key.ts'
import type { IdentityStore } from '../server/access/identity-store.ts'
import { indexPriceOf } from '../server/feed/feed.ts'
import type {
  ClockBody,
  CreateUserBody,
  DepositBody,
  FaultsBody,
  IndexPricesBody,
  SandboxDoor,
  SourcePricesBody,
} from '../server/gateway/sandbox.ts'
import type { VenueClock } from '../server/sequencer/clock.ts'
import type { Sequencer } from '../server/sequencer/sequencer.ts'
import { requestError } from '../wire/request-error.ts'
import { depositTo, provision, userByEmail } from './accounts.ts'
import type { ClockDrive } from './clock-drive.ts'
import type { IndexPrices } from './index-prices.ts'

const SESSION_MS = 30 * 24 * 3_600_000
// Every hour on the way is charged and sampled while everything else waits.
const ADVANCE_MAX_MS = 366 * 24 * 3_600_000
const SPEED_MAX = 86_400

export interface SandboxParts {
  readonly sequencer: Sequencer
  readonly clock: VenueClock
  readonly drive: ClockDrive
  readonly identities: IdentityStore
  readonly prices: IndexPrices
  readonly maker: MarketMaker
  readonly wallNowMs: () => number
  /** Where the venue is reached, once it listens. */
  readonly url: () => string
}

/** What `/sandbox/v1` can do, out of commands and the clock. */
export class VenueSandbox implements SandboxDoor {
  readonly #parts: SandboxParts
  #createdUsers = 0

  constructor(parts: SandboxParts) {
    this.#parts = parts
  }

  status(): object {
    const { sequencer, drive } = this.#parts
    return {
      time: sequencer.nowMs(),
      speed: drive.speed,
      sequence: sequencer.sequence,
      stateHash: sequencer.stateHash(),
      epoch: sequencer.epoch,
      symbols: sequencer.venue.symbols.map(({ symbol }) => symbol),
    }
  }

  async createUser(body: CreateUserBody): Promise<object> {
    const { sequencer, identities, wallNowMs, url } = this.#parts
    this.#createdUsers += 1
    const email = body.email ?? `user-${sequencer.sequence}-${this.#createdUsers}@sandbox.invalid`
    if ((await identities.accountByEmail(email)) !== null) {
      throw requestError('json_field', { name: 'email', why: 'it is taken' })
    }
    checkPublicKey(body.key)
    const { userId } = await userByEmail(sequencer, identities, email)
    await provision(sequencer, userId, {
      kyc: body.kyc === 'APPROVED',
      disclosure: body.disclosure === true,
      wallets: body.wallets ?? {},
      fundedDaysAgo: body.fundedDaysAgo ?? null,
      cross: body.mode === 'CROSS',
    })
    const created = await identities.createKey({
      userId,
      type: body.key?.type ?? 'HMAC',
      publicKey: body.key?.publicKey,
      label: 'sandbox',
      permissions: PERMISSIONS,
      nowMs: wallNowMs(),
    })
    if (typeof created === 'string') {
      throw requestError('json_field', { name: 'publicKey', why: `it is ${created}` })
    }
    const session = await identities.createSession(userId, wallNowMs(), wallNowMs() + SESSION_MS)
    const { apiKey } = created.key
    const secret = created.secretKey === null ? {} : { secretKey: created.secretKey }
    return { userId, email, apiKey, ...secret, loginUrl: `${url()}/login?token=${session}` }
  }

  async deposit({ userId, asset, amount, wallet }: DepositBody): Promise<object> {
    await depositTo(this.#parts.sequencer, userId as UserId, wallet ?? 'SPOT', asset, amount)
    return { userId, asset, amount, wallet: wallet ?? 'SPOT' }
  }

  async clock({ advanceMs, to, speed }: ClockBody): Promise<object> {
    const { sequencer, clock, drive, prices } = this.#parts
    const from = sequencer.nowMs()
    const byMs = to === undefined ? (advanceMs ?? 0) : to - clock.nowMs()
    if (byMs < 0) throw clockFault('to', 'the clock runs only forwards')
    if (byMs > ADVANCE_MAX_MS) throw clockFault('advanceMs', 'at most 366 days at a time')
    if ((speed ?? 0) > SPEED_MAX) throw clockFault('speed', `at most ${SPEED_MAX}, a day a second`)
    const tally = { interestCharges: 0, balanceSamples: 0, liquidations: 0 }
    const stop = sequencer.subscribe((outcome) => count(tally, outcome))
    try {
      clock.advance(byMs)
      if (speed !== undefined) drive.setSpeed(speed)
      await sequencer.submit({ type: 'AdvanceTime' })
      await prices.send()
    } finally {
      stop()
    }
    return { from, to: sequencer.nowMs(), ...tally }
  }

  async setIndexPrices({ prices, market = 'follow' }: IndexPricesBody): Promise<object> {
    const { sequencer, maker } = this.#parts
    await this.#parts.prices.pin(this.#priced(prices), market)
    if (market === 'follow') await maker.requote()
    return { sequence: sequencer.sequence, prices }
  }

  async clearIndexPrices(): Promise<object> {
    await this.#parts.prices.unpin()
    await this.#parts.maker.requote()
    return { sequence: this.#parts.sequencer.sequence }
  }

  async setSourcePrices({ source, prices }: SourcePricesBody): Promise<object> {
    const { sequencer } = this.#parts
    if (!sequencer.venue.sourceByName.has(source)) {
      const known = [...sequencer.venue.sourceByName.keys()].join(', ')
      throw requestError('json_field', { name: 'source', why: `known are ${known || 'none'}` })
    }
    await this.#parts.prices.say(source, this.#priced(prices))
    return { sequence: sequencer.sequence, source, prices }
  }

  async setFaults({ staleIndex }: FaultsBody): Promise<object> {
    const { sequencer, prices } = this.#parts
    prices.silence(staleIndex.map((code) => this.#assetIndex(code)))
    return { sequence: sequencer.sequence, staleIndex }
  }

  async clearFaults(): Promise<object> {
    await this.#parts.prices.unsilence()
    return { sequence: this.#parts.sequencer.sequence }
  }

  #priced(prices: Readonly<Record<string, string>>) {
    const { assets } = this.#parts.sequencer.venue
    return Object.entries(prices).map(([code, text]) => {
      const asset = this.#assetIndex(code)
      if (assets[asset]?.redemption !== null) {
        const why = 'it is priced by what it redeems for (rule X2)'
        throw requestError('json_field', { name: code, why })
      }
      return [asset, priceOf(code, text)] as const
    })
  }

  #assetIndex(code: string): AssetIndex {
    const asset = this.#parts.sequencer.venue.assetByCode.get(code)
    if (asset === undefined) throw requestError('margin_asset')
    return asset.index
  }
}

function clockFault(name: string, why: string): Error {
  return requestError('json_field', { name, why })
}

/** Exactly as written: a price that would have to be rounded is refused. */
function priceOf(code: string, text: string): IndexPrice {
  const price = indexPriceOf(text)
  const tooPrecise = /\.\d{8}\d*[1-9]/.test(text)
  if (price !== null && !tooPrecise) return price
  const why = 'a price is positive, with at most 8 decimals'
  throw requestError('json_field', { name: code, why })
}

/** Looked at before anything is done, so that a bad key leaves no half-made user. */
function checkPublicKey(key: CreateUserBody['key']): void {
  if (key?.publicKey === undefined) return
  try {
    createPublicKey(key.publicKey)
  } catch {
    throw requestError('json_field', { name: 'publicKey', why: 'it is not a public key as PEM' })
  }
}

function count(
  tally: { interestCharges: number; balanceSamples: number; liquidations: number },
  { events }: Outcome,
): void {
  for (const event of events) {
    if (event.type === 'InterestCharged') tally.interestCharges += 1
    else if (event.type === 'BalancesSampled') tally.balanceSamples += event.users
    else if (event.type === 'LiquidationStarted') tally.liquidations += 1
  }
}
