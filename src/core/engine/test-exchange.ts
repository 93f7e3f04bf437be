import { assert, present } from '../assert.ts'
import type { Command, PlaceOrder, SequencedCommand, TradingWallet } from '../domain/command.ts'
import { PLAIN } from '../domain/command.ts'
import type { EventOf, EventType, Outcome } from '../domain/event.ts'
import type { AssetIndex, Sequence, SymbolIndex, TimestampMs, UserId } from '../domain/ids.ts'
import type { Answer, Ask, QuestionName } from '../domain/question.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import type { VenueDocument } from '../domain/venue-document.ts'
import type { SingleWallet, WalletReference } from '../domain/wallet.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_DECIMALS } from '../money/amount.ts'
import { decimal, formatDecimal } from '../money/decimal.ts'
import type { IndexPrice, Lots, Ticks } from '../money/price.ts'
import { ask } from './ask.ts'
import { apply } from './engine.ts'
import { assertSound } from './invariants.ts'
import type { ExchangeState } from './state.ts'
import { createState, venueOf } from './state.ts'

/** 2026-01-01T00:00:00Z. */
export const START_MS = 1_767_225_600_000 as TimestampMs

/**
 * An exchange driven by the decimal texts a trader would write. For tests: every step is checked from scratch, or by
 * the test at its end where the steps are too many for that.
 */
export class TestExchange {
  readonly state: ExchangeState = createState()
  readonly history: SequencedCommand[] = []
  #nowMs: TimestampMs = START_MS

  readonly #checked: 'each step' | 'at the end'

  constructor(document: VenueDocument, checked: 'each step' | 'at the end' = 'each step') {
    this.#checked = checked
    this.do({ type: 'OpenVenue', document })
  }

