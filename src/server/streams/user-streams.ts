import { present } from '../../core/assert.ts'
import type { BalanceChanged, Event, Outcome } from '../../core/domain/event.ts'
import type { SymbolIndex, UserId } from '../../core/domain/ids.ts'
import type { Order } from '../../core/domain/order.ts'
import type { Venue } from '../../core/domain/venue.ts'
import type { Wallet } from '../../core/domain/wallet.ts'
import { pairOf, walletOf } from '../../core/domain/wallet.ts'
import type { MarginLevelStatus, UserPayload } from '../../wire/user-stream.ts'
import type { ListenAccount } from '../access/listen-tokens.ts'
import { isolatedListen } from '../access/listen-tokens.ts'
import { ListNames } from './list-status.ts'
import type { Audience } from './order-reports.ts'
import { OrderReports } from './order-reports.ts'
import type { StreamEngine } from './stream-context.ts'
import { TrackedOrders } from './tracked-orders.ts'
import type { Moment } from './user-payload.ts'
import { accountPosition, balanceUpdate, liabilityChange } from './user-payload.ts'

/** Takes one event as JSON text. */
export type UserListener = (event: string) => void

/** One account that someone listens to. */
class Channel implements Audience {
  readonly listeners = new Set<UserListener>()
  /** None for RISK. */
  readonly orders = new TrackedOrders()
  /** Collected within one command. */
  readonly balances: BalanceChanged[] = []

  say(payload: UserPayload): void {
    const text = JSON.stringify(payload)
    for (const listener of this.listeners) listener(text)
  }
}

