import type { Amount } from '../money/amount.ts'
import type { Lots, Ticks } from '../money/price.ts'
import type {
  AccountId,
  AssetIndex,
  OrderId,
  OrderListId,
  SymbolIndex,
  TimestampMs,
  UserId,
} from './ids.ts'
import type { Wallet } from './wallet.ts'

export type Side = 'BUY' | 'SELL'

export const ORDER_TYPES = [
  'LIMIT',
  'LIMIT_MAKER',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
] as const
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
  'DECREMENT',
  'TRANSFER',
] as const
/** What happens when orders of one self-trade group meet; the taker's mode decides (rule T6). */
export type SelfTradePrevention = (typeof SELF_TRADE_PREVENTIONS)[number]

export type OrderStatus =
  | 'PENDING_NEW'
  | 'NEW'
  | 'PARTIALLY_FILLED'
  | 'FILLED'
  | 'CANCELED'
  | 'EXPIRED'
  | 'EXPIRED_IN_MATCH'

/**
 * Where an open order stands: with its list until its turn comes (rule T13), in the stop book until its price comes
 * (rule T8), or in the market.
 */
export type OrderStage = 'PENDING' | 'WAITING' | 'WORKING'

/** An order as the engine keeps it. Only `engine/` changes one. */
export interface Order {
  readonly id: OrderId
  /** The user's name for it; an amendment may give another. */
  clientOrderId: string
  readonly userId: UserId
  readonly wallet: Wallet
  readonly accountId: AccountId
  readonly symbol: SymbolIndex
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  /** 0 for an order at market. */
  readonly price: Ticks
  /** What was asked for in the base asset, less what amendments took off; 0 for a market order by quote quantity. */
  lots: Lots
  /** What was asked for in the quote asset; 0 unless a market order by quote quantity. */
  readonly quoteQuantity: Amount
  /** 0: none. */
  readonly stopPrice: Ticks
  /** In 1/10,000; 0: not trailing. */
  readonly trailingBips: number
  /** What an iceberg shows at most; 0: all of it. */
  readonly icebergLots: Lots
  readonly listId: OrderListId | null
  readonly sideEffect: SideEffect
  readonly autoRepayAtCancel: boolean
  readonly selfTradePrevention: SelfTradePrevention
  /** Marks of the client's own, for its books only. */
  readonly strategyId: number | null
  readonly strategyType: number | null
  readonly createdMs: TimestampMs
  /** What accepting it borrowed, in `borrowedAsset`; 0 when nothing (rule B4). */
  borrowed: Amount
  borrowedAsset: AssetIndex | null

  stage: OrderStage
  status: OrderStatus
  executedLots: Lots
  executedQuote: Amount
  /** What self-trade prevention took off (rule T6). */
  preventedLots: Lots
  /** How often it was amended (rule T16). */
  amendments: number
  /** Since when it has been in the market; null: not yet. */
  workingMs: TimestampMs | null
  updatedMs: TimestampMs
  /** What it still holds locked: quote for a buy, base for a sell. */
  locked: Amount
  /** At what a purchase at market without a stop price locks, in 10⁻⁸ of the quote for one base; otherwise 0. */
  reservePrice: Amount
}

/** What may still trade: neither executed nor prevented. */
export function remainingLots({
  lots,
  executedLots,
  preventedLots,
}: Readonly<Pick<Order, 'lots' | 'executedLots' | 'preventedLots'>>): Lots {
  return (lots - executedLots - preventedLots) as Lots
}

export function opposite(side: Side): Side {
  return side === 'BUY' ? 'SELL' : 'BUY'
}

/** Whether an order of this type waits for its price before it enters the market (rule T8). */
export function waitsForPrice(type: OrderType): boolean {
  return type !== 'LIMIT' && type !== 'LIMIT_MAKER' && type !== 'MARKET'
}

/** Whether an order of this type has no limit once it is in the market. */
export function isAtMarket(type: OrderType): boolean {
  return type === 'MARKET' || type === 'STOP_LOSS' || type === 'TAKE_PROFIT'
}

/** On which side of its stop price an order triggers: `RISE` at or above, `FALL` at or below (rule T8). */
export function stopCondition(type: OrderType, side: Side): 'RISE' | 'FALL' {
  const stopsLoss = type === 'STOP_LOSS' || type === 'STOP_LOSS_LIMIT'
  return stopsLoss === (side === 'BUY') ? 'RISE' : 'FALL'
}

export function borrowsAutomatically(sideEffect: SideEffect): boolean {
  return sideEffect === 'MARGIN_BUY' || sideEffect === 'AUTO_BORROW_REPAY'
}

export function repaysAutomatically(sideEffect: SideEffect): boolean {
  return sideEffect === 'AUTO_REPAY' || sideEffect === 'AUTO_BORROW_REPAY'
}
