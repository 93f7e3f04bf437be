import type { PlaceOrder } from '../domain/command.ts'
import type { OrderEndCause } from '../domain/event.ts'
import type { AccountId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { Asset, TradingSymbol } from '../domain/venue.ts'
import type { OrderBook, Sweep } from '../matching/order-book.ts'
import type { Amount } from '../money/amount.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { maxBigint } from '../money/rounding.ts'
import type { User } from './state.ts'

export interface PlannedFill {
  readonly maker: Order
  readonly price: Ticks
  readonly lots: Lots
  readonly base: Amount
  readonly quote: Amount
  /** What the maker, an iceberg, shows anew afterwards. */
  readonly replenishedLots: Lots
}

/** A self-trade that does not happen (rule T6). */
export interface PlannedPrevention {
  readonly maker: Order
  readonly price: Ticks
  readonly takerLots: Lots
  readonly makerLots: Lots
  /** How many of the fills come before it. */
  readonly after: number
  /** What changes hands under TRANSFER; null: nothing. */
  readonly transferred: { readonly base: Amount; readonly quote: Amount } | null
}

/** How what is left of an order ends when it does not rest. */
export interface PlannedEnd {
  readonly status: 'EXPIRED' | 'EXPIRED_IN_MATCH'
  readonly cause: OrderEndCause
}

/** What the book would do with an order. */
export interface Matched {
  /** What the book has measured; null when it need not be asked. */
  readonly sweep: Sweep | null
  readonly fills: readonly PlannedFill[]
  readonly preventions: readonly PlannedPrevention[]
  /** Resting orders whose accounts would not stand the trade (rule T23). */
  readonly unfit: readonly Order[]
  readonly restLots: Lots
  /** Null: nothing is left, or it rests. */
  readonly ends: PlannedEnd | null
}

/** All that accepting or activating an order will do, decided before any of it is done. */
export interface OrderPlan extends Matched {
  /** The order as it enters the market; an activated one's as the limit or market order it stands for. */
  readonly place: PlaceOrder
  readonly user: User
  readonly account: AccountId
  readonly symbol: TradingSymbol
  readonly book: OrderBook
  /** What the order locks and pays with, and what it receives. */
  readonly gives: Asset
  readonly receives: Asset
  /** What it must have locked before it trades, and what of that it already has. */
  readonly need: Amount
  readonly held: Amount
  /** The shortfall, never more (rule B4). */
  readonly borrow: Amount
  /** All that it has ever borrowed: what of that it does not use goes back. */
  readonly lent: Amount
  /** Whether it goes to the stop book first (rule T8). */
  readonly waits: boolean
}

/** What it has locked when it begins: an activated order may have more than it turns out to need. */
export function lockedAtStart({ need, held }: OrderPlan): Amount {
  return maxBigint(need, held) as Amount
}

export function isPlan(planned: OrderPlan | Refusal): planned is OrderPlan {
  return 'place' in planned
}
