import type { Amount } from '../money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../money/price.ts'
import type { AssetIndex, OrderId, Sequence, SymbolIndex, TimestampMs, UserId } from './ids.ts'
import type { OrderType, SelfTradePrevention, Side, SideEffect, TimeInForce } from './order.ts'
import type { VenueDocument } from './venue-document.ts'
import type { Leverage, MarginMode, Wallet } from './wallet.ts'

/** Wallets that can trade. */
export type TradingWallet = 'SPOT' | 'CROSS_MARGIN'

export interface PlaceOrder {
  readonly type: 'PlaceOrder'
  readonly userId: UserId
  readonly wallet: TradingWallet
  readonly symbol: SymbolIndex
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  /** 0 for a market order. */
  readonly price: Ticks
  /** 0 when `quoteQuantity` is given. */
  readonly lots: Lots
  /** Market orders only: how much of the quote asset to spend or to receive; 0 when `lots` is given. */
  readonly quoteQuantity: Amount
  readonly clientOrderId: string
  readonly sideEffect: SideEffect
  readonly autoRepayAtCancel: boolean
  readonly selfTradePrevention: SelfTradePrevention
}

/** Names one open order by either id; `orderId` decides when both are given. */
export interface OrderReference {
  readonly orderId: OrderId | null
  readonly clientOrderId: string | null
}

export interface CancelOrder {
  readonly type: 'CancelOrder'
  readonly userId: UserId
  readonly wallet: TradingWallet
  readonly symbol: SymbolIndex
  readonly order: OrderReference
}

export interface CancelAllOrders {
  readonly type: 'CancelAllOrders'
  readonly userId: UserId
  readonly wallet: TradingWallet
  readonly symbol: SymbolIndex
}

export interface CancelReplace {
  readonly type: 'CancelReplace'
  readonly cancel: OrderReference
  /** STOP_ON_FAILURE leaves everything as it was when the order to cancel is not open; ALLOW_FAILURE places anyway. */
  readonly mode: 'STOP_ON_FAILURE' | 'ALLOW_FAILURE'
  readonly place: PlaceOrder
}

/** One market maker's whole quote on a symbol: what it rests afterwards is exactly these levels, post-only. */
export interface MassQuote {
  readonly type: 'MassQuote'
  readonly userId: UserId
  readonly symbol: SymbolIndex
  /** Best first. Levels that would cross the book are left out. */
  readonly bids: readonly (readonly [Ticks, Lots])[]
  readonly asks: readonly (readonly [Ticks, Lots])[]
}

export interface Deposit {
  readonly type: 'Deposit'
  readonly userId: UserId
  readonly wallet: Wallet
  readonly asset: AssetIndex
  readonly amount: Amount
}

export interface Transfer {
  readonly type: 'Transfer'
  readonly userId: UserId
  readonly asset: AssetIndex
  readonly amount: Amount
  readonly from: Wallet
  readonly to: Wallet
}

export interface Borrow {
  readonly type: 'Borrow'
  readonly userId: UserId
  readonly asset: AssetIndex
  readonly amount: Amount
}

export interface Repay {
  readonly type: 'Repay'
  readonly userId: UserId
  readonly asset: AssetIndex
  readonly amount: Amount
}

/** Everything that can be asked of the venue. Nothing else changes its state. */
export type Command =
  /** The first command of every journal: what this venue trades and by which policy. */
  | { readonly type: 'OpenVenue'; readonly document: VenueDocument }
  | { readonly type: 'CreateUser' }
  | { readonly type: 'SubmitKyc'; readonly userId: UserId }
  | {
      readonly type: 'ReviewKyc'
      readonly userId: UserId
      readonly decision: 'APPROVED' | 'REJECTED' | 'REVOKED'
      readonly reason: string
      readonly reviewer: string
    }
  | { readonly type: 'AcceptDisclosure'; readonly userId: UserId; readonly version: string }
  /** Sandbox only: the user's funds count as having lain here for `days` full days. */
  | { readonly type: 'BackdateFunding'; readonly userId: UserId; readonly days: number }
  | { readonly type: 'SetMarginMode'; readonly userId: UserId; readonly mode: MarginMode }
  | { readonly type: 'SetLeverage'; readonly userId: UserId; readonly leverage: Leverage }
  | Deposit
  | Transfer
  | Borrow
  | Repay
  | PlaceOrder
  | CancelOrder
  | CancelAllOrders
  | CancelReplace
  | MassQuote
  | {
      readonly type: 'SetIndexPrices'
      /** `null` withdraws an asset's index: it is unavailable until set again. */
      readonly prices: readonly (readonly [AssetIndex, IndexPrice | null])[]
    }
  /** Carries nothing but its time stamp: everything due by then happens. */
  | { readonly type: 'AdvanceTime' }

export type CommandType = Command['type']

/** A command with the two facts the sequencer adds: its place in history, and when that was. */
export interface SequencedCommand {
  readonly sequence: Sequence
  /** Never earlier than that of the command before. */
  readonly timestampMs: TimestampMs
  readonly command: Command
}
