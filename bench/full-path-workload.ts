import type { Command, PlaceOrder } from '../src/core/domain/command.ts'
import { PLAIN } from '../src/core/domain/command.ts'
import type {
  AssetIndex,
  Sequence,
  SymbolIndex,
  TimestampMs,
  UserId,
} from '../src/core/domain/ids.ts'
import type {
  AssetDocument,
  SymbolDocument,
  VenueDocument,
} from '../src/core/domain/venue-document.ts'
import { apply, createState } from '../src/core/engine/engine.ts'
import type { ExchangeState } from '../src/core/engine/state.ts'
import type { Amount } from '../src/core/money/amount.ts'
import { ZERO } from '../src/core/money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../src/core/money/price.ts'
import { Prng } from '../src/server/feed/prng.ts'
import { loadProfile } from '../src/venue/profile.ts'

const START_MS = 1_767_225_600_000 as TimestampMs
/** Where every pair's index stands: 300.00. */
const MIDDLE = 30_000
const SYMBOLS_EACH = 2
/** Accounts that send as much as each other, before their share falls with their rank. */
const LEADERS = 50

export interface FullPathOptions {
  readonly symbols: number
  readonly accounts: number
  /** Orders that rest before anything is measured. */
  readonly resting: number
  /** Whether all accounts send as much, or a few send most, as on an exchange: by Zipf's law. */
  readonly population: 'zipf' | 'uniform'
  readonly seed: number
}

interface Named {
  readonly user: number
  readonly symbol: SymbolIndex
  readonly name: string
}

/**
 * A venue of so many pairs and cross margin accounts, every one of which owes, and commands for it: 44 % orders that
 * rest, 41 % cancellations, 10 % limit orders that trade, 5 % market orders. Commands are made beforehand: what is
 * measured is `apply` alone, from the parsed command to its events.
 */
export class FullPathWorkload {
  readonly state: ExchangeState = createState()
  readonly #options: FullPathOptions
  readonly #prng: Prng
  /** Names of the orders that may still rest, by their owner; what has filled is found out by the engine alone. */
  readonly #open: Named[] = []
  #named = 0

  constructor(options: FullPathOptions) {
    this.#options = options
    this.#prng = new Prng(options.seed)
    this.#apply({ type: 'OpenVenue', document: venueOf(options.symbols) })
    const prices = Array.from(
      { length: options.symbols },
      (_, n) => [(n + 1) as AssetIndex, 30_000_000_000n as IndexPrice] as const,
    )
    this.#apply({ type: 'SetIndexPrices', prices })
    for (let user = 0; user < options.accounts; user += 1) this.#openAccount(user)
    for (let n = 0; n < options.resting; n += 1) this.#apply(this.#rest())
  }

  /** The next commands of the mix. */
  commands(count: number): Command[] {
    return Array.from({ length: count }, () => {
      const dice = this.#prng.below(100)
      if (dice < 44) return this.#rest()
      if (dice < 85) return this.#cancel()
      return dice < 95 ? this.#take('LIMIT') : this.#take('MARKET')
    })
  }

  /** Applies them; how many events came of it. */
  run(commands: readonly Command[]): number {
    let events = 0
    for (const command of commands) events += this.#apply(command)
    return events
  }

