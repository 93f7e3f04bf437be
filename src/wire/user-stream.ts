import type { OrderStatus, OrderType, Side, TimeInForce } from '../core/domain/order.ts'

/**
 * What user data streams carry, one letter to a field as Binance has it. Prices and quantities are decimal text,
 * times are milliseconds. Spot and cross margin share the shapes; the risk stream has its own two.
 */
export type UserPayload =
  | ExecutionReport
  | AccountPosition
  | BalanceUpdate
  | MarginLevelStatusChange
  | UserLiabilityChange
  | ListenKeyExpired
  | EventStreamTerminated

export type ExecutionType = 'NEW' | 'CANCELED' | 'TRADE' | 'EXPIRED' | 'TRADE_PREVENTION'

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
  /** Order list. */
  readonly g: -1
  /** The order's own client id when a user cancelled it; else empty. */
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
  /** Place in the venue's history. */
  readonly I: number
  readonly w: boolean
  readonly m: boolean
  readonly M: false
  readonly O: number
  readonly W: number
  readonly Q: string
  readonly V: string
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