  do(command: Command): Outcome {
    const sequence = (this.state.sequence + 1) as Sequence
    const sequenced = { sequence, timestampMs: this.#nowMs, command }
    this.history.push(sequenced)
    const outcome = apply(this.state, sequenced)
    if (this.#checked === 'each step') assertSound(this.state)
    return outcome
  }

  /** As `do`, for what the test takes for granted. */
  must(command: Command): Outcome {
    const outcome = this.do(command)
    assert(outcome.refusal === null, `refused: ${JSON.stringify(outcome.refusal, bigintText)}`)
    return outcome
  }

  ask<Q extends QuestionName>(name: Q, question: Ask<Q>): Answer<Q> {
    return ask(this.state, name, question)
  }

  /** A user with approved KYC, the disclosure accepted, and funds that count as 8 days old. */
  user(
    wallets: Partial<Record<SingleWallet, Record<string, string>>>,
    mode: 'CROSS' | null = 'CROSS',
  ): UserId {
    const userId = this.stranger(wallets)
    this.must({ type: 'SubmitKyc', userId })
    this.must({ type: 'ReviewKyc', userId, decision: 'APPROVED', reason: '', reviewer: 'test' })
    this.must({
      type: 'AcceptDisclosure',
      userId,
      version: venueOf(this.state).policy.disclosureVersion,
    })
    this.must({ type: 'BackdateFunding', userId, days: 8 })
    if (mode !== null) this.must({ type: 'SetMarginMode', userId, mode })
    return userId
  }

  /** A user with funds and nothing else. */
  stranger(wallets: Partial<Record<SingleWallet, Record<string, string>>>): UserId {
    const { events } = this.must({ type: 'CreateUser' })
    const { userId } = only(events, 'UserCreated')
    for (const [wallet, holdings] of Object.entries(wallets)) {
      for (const [asset, text] of Object.entries(holdings)) {
        this.must(this.deposit(userId, wallet as SingleWallet, asset, text))
      }
    }
    return userId
  }

  deposit(userId: UserId, wallet: SingleWallet, asset: string, text: string): Command {
    return { type: 'Deposit', userId, wallet, asset: this.asset(asset), amount: amountOf(text) }
  }

  prices(prices: Record<string, string>): Outcome {
    const set = Object.entries(prices).map(
      ([code, text]) => [this.asset(code), decimal(text, 8) as IndexPrice] as const,
    )
    return this.must({ type: 'SetIndexPrices', prices: set })
  }

  pass(ms: number): Outcome {
    this.#nowMs = (this.#nowMs + ms) as TimestampMs
    return this.must({ type: 'AdvanceTime' })
  }

  /** `order(user, 'BUY 0.5 BTCUSDT @ 30000', {…})`; without a price it is a market order. */
  order(userId: UserId, text: string, options: Partial<PlaceOrder> = {}): PlaceOrder {
    const match = /^(BUY|SELL) ([\d.]+) (\w+)(?: @ ([\d.]+))?$/.exec(text)
    const [, side, quantity = '', name = '', price] = present(match, `"${text}" reads as an order`)
    const symbol = this.symbol(name)
    return {
      type: 'PlaceOrder',
      userId,
      wallet: 'CROSS_MARGIN' satisfies TradingWallet,
      symbol: symbol.index,
      side: side as 'BUY' | 'SELL',
      orderType: price === undefined ? 'MARKET' : 'LIMIT',
      timeInForce: 'GTC',
      price: (price === undefined ? 0 : Number(amountOf(price) / symbol.tickSize)) as Ticks,
      lots: Number(amountOf(quantity) / symbol.stepSize) as Lots,
      quoteQuantity: 0n as Amount,
      ...PLAIN,
      clientOrderId: `test-${this.state.sequence + 1}`,
      sideEffect: 'NO_SIDE_EFFECT',
      autoRepayAtCancel: true,
      selfTradePrevention: 'EXPIRE_MAKER',
      ...options,
    }
  }

  /** A deep pocket that stands on both sides of a symbol's book: `[price, quantity]` best first. */
  quote(userId: UserId, name: string, bids: [string, string][], asks: [string, string][]): Outcome {
    const symbol = this.symbol(name)
    const levels = (side: [string, string][]) =>
      side.map(
        ([price, quantity]) =>
          [
            Number(amountOf(price) / symbol.tickSize) as Ticks,
            Number(amountOf(quantity) / symbol.stepSize) as Lots,
          ] as const,
      )
    return this.must({
      type: 'MassQuote',
      userId,
      symbol: symbol.index,
      bids: levels(bids),
      asks: levels(asks),
    })
  }

  asset(code: string): AssetIndex {
    return present(venueOf(this.state).assetByCode.get(code), `${code} is an asset`).index
  }

  symbol(name: string): TradingSymbol & { index: SymbolIndex } {
    return present(venueOf(this.state).symbolByName.get(name), `${name} is a symbol`)
  }

  /** `free/locked/borrowed/interest` as short decimal text: how a wallet stands. */
  balance(userId: UserId, wallet: WalletReference, asset: string): string {
    const line = this.ask('balances', { userId, wallet }).find((l) => l.asset === this.asset(asset))
    const { free, locked, borrowed, interest } = line ?? {
      free: 0n,
      locked: 0n,
      borrowed: 0n,
      interest: 0n,
    }
    return [free, locked, borrowed, interest].map((sum) => short(sum)).join(' / ')
  }
}

export function amountOf(text: string): Amount {
  return decimal(text, AMOUNT_DECIMALS) as Amount
}

function short(sum: bigint): string {
  return formatDecimal(sum, AMOUNT_DECIMALS).replace(/\.?0+$/, '')
}

/** The one event of a type. */
export function only<T extends EventType>(events: Outcome['events'], type: T): EventOf<T> {
  const found = events.filter((event): event is EventOf<T> => event.type === type)
  assert(found.length === 1, `there is one ${type}, not ${found.length}`)
  return present(found[0], 'it is there')
}

export function all<T extends EventType>(events: Outcome['events'], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type)
}

export function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
