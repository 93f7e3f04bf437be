import type { PlaceOrder } from '../domain/command.ts'
import type { AccountId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { Asset, TradingSymbol } from '../domain/venue.ts'
import type { OrderBook, Sweep } from '../matching/order-book.ts'
import type { Amount } from '../money/amount.ts'
import type { Lots, Ticks } from '../money/price.ts'
import type { User } from './state.ts'

export interface PlannedFill {
  readonly maker: Order
  readonly price: Ticks
  readonly lots: Lots
  readonly base: Amount
  readonly quote: Amount
}

/** All that accepting an order will do, decided before any of it is done. */
export interface OrderPlan {
  readonly place: PlaceOrder
  readonly user: User
  readonly account: AccountId
  readonly symbol: TradingSymbol
  readonly book: OrderBook
  /** What the order locks and pays with, and what it receives. */
  readonly gives: Asset
  readonly receives: Asset
  readonly need: Amount
  /** The shortfall, never more (rule B4). */
  readonly borrow: Amount
  /** What the book will do; null when nothing trades. */
  readonly sweep: Sweep | null
  readonly fills: readonly PlannedFill[]
  readonly expiredMakers: readonly Order[]
  readonly restLots: Lots
  /** How the remainder ends when it does not rest; null: nothing is left, or it rests. */
  readonly ends: 'EXPIRED' | 'EXPIRED_IN_MATCH' | null
}

export function isPlan(planned: OrderPlan | Refusal): planned is OrderPlan {
  return 'place' in planned
}

/** What the book would do with an order. */
export type Matched = Pick<OrderPlan, 'sweep' | 'fills' | 'expiredMakers' | 'restLots' | 'ends'>
