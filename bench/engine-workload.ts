import type { Command, PlaceOrder } from '../src/core/domain/command.ts'
import { PLAIN } from '../src/core/domain/command.ts'
import type { Outcome } from '../src/core/domain/event.ts'
import type {
  AssetIndex,
  OrderId,
  Sequence,
  SymbolIndex,
  TimestampMs,
  UserId,
} from '../src/core/domain/ids.ts'
import { apply, createState } from '../src/core/engine/engine.ts'
import type { ExchangeState } from '../src/core/engine/state.ts'
import { venueOf } from '../src/core/engine/state.ts'
import type { Amount } from '../src/core/money/amount.ts'
import { ZERO } from '../src/core/money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../src/core/money/price.ts'
import { Prng } from '../src/server/feed/prng.ts'
import { loadProfile } from '../src/venue/profile.ts'

const ACCOUNTS = 1_000
const START_MS = 1_767_225_600_000 as TimestampMs
const MID_TICKS = 3_000_000
const LIMIT = 9
const IMMEDIATE = 3
const CANCEL = 6
// The remaining 82 of 100 are cancel-replace.

/** What a command did to the book, for a peer that has only a book. */
export interface BookOperation {
  readonly cancels: OrderId | null
  readonly places: {
    id: OrderId
    side: 'BUY' | 'SELL'
    price: number
    lots: number
    immediate: boolean
  } | null
}

/** 9 % limit, 3 % immediate-or-cancel, 6 % cancel, 82 % cancel-replace, on 1,000 cross margin accounts that owe. */
export class EngineWorkload {
  readonly state: ExchangeState = createState()
  readonly #prng: Prng
  readonly #open: OrderId[][] = []
  readonly #users: UserId[] = []

  constructor(seed: number) {
    this.#prng = new Prng(seed)
    this.apply({ type: 'OpenVenue', document: loadProfile('classic') })
    const btc = 3_000_000_000_000n as IndexPrice
    this.apply({ type: 'SetIndexPrices', prices: [[this.#asset('BTC'), btc]] })
    for (let n = 0; n < ACCOUNTS; n += 1) this.#openAccount()
  }

  apply(command: Command): Outcome {
    const sequence = (this.state.sequence + 1) as Sequence
    return apply(this.state, { sequence, timestampMs: START_MS, command })
  }

  /** The next command of the mix, and the account that sends it. */
  next(): { readonly command: Command; readonly account: number } {
    const account = this.#prng.below(ACCOUNTS)
    const dice = this.#prng.below(100)
    const open = this.#open[account] as OrderId[]
    const oldest = open[0]
    if (oldest === undefined || dice < LIMIT)
      return { command: this.#order(account, 'GTC'), account }
    if (dice < LIMIT + IMMEDIATE) return { command: this.#order(account, 'IOC'), account }
    open.shift()
    const cancel = { orderId: oldest, clientOrderId: null }
    if (dice < LIMIT + IMMEDIATE + CANCEL) {
      const userId = this.#users[account] as UserId
      const symbol = 0 as SymbolIndex
      return {
        command: {
          type: 'CancelOrder',
          userId,
          wallet: 'CROSS_MARGIN',
          symbol,
          order: cancel,
          restriction: null,
        },
        account,
      }
    }
    const place = this.#order(account, 'GTC')
    return {
      command: { type: 'CancelReplace', cancel, mode: 'STOP_ON_FAILURE', restriction: null, place },
      account,
    }
  }

  /** Notes what a command left open; to be called with each outcome. */
  note(account: number, { events }: Outcome): void {
    for (const event of events) {
      if (event.type !== 'OrderAccepted' || event.order.timeInForce !== 'GTC') continue
      this.#open[account]?.push(event.order.id)
    }
  }

  /** Runs so many commands; with `record`, says what they did to the book. */
  run(commands: number, record: BookOperation[] | null = null): void {
    for (let n = 0; n < commands; n += 1) {
      const { command, account } = this.next()
      const outcome = this.apply(command)
      this.note(account, outcome)
      record?.push(bookOperation(command, outcome))
    }
  }

  #asset(code: string): AssetIndex {
    return venueOf(this.state).assetByCode.get(code)?.index as AssetIndex
  }

  #openAccount(): void {
    this.apply({ type: 'CreateUser' })
    const userId = this.state.users.length as UserId
    this.#users.push(userId)
    this.#open.push([])
    this.apply({ type: 'SubmitKyc', userId })
    this.apply({ type: 'ReviewKyc', userId, decision: 'APPROVED', reason: '', reviewer: 'bench' })
    const version = venueOf(this.state).policy.disclosureVersion
    this.apply({ type: 'AcceptDisclosure', userId, version })
    for (const [code, units] of [
      ['USDT', 1_000_000n],
      ['BTC', 20n],
    ] as const) {
      const amount = (units * 100_000_000n) as Amount
      this.apply({
        type: 'Deposit',
        userId,
        wallet: 'CROSS_MARGIN',
        asset: this.#asset(code),
        amount,
      })
    }
    this.apply({ type: 'BackdateFunding', userId, days: 8 })
    this.apply({ type: 'SetMarginMode', userId, mode: 'CROSS' })
    const amount = 100_000_000_000n as Amount
    this.apply({ type: 'Borrow', pair: null, userId, asset: this.#asset('USDT'), amount })
  }

  #order(account: number, timeInForce: 'GTC' | 'IOC'): PlaceOrder {
    const side = this.#prng.below(2) === 0 ? 'BUY' : 'SELL'
    const away = this.#prng.below(4_000) - 40
    return {
      type: 'PlaceOrder',
      userId: this.#users[account] as UserId,
      wallet: 'CROSS_MARGIN',
      symbol: 0 as SymbolIndex,
      side,
      orderType: 'LIMIT',
      timeInForce,
      price: (MID_TICKS + (side === 'BUY' ? -away : away)) as Ticks,
      lots: (100 + this.#prng.below(1_000)) as Lots,
      quoteQuantity: ZERO,
      ...PLAIN,
      clientOrderId: `b${this.state.sequence}-${this.#prng.below(1_000_000)}`,
      sideEffect: 'NO_SIDE_EFFECT',
      autoRepayAtCancel: true,
      selfTradePrevention: 'EXPIRE_MAKER',
    }
  }
}

function bookOperation(command: Command, { events }: Outcome): BookOperation {
  const ended = events.find((e) => e.type === 'OrderEnded' && e.wasResting)
  const accepted = events.find((e) => e.type === 'OrderAccepted')
  const cancels =
    ended?.type === 'OrderEnded' && command.type !== 'PlaceOrder' ? ended.orderId : null
  if (accepted?.type !== 'OrderAccepted') return { cancels, places: null }
  const { id, side, price, lots, timeInForce } = accepted.order
  return { cancels, places: { id, side, price, lots, immediate: timeInForce === 'IOC' } }
}
