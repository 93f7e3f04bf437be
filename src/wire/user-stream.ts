import type { OrderStatus, OrderType, Side, TimeInForce } from '../core/domain/order.ts'
import type { OrderListStatus } from '../core/domain/order-list.ts'
import type { ExpiryReason } from './expiry-reason.ts'

/**
 * What user data streams carry, one letter to a field as Binance has it. Prices and quantities are decimal text,
 * times are milliseconds. Spot and cross margin share the shapes; the risk stream has its own two.
 */
export type UserPayload =
  | ExecutionReport
  | ListStatus
  | AccountPosition
  | BalanceUpdate
  | MarginLevelStatusChange
  | UserLiabilityChange
  | ListenKeyExpired
  | EventStreamTerminated

export type ExecutionType =
  | 'NEW'
  | 'CANCELED'
  | 'REPLACED'
  | 'TRADE'
  | 'EXPIRED'
  | 'TRADE_PREVENTION'

export interface ExecutionReport {
  readonly e: 'executionReport'
  readonly E: number
  readonly s: string
  readonly c: string
  readonly S: Side
  readonly o: OrderType
  readonly f: TimeInForce
  readonly q: string
  readonly p: string
  /** Stop price. */
  readonly P: string
  /** Iceberg quantity. */
  readonly F: string
  /** Order list; -1: none. */
  readonly g: number
  /** The client id of what was canceled or replaced; else empty. */
  readonly C: string
  readonly x: ExecutionType
  readonly X: OrderStatus
  readonly r: 'NONE'
  readonly i: number
  /** Of this execution: quantity, price, quote. */
  readonly l: string
  readonly L: string
  readonly Y: string
  /** Of the order so far: quantity, quote. */
  readonly z: string
  readonly Z: string
  readonly n: string
  readonly N: string | null
  readonly T: number
  readonly t: number
  /** The prevented match. With it stand, and without it are left out, the fields down to `pY`. */
  readonly v?: number
  /** What self-trade prevention took off in all, and in this match. */
  readonly A?: string
  readonly B?: string
  /** Trade group; -1: none. */
  readonly u?: number
  /** The order that was met, and its symbol. */
  readonly U?: number
  readonly Cs?: string
  /** What would have been executed: quantity, price, quote. */
  readonly pl?: string
  readonly pL?: string
  readonly pY?: string
  /** Place in the venue's history. */
  readonly I: number
  /** Whether it is in the market. */
  readonly w: boolean
  readonly m: boolean
  readonly M: false
  readonly O: number
  readonly Q: string
  /** Since when it has been in the market; left out before. */
  readonly W?: number
  readonly V: string
  /** Trailing delta, and since when it has tracked the price where that is known. */
  readonly d?: number
  readonly D?: number
  /** Strategy: id and type, as they were given. */
  readonly j?: number
  readonly J?: number
  readonly eR?: ExpiryReason
}

/** An order list as it is now. Follows the reports of what happened to its orders. */
export interface ListStatus {
  readonly e: 'listStatus'
  readonly E: number
  readonly s: string
  readonly g: number
  /** An OTOCO is an OTO here as in the answers. */
  readonly c: 'OCO' | 'OTO'
  readonly l: 'EXEC_STARTED' | 'UPDATED' | 'ALL_DONE'
  readonly L: OrderListStatus
  readonly r: 'NONE'
  readonly C: string
  readonly T: number
  readonly O: readonly { readonly s: string; readonly i: number; readonly c: string }[]
}

export interface AccountPosition {
  readonly e: 'outboundAccountPosition'
  readonly E: number
  readonly u: number
  readonly B: readonly { readonly a: string; readonly f: string; readonly l: string }[]
}

export interface BalanceUpdate {
  readonly e: 'balanceUpdate'
  readonly E: number
  readonly a: string
  /** Signed. */
  readonly d: string
  readonly T: number
}

export type MarginLevelStatus = 'NORMAL' | 'MARGIN_CALL' | 'FORCE_LIQUIDATION'

export interface MarginLevelStatusChange {
  readonly e: 'MARGIN_LEVEL_STATUS_CHANGE'
  readonly E: number
  readonly l: string
  readonly s: MarginLevelStatus
}

/** What was borrowed, repaid or charged: principal and interest. */
export interface UserLiabilityChange {
  readonly e: 'USER_LIABILITY_CHANGE'
  readonly E: number
  readonly a: string
  readonly t: 'BORROW' | 'REPAY' | 'INTEREST'
  readonly p: string
  readonly i: string
}

export interface ListenKeyExpired {
  readonly e: 'listenKeyExpired'
  readonly E: number
  readonly listenKey: string
}

export interface EventStreamTerminated {
  readonly e: 'eventStreamTerminated'
  readonly E: number
}
