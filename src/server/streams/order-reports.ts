import type {
  Event,
  EventOf,
  Outcome,
  SelfTradePrevented,
  TradeExecuted,
} from '../../core/domain/event.ts'
import type { OrderId, SymbolIndex, UserId } from '../../core/domain/ids.ts'
import type { Order } from '../../core/domain/order.ts'
import { remainingLots } from '../../core/domain/order.ts'
import type { Wallet } from '../../core/domain/wallet.ts'
import type { Lots } from '../../core/money/price.ts'
import type { UserPayload } from '../../wire/user-stream.ts'
import {
  endedReport,
  newReport,
  preventionReport,
  replacedReport,
  tradeReport,
} from './execution-report.ts'
import type { ListNames } from './list-status.ts'
import { listStatus } from './list-status.ts'
import type { TrackedOrders } from './tracked-orders.ts'
import type { Moment } from './user-payload.ts'

/** An account that someone listens to. */
export interface Audience {
  readonly orders: TrackedOrders
  say(payload: UserPayload): void
}

/** An event of an outcome. */
export interface Occurrence {
  readonly moment: Moment
  readonly outcome: Outcome
  /** Its place among the outcome's events. */
  readonly index: number
}

/** Who listens to a wallet's orders on a symbol. */
export type AudienceOf = (
  userId: UserId,
  wallet: Wallet,
  symbol: SymbolIndex,
) => Audience | undefined

/** Tells those who listen what happens to their orders and lists, event by event. */
export class OrderReports {
  readonly #audience: AudienceOf
  readonly #names: ListNames

  constructor(audience: AudienceOf, names: ListNames) {
    this.#audience = audience
    this.#names = names
  }

  take(event: Event, at: Occurrence): void {
    const { moment } = at
    switch (event.type) {
      case 'OrderAccepted':
        this.#entered(event.order, moment, (orders) => orders.accepted(event.order))
        return
      case 'OrderActivated':
        this.#entered(event.order, moment, (orders) =>
          orders.activated(event.order, moment.timestampMs),
        )
        return
      case 'OrderAmended': {
        const audience = this.#audience(event.order.userId, event.order.wallet, event.order.symbol)
        audience?.say(replacedReport(moment, audience.orders.amended(event.order), event))
        return
      }
      case 'TradeExecuted':
        this.#trade(event, moment)
        return
      case 'SelfTradePrevented':
        this.#prevent(event, at)
        return
      case 'OrderEnded': {
        const audience = this.#audience(event.userId, event.wallet, event.symbol)
        const reported = audience?.orders.ended(event)
        if (reported !== undefined) audience?.say(endedReport(moment, reported, event))
        return
      }
      case 'OrderListChanged':
        this.#changeList(event, moment)
        return
    }
  }

  #entered(
    { userId, wallet, symbol }: Readonly<Order>,
    moment: Moment,
    track: (orders: TrackedOrders) => Parameters<typeof newReport>[1],
  ): void {
    const audience = this.#audience(userId, wallet, symbol)
    audience?.say(newReport(moment, track(audience.orders)))
  }

  #trade(event: TradeExecuted, moment: Moment): void {
    for (const side of [event.taker, event.maker]) {
      const audience = this.#audience(side.userId, side.wallet, event.symbol)
      const reported = audience?.orders.traded(side)
      if (reported !== undefined) audience?.say(tradeReport(moment, reported, event, side))
    }
  }

  /** One report for each order that lost something. For one that ends by it, it stands for the end as well. */
  #prevent(event: SelfTradePrevented, at: Occurrence): void {
    const met = metLots(event, [this.#order(event, 'taker'), this.#order(event, 'maker')])
    for (const side of [event.taker, event.maker]) {
      const ends = endsNext(side.orderId, at)
      if (side.lots === 0 && !ends) continue
      const audience = this.#audience(side.userId, side.wallet, event.symbol)
      const reported = audience?.orders.prevented(side, ends)
      if (reported === undefined) continue
      const prevention = { event, side, lots: met, ends }
      audience?.say(preventionReport(at.moment, reported, prevention))
    }
  }

  /** Of an amended list there is only something to tell when a name in it is another. */
  #changeList(event: EventOf<'OrderListChanged'>, moment: Moment): void {
    const { list, change } = event
    if (change === 'UPDATED' && !this.#names.isRenamed(list.id)) return
    this.#audience(list.userId, list.wallet, list.symbol)?.say(
      listStatus(moment, event, this.#names),
    )
  }

  #order(event: SelfTradePrevented, part: 'taker' | 'maker'): Readonly<Order> | undefined {
    const { userId, wallet, orderId } = event[part]
    return this.#audience(userId, wallet, event.symbol)?.orders.get(orderId)
  }
}

/** What the match would have executed: the smaller remainder, of those that are known. */
function metLots(
  { mode, taker, maker }: SelfTradePrevented,
  [took, made]: readonly [Readonly<Order> | undefined, Readonly<Order> | undefined],
): Lots {
  if (mode === 'DECREMENT' || mode === 'TRANSFER') return taker.lots
  // What expires loses all that is left of it; a market order by quote quantity has no lots to lose.
  const left = [
    taker.lots,
    maker.lots,
    took === undefined ? 0 : remainingLots(took),
    made === undefined ? 0 : remainingLots(made),
  ].filter((lots) => lots > 0)
  return (left.length === 0 ? 0 : Math.min(...left)) as Lots
}

/** Whether the next that the outcome tells of an order is that it expired in a match. */
function endsNext(orderId: OrderId, { outcome, index }: Occurrence): boolean {
  for (let next = index + 1; next < outcome.events.length; next += 1) {
    const event = outcome.events[next]
    if (event?.type === 'OrderEnded') {
      if (event.orderId === orderId) return event.status === 'EXPIRED_IN_MATCH'
    } else if (event?.type === 'TradeExecuted' || event?.type === 'SelfTradePrevented') {
      if (event.maker.orderId === orderId || event.taker.orderId === orderId) return false
    }
  }
  return false
}