/** User data streams: turns the events of each command into frames, for the accounts that someone listens to and no other. */
export class UserStreams {
  readonly #engine: Pick<StreamEngine, 'ask'>
  readonly #channels = new Map<string, Channel>()
  readonly #names = new ListNames()
  readonly #reports = new OrderReports(
    (userId, wallet, symbol) => this.#channel(userId, listenOf(wallet, symbol)),
    this.#names,
  )

  constructor(engine: Pick<StreamEngine, 'ask'>) {
    this.#engine = engine
  }

  /** The answer ends it. */
  listen(userId: UserId, account: ListenAccount, listener: UserListener): () => void {
    const channel = this.#channels.get(keyOf(userId, account)) ?? this.#open(userId, account)
    channel.listeners.add(listener)
    return () => {
      channel.listeners.delete(listener)
      if (channel.listeners.size === 0) this.#channels.delete(keyOf(userId, account))
    }
  }

  apply(outcome: Outcome, venue: Venue): void {
    const moment = { venue, sequence: outcome.sequence, timestampMs: outcome.timestampMs }
    const touched = new Set<Channel>()
    const heard = this.#channels.size > 0
    for (const [index, event] of outcome.events.entries()) {
      // Lists are followed even while nobody listens: who comes later is told all their orders' names.
      this.#names.follow(event)
      if (heard) {
        this.#reports.take(event, { moment, outcome, index })
        this.#take(event, moment, touched)
      }
    }
    this.#names.endOfCommand()
    for (const channel of touched) {
      channel.say(accountPosition(moment, channel.balances))
      channel.balances.length = 0
    }
  }

  #open(userId: UserId, account: ListenAccount): Channel {
    const channel = new Channel()
    for (const order of this.#openOrders(userId, account)) {
      channel.orders.found(order)
      this.#names.note(order)
    }
    this.#channels.set(keyOf(userId, account), channel)
    return channel
  }

  #openOrders(userId: UserId, account: ListenAccount): readonly Readonly<Order>[] {
    if (account === 'RISK') return []
    if (account === 'SPOT' || account === 'CROSS_MARGIN') {
      return this.#engine.ask('openOrders', { userId, wallet: account, symbol: null })
    }
    const all = { userId, wallet: 'ISOLATED_MARGIN', symbol: null } as const
    const isOfPair = ({ symbol }: Readonly<Order>): boolean => isolatedListen(symbol) === account
    return this.#engine.ask('openOrders', all).filter(isOfPair)
  }

  #take(event: Event, moment: Moment, touched: Set<Channel>): void {
    switch (event.type) {
      case 'BalanceChanged': {
        const channel = this.#channel(event.userId, listenOf(event.wallet, event.pair))
        if (channel === undefined) return
        channel.balances.push(event)
        touched.add(channel)
        return
      }
      case 'Deposited':
        this.#say(event.userId, event.wallet, () =>
          balanceUpdate(moment, event.asset, event.amount),
        )
        return
      case 'Transferred':
        this.#say(event.userId, listenOf(walletOf(event.from), pairOf(event.from)), () =>
          balanceUpdate(moment, event.asset, -event.amount),
        )
        this.#say(event.userId, listenOf(walletOf(event.to), pairOf(event.to)), () =>
          balanceUpdate(moment, event.asset, event.amount),
        )
        return
      default:
        this.#takeDebt(event, moment)
        return
    }
  }

  /** What moves a debt or a margin level. */
  #takeDebt(event: Event, moment: Moment): void {
    const isIsolated = 'pair' in event && event.pair !== null
    // The risk stream is of the cross account, as Binance's is.
    if (isIsolated && event.type !== 'LoanTaken' && event.type !== 'LoanRepaid') return
    switch (event.type) {
      case 'LoanTaken':
        this.#say(event.userId, marginListen(event.pair), () =>
          balanceUpdate(moment, event.asset, event.amount),
        )
        if (isIsolated) return
        this.#say(event.userId, 'RISK', () =>
          liabilityChange(moment, event.asset, 'BORROW', event.amount, 0n),
        )
        return
      case 'LoanRepaid':
        this.#say(event.userId, marginListen(event.pair), () =>
          balanceUpdate(moment, event.asset, -(event.principal + event.interest)),
        )
        if (isIsolated) return
        this.#say(event.userId, 'RISK', () =>
          liabilityChange(moment, event.asset, 'REPAY', event.principal, event.interest),
        )
        return
      case 'InterestCharged':
        // What is paid at once was never owed.
        if (event.paid !== null) return
        this.#say(event.userId, 'RISK', () =>
          liabilityChange(moment, event.asset, 'INTEREST', 0n, event.interest),
        )
        return
      case 'MarginCalled':
        this.#level(event.userId, moment, 'MARGIN_CALL', event.level)
        return
      case 'MarginCallEnded':
        this.#level(event.userId, moment, 'NORMAL', event.level)
        return
      case 'LiquidationStarted':
        this.#level(event.userId, moment, 'FORCE_LIQUIDATION', event.level)
        return
      case 'LiquidationFinished':
        this.#level(event.userId, moment, 'NORMAL', null)
        return
    }
  }

  /** `level` null: asked of the engine, as the event does not say it. */
  #level(userId: UserId, moment: Moment, status: MarginLevelStatus, level: string | null): void {
    this.#say(userId, 'RISK', () => ({
      e: 'MARGIN_LEVEL_STATUS_CHANGE',
      E: moment.timestampMs,
      l: level ?? this.#engine.ask('marginAccount', { userId }).standing.marginLevel,
      s: status,
    }))
  }

  #say(userId: UserId, account: ListenName, payload: () => UserPayload): void {
    const channel = this.#channel(userId, account)
    if (channel !== undefined) channel.say(payload())
  }

  #channel(userId: UserId, account: ListenName): Channel | undefined {
    return this.#channels.get(keyOf(userId, account))
  }
}

type ListenName = ListenAccount | 'FUNDING'

/** What those listen to who are told of a wallet; an isolated one is that of a pair. */
function listenOf(wallet: Wallet, pair: SymbolIndex | null): ListenName {
  if (wallet !== 'ISOLATED_MARGIN') return wallet
  return isolatedListen(present(pair, 'an isolated account is of a pair'))
}

function marginListen(pair: SymbolIndex | null): ListenName {
  return pair === null ? 'CROSS_MARGIN' : isolatedListen(pair)
}

function keyOf(userId: UserId, account: ListenName): string {
  return `${userId}/${account}`
}