  #apply(command: Command): number {
    const sequence = (this.state.sequence + 1) as Sequence
    return apply(this.state, { sequence, timestampMs: START_MS, command }).events.length
  }

  /** Under Zipf's law an account's share falls with its rank; the first 50 have the same, or a few would send all. */
  #sender(): number {
    const { accounts, population } = this.#options
    if (population === 'uniform') return this.#prng.below(accounts)
    const share = this.#prng.below(1_000_000) / 1_000_000
    const rank = Math.floor(LEADERS * (accounts / LEADERS) ** share)
    return rank > LEADERS ? Math.min(rank, accounts) - 1 : this.#prng.below(LEADERS)
  }

  /** Each account trades in two pairs of its own. */
  #symbolOf(user: number): SymbolIndex {
    const which = this.#prng.below(SYMBOLS_EACH)
    return ((user * 7 + which * 31) % this.#options.symbols) as SymbolIndex
  }

  #openAccount(user: number): void {
    const userId = (user + 1) as UserId
    this.#apply({ type: 'CreateUser' })
    this.#apply({ type: 'SubmitKyc', userId })
    this.#apply({ type: 'ReviewKyc', userId, decision: 'APPROVED', reason: '', reviewer: 'bench' })
    this.#apply({ type: 'AcceptDisclosure', userId, version: '2026-01' })
    const wallet = 'CROSS_MARGIN' as const
    const assets = [
      0,
      ...[0, 1].map((which) => ((user * 7 + which * 31) % this.#options.symbols) + 1),
    ]
    for (const asset of new Set(assets)) {
      const amount = (asset === 0 ? 100_000_000_000_000n : 300_000_000_000n) as Amount
      this.#apply({ type: 'Deposit', userId, wallet, asset: asset as AssetIndex, amount })
    }
    const amount = 10_000_000_000n as Amount
    this.#apply({ type: 'Borrow', pair: null, userId, asset: 0 as AssetIndex, amount })
  }

  #rest(): Command {
    const user = this.#sender()
    const away = 1 + this.#prng.below(500)
    const side = this.#prng.below(2) === 0 ? 'BUY' : 'SELL'
    const price = MIDDLE + (side === 'BUY' ? -away : away)
    const place = this.#order(user, side, price)
    this.#open.push({ user, symbol: place.symbol, name: place.clientOrderId })
    return place
  }

  #cancel(): Command {
    if (this.#open.length === 0) return this.#rest()
    const at = this.#prng.below(this.#open.length)
    const { user, symbol, name } = this.#open[at] as Named
    this.#open[at] = this.#open.at(-1) as Named
    this.#open.pop()
    return {
      type: 'CancelOrder',
      userId: (user + 1) as UserId,
      wallet: 'CROSS_MARGIN',
      symbol,
      order: { orderId: null, clientOrderId: name },
      restriction: null,
    }
  }

  #take(orderType: 'LIMIT' | 'MARKET'): Command {
    const user = this.#sender()
    const side = this.#prng.below(2) === 0 ? 'BUY' : 'SELL'
    const price = side === 'BUY' ? MIDDLE + 100 : MIDDLE - 100
    const place = this.#order(user, side, orderType === 'MARKET' ? 0 : price)
    return { ...place, orderType, timeInForce: orderType === 'MARKET' ? 'GTC' : 'IOC' }
  }

  #order(user: number, side: 'BUY' | 'SELL', price: number): PlaceOrder {
    this.#named += 1
    return {
      type: 'PlaceOrder',
      userId: (user + 1) as UserId,
      wallet: 'CROSS_MARGIN',
      symbol: this.#symbolOf(user),
      side,
      orderType: 'LIMIT',
      timeInForce: 'GTC',
      price: price as Ticks,
      lots: (1_000 + this.#prng.below(1_000)) as Lots,
      quoteQuantity: ZERO,
      ...PLAIN,
      clientOrderId: flat(`client-order-${this.#named}`),
      sideEffect: 'NO_SIDE_EFFECT',
      autoRepayAtCancel: true,
      selfTradePrevention: 'EXPIRE_MAKER',
    }
  }
}

/** As a parsed request has it: the characters side by side, not a chain of parts. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

/** USDT and so many assets against it, each like the classic profile's BTC. */
function venueOf(symbols: number): VenueDocument {
  const classic = loadProfile('classic')
  const like = (code: string) =>
    classic.assets.find((asset) => asset.code === code) as AssetDocument
  const pair = classic.symbols.find(({ symbol }) => symbol === 'ETHUSDT') as SymbolDocument
  const codes = Array.from({ length: symbols }, (_, n) => `A${String(n).padStart(3, '0')}`)
  const unlimited = {
    userBorrowLimit: '1000000000',
    venueBorrowCap: '10000000000',
    pool: { supply: '10000000000', reserve: '0' },
  }
  return {
    ...classic,
    assets: [
      { ...like('USDT'), ...unlimited },
      ...codes.map((code) => ({ ...like('ETH'), ...unlimited, code, name: code })),
    ],
    symbols: codes.map((code) => ({ ...pair, symbol: `${code}USDT`, base: code, quote: 'USDT' })),
    policy: {
      ...classic.policy,
      insuranceFund: {},
      minimumAverageBalance: null,
      recheckBalance: false,
      lending: { ...classic.policy.lending, interestInBnb: null },
    },
  }
}
