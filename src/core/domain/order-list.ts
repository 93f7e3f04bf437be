import type { AccountId, OrderId, OrderListId, SymbolIndex, TimestampMs, UserId } from './ids.ts'
import type { Wallet } from './wallet.ts'

export const ORDER_LIST_KINDS = ['OCO', 'OTO', 'OTOCO'] as const
/** OCO: one cancels the other (rule T12). OTO: one triggers the other; OTOCO: one triggers an OCO (rule T13). */
export type OrderListKind = (typeof ORDER_LIST_KINDS)[number]

export type OrderListStatus = 'EXECUTING' | 'ALL_DONE'

/** Orders that hang together. Of an OCO: above, below. Of an OTO: working, pending. Of an OTOCO: working, above, below. */
export interface OrderList {
  readonly id: OrderListId
  readonly clientListId: string
  readonly userId: UserId
  readonly wallet: Wallet
  readonly accountId: AccountId
  readonly symbol: SymbolIndex
  readonly kind: OrderListKind
  readonly orders: readonly OrderId[]
  readonly createdMs: TimestampMs
  /** Done once none of its orders is open. */
  status: OrderListStatus
}
