import type { BalanceChanged, Event, Outcome } from '../../core/domain/event.ts'
import type { OrderId, UserId } from '../../core/domain/ids.ts'
import type { Order } from '../../core/domain/order.ts'
import type { Venue } from '../../core/domain/venue.ts'
import type { Wallet } from '../../core/domain/wallet.ts'
import type { MarginLevelStatus, UserPayload } from '../../wire/user-stream.ts'
import type { ListenAccount } from '../access/listen-tokens.ts'
import type { StreamEngine } from './stream-context.ts'
import type { Moment } from './user-payload.ts'
import {
  acceptedReport,
  accountPosition,
  balanceUpdate,
  endedReport,
  liabilityChange,
  tradeReport,
} from './user-payload.ts'

/** Takes one event as JSON text. */
export type UserListener = (event: string) => void

/** One account that someone listens to. */
interface Channel {
  readonly userId: UserId
  readonly account: ListenAccount
  readonly listeners: Set<UserListener>
  /** Open orders as they were accepted: what a report says beyond what the event does. Empty for RISK. */
  readonly orders: Map<OrderId, Readonly<Order>>
  /** Collected within one command. */
  readonly balances: BalanceChanged[]
}

/** User data streams: turns the events of each command into frames, for the accounts that someone listens to and no other. */
export class UserStreams {
  readonly #engine: Pick<StreamEngine, 'ask'>
  readonly #channels = new Map<string, Channel>()

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
    if (this.#channels.size === 0) return
    const moment = { venue, sequence: outcome.sequence, timestampMs: outcome.timestampMs }
    const touched = new Set<Channel>()
    for (const event of outcome.events) this.#take(event, moment, touched)
    for (const channel of touched) {
      say(channel, accountPosition(moment, channel.balances))
      channel.balances.length = 0
    }
  }

  #open(userId: UserId, account: ListenAccount): Channel {
    const orders = new Map<OrderId, Readonly<Order>>()
    if (account !== 'RISK')
      for (const order of this.#engine.ask('openOrders', { userId, wallet: account, symbol: null }))
        orders.set(order.id, { ...order })
    const channel = { userId, account, listeners: new Set<UserListener>(), orders, balances: [] }
    this.#channels.set(keyOf(userId, account), channel)
    return channel
  }

  #take(event: Event, moment: Moment, touched: Set<Channel>): void {
    switch (event.type) {
      case 'OrderAccepted':
      case 'TradeExecuted':
      case 'OrderEnded':
        this.#report(event, moment)
        return
      case 'BalanceChanged': {
        const channel = this.#channel(event.userId, event.wallet)
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
        this.#say(event.userId, event.from, () => balanceUpdate(moment, event.asset, -event.amount))
        this.#say(event.userId, event.to, () => balanceUpdate(moment, event.asset, event.amount))
        return
      default:
        this.#takeDebt(event, moment)
        return
    }
  }

  /** What moves a debt or a margin level. */
  #takeDebt(event: Event, moment: Moment): void {
    switch (event.type) {
      case 'LoanTaken':
        this.#say(event.userId, 'CROSS_MARGIN', () =>
          balanceUpdate(moment, event.asset, event.amount),
        )
        this.#say(event.userId, 'RISK', () =>
          liabilityChange(moment, event.asset, 'BORROW', event.amount, 0n),
        )
        return
      case 'LoanRepaid':
        this.#say(event.userId, 'CROSS_MARGIN', () =>
          balanceUpdate(moment, event.asset, -(event.principal + event.interest)),
        )
        this.#say(event.userId, 'RISK', () =>
          liabilityChange(moment, event.asset, 'REPAY', event.principal, event.interest),
        )
        return
      case 'InterestCharged':
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

  #report(
    event: Extract<Event, { type: 'OrderAccepted' | 'TradeExecuted' | 'OrderEnded' }>,
    moment: Moment,
  ): void {
    if (event.type === 'OrderAccepted') {
      const channel = this.#channel(event.order.userId, event.order.wallet)
      if (channel === undefined) return
      channel.orders.set(event.order.id, { ...event.order })
      say(channel, acceptedReport(moment, event.order))
      return
    }
    if (event.type === 'OrderEnded') {
      const channel = this.#channel(event.userId, event.wallet)
      const order = channel?.orders.get(event.orderId)
      if (channel === undefined || order === undefined) return
      channel.orders.delete(event.orderId)
      say(channel, endedReport(moment, order, event))
      return
    }
    for (const side of [event.taker, event.maker]) {
      const channel = this.#channel(side.userId, side.wallet)
      const order = channel?.orders.get(side.orderId)
      if (channel === undefined || order === undefined) continue
      if (side.status === 'FILLED') channel.orders.delete(side.orderId)
      say(channel, tradeReport(moment, order, event, side))
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

  #say(userId: UserId, account: Wallet | 'RISK', payload: () => UserPayload): void {
    const channel = this.#channel(userId, account)
    if (channel !== undefined) say(channel, payload())
  }

  #channel(userId: UserId, account: Wallet | 'RISK'): Channel | undefined {
    return this.#channels.get(keyOf(userId, account))
  }
}

function keyOf(userId: UserId, account: Wallet | 'RISK'): string {
  return `${userId}/${account}`
}

function say(channel: Channel, payload: UserPayload): void {
  const text = JSON.stringify(payload)
  for (const listener of channel.listeners) listener(text)
}
