import type { Amount } from '../money/amount.ts'
import type { Lots, Ticks } from '../money/price.ts'
import type { AccountId, AssetIndex, OrderId, SymbolIndex, TimestampMs, UserId } from './ids.ts'
import type { Wallet } from './wallet.ts'

export type Side = 'BUY' | 'SELL'

export const ORDER_TYPES = ['LIMIT', 'MARKET', 'LIMIT_MAKER'] as const
export type OrderType = (typeof ORDER_TYPES)[number]

export const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK'] as const
export type TimeInForce = (typeof TIMES_IN_FORCE)[number]

export const SIDE_EFFECTS = [
  'NO_SIDE_EFFECT',
  'MARGIN_BUY',
  'AUTO_REPAY',
  'AUTO_BORROW_REPAY',
] as const
export type SideEffect = (typeof SIDE_EFFECTS)[number]

export const SELF_TRADE_PREVENTIONS = [
  'NONE',
  'EXPIRE_TAKER',
  'EXPIRE_MAKER',
  'EXPIRE_BOTH',
] as const
/** What happens when a user's order meets their own; the taker's mode decides. */
export type SelfTradePrevention = (typeof SELF_TRADE_PREVENTIONS)[number]

export type OrderStatus =
  | 'NEW'
  | 'PARTIALLY_FILLED'
  | 'FILLED'
  | 'CANCELED'
  | 'EXPIRED'
  | 'EXPIRED_IN_MATCH'

/** An order as the engine keeps it. Only `engine/` changes one. */
export interface Order {
  readonly id: OrderId
  readonly clientOrderId: string
  readonly userId: UserId
  readonly wallet: Wallet
  readonly accountId: AccountId
  readonly symbol: SymbolIndex
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  /** 0 for a market order. */
  readonly price: Ticks
  /** What was asked for in the base asset; 0 for a market order by quote quantity. */
  readonly lots: Lots
  /** What was asked for in the quote asset; 0 unless a market order by quote quantity. */
  readonly quoteQuantity: Amount
  readonly sideEffect: SideEffect
  readonly autoRepayAtCancel: boolean
  readonly selfTradePrevention: SelfTradePrevention
  readonly createdMs: TimestampMs
  /** What accepting it borrowed, in `borrowedAsset`; 0 when nothing (rule B4). */
  readonly borrowed: Amount
  readonly borrowedAsset: AssetIndex | null

  status: OrderStatus
  executedLots: Lots
  executedQuote: Amount
  updatedMs: TimestampMs
  /** What it still holds locked: quote for a buy, base for a sell. */
  locked: Amount
}

export function opposite(side: Side): Side {
  return side === 'BUY' ? 'SELL' : 'BUY'
}

export function borrowsAutomatically(sideEffect: SideEffect): boolean {
  return sideEffect === 'MARGIN_BUY' || sideEffect === 'AUTO_BORROW_REPAY'
}

export function repaysAutomatically(sideEffect: SideEffect): boolean {
  return sideEffect === 'AUTO_REPAY' || sideEffect === 'AUTO_BORROW_REPAY'
}
