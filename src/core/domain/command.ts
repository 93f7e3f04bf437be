import type { Amount } from '../money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import type {
  AssetIndex,
  OrderId,
  OrderListId,
  PolicyChangeId,
  Sequence,
  SymbolIndex,
  TimestampMs,
  UserId,
} from './ids.ts'
import type { OrderType, SelfTradePrevention, Side, SideEffect, TimeInForce } from './order.ts'
import type { OrderListKind } from './order-list.ts'
import type { PolicySetting } from './policy-setting.ts'
import type { SymbolState } from './venue.ts'
import type { VenueDocument } from './venue-document.ts'
import type { Leverage, MarginMode, SingleWallet, WalletReference } from './wallet.ts'

/** Wallets that can trade. An order in isolated margin is of its symbol's own account. */
export const TRADING_WALLETS = ['SPOT', 'CROSS_MARGIN', 'ISOLATED_MARGIN'] as const
export type TradingWallet = (typeof TRADING_WALLETS)[number]

export interface PlaceOrder {
  readonly type: 'PlaceOrder'
  readonly userId: UserId
  readonly wallet: TradingWallet
  readonly symbol: SymbolIndex
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  /** 0 for an order at market. */
  readonly price: Ticks
  /** 0 when `quoteQuantity` is given. */
  readonly lots: Lots
  /** Market orders only: how much of the quote asset to spend or to receive; 0 when `lots` is given. */
  readonly quoteQuantity: Amount
  /** Of an order that waits for a price; 0: none (rule T8). */
  readonly stopPrice: Ticks
  /** In 1/10,000; 0: not trailing (rule T9). */
  readonly trailingBips: number
  /** What an iceberg shows at most; 0: all (rule T7). */
  readonly icebergLots: Lots
  readonly clientOrderId: string
  readonly sideEffect: SideEffect
  readonly autoRepayAtCancel: boolean
  readonly selfTradePrevention: SelfTradePrevention
  /** Marks of the client's own, given back with the order. */
  readonly strategyId: number | null
  readonly strategyType: number | null
}

/** What an order without conditions, parts and marks has for them: spread into a `PlaceOrder`. */
export const PLAIN = {
  stopPrice: 0 as Ticks,
  trailingBips: 0,
  icebergLots: 0 as Lots,
  strategyId: null,
  strategyType: null,
} as const

/** Names one open order by either id; `orderId` decides when both are given. */
export interface OrderReference {
  readonly orderId: OrderId | null
  readonly clientOrderId: string | null
}

/** What the order must be for its cancellation to be carried out (rule T17). */
export const CANCEL_RESTRICTIONS = ['ONLY_NEW', 'ONLY_PARTIALLY_FILLED'] as const
export type CancelRestriction = (typeof CANCEL_RESTRICTIONS)[number]

export interface CancelOrder {
  readonly type: 'CancelOrder'
  readonly userId: UserId
  readonly wallet: TradingWallet
  readonly symbol: SymbolIndex
  readonly order: OrderReference
  readonly restriction: CancelRestriction | null
}

/** Lowers an open order's quantity in its place (rule T16). */
export interface AmendOrder {
  readonly type: 'AmendOrder'
  readonly userId: UserId
  readonly wallet: TradingWallet
  readonly symbol: SymbolIndex
  readonly order: OrderReference
  /** The whole quantity afterwards, what is executed included. */
  readonly lots: Lots
  /** Its name from now on; the old one may stay. */
  readonly clientOrderId: string
}

/** Orders that hang together (rules T12, T13). They are one account's, on one symbol. */
export interface PlaceOrderList {
  readonly type: 'PlaceOrderList'
  readonly userId: UserId
  readonly wallet: TradingWallet
  readonly symbol: SymbolIndex
  readonly kind: OrderListKind
  readonly clientListId: string
  /** Of an OCO: above, below. Of an OTO: working, pending. Of an OTOCO: working, above, below. */
  readonly orders: readonly PlaceOrder[]
}

/** Names one open list by either id; `listId` decides when both are given. */
export interface OrderListReference {
  readonly listId: OrderListId | null
  readonly clientListId: string | null
}

export interface CancelOrderList {
  readonly type: 'CancelOrderList'
  readonly userId: UserId
  readonly wallet: TradingWallet
  readonly symbol: SymbolIndex
  readonly list: OrderListReference
}

/** Dead man's switch (rule T22): unless it comes again in time, the user's open orders are cancelled. */
export interface CancelAllAfter {
  readonly type: 'CancelAllAfter'
  readonly userId: UserId
  readonly wallet: TradingWallet
  /** Null: every symbol. */
  readonly symbol: SymbolIndex | null
  /** 0 stops the countdown. */
  readonly timeoutMs: number
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
  readonly restriction: CancelRestriction | null
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
  readonly wallet: SingleWallet
  readonly asset: AssetIndex
  readonly amount: Amount
}

export interface Transfer {
  readonly type: 'Transfer'
  readonly userId: UserId
  readonly asset: AssetIndex
  readonly amount: Amount
  readonly from: WalletReference
  /** An isolated account is opened by the first transfer into it. */
  readonly to: WalletReference
}

export interface Borrow {
  readonly type: 'Borrow'
  readonly userId: UserId
  /** Whose isolated account borrows; null: cross. */
  readonly pair: SymbolIndex | null
  readonly asset: AssetIndex
  readonly amount: Amount
}

export interface Repay {
  readonly type: 'Repay'
  readonly userId: UserId
  /** As in `Borrow`. */
  readonly pair: SymbolIndex | null
  readonly asset: AssetIndex
  readonly amount: Amount
}

/** Wallets that lend to a pool and are paid back from one. */
export type LendingWallet = 'SPOT' | 'FUNDING'

/** Lends to the asset's pool (rule B8). */
export interface SupplyPool {
  readonly type: 'SupplyPool'
  readonly userId: UserId
  readonly asset: AssetIndex
  readonly amount: Amount
  readonly from: LendingWallet
}

/** Takes back what was lent to the asset's pool, as far as it is not lent on (rule B9). */
export interface WithdrawFromPool {
  readonly type: 'WithdrawFromPool'
  readonly userId: UserId
  readonly asset: AssetIndex
  readonly amount: Amount
  readonly to: LendingWallet
}

/** Turns small debts into one of USDT at index price (rule B13). */
export interface ExchangeSmallDebts {
  readonly type: 'ExchangeSmallDebts'
  readonly userId: UserId
  readonly assets: readonly AssetIndex[]
}

export interface SetMarginMode {
  readonly type: 'SetMarginMode'
  readonly userId: UserId
  readonly mode: MarginMode
}

/** What changes a margin account other than by trading; each can be previewed. */
export type AccountCommand = Transfer | Borrow | Repay | SetMarginMode
/** Operator: a change of the venue document that somebody may approve (rule O1). */
export interface DraftPolicyChange {
  readonly type: 'DraftPolicyChange'
  readonly settings: readonly PolicySetting[]
  /** When it is to take effect; null: as soon as it may. */
  readonly effectMs: TimestampMs | null
  readonly reason: string
  readonly author: string
}

/** Operator: a draft takes effect when its time has come, at once if it has (rule O2). */
export interface ApprovePolicyChange {
  readonly type: 'ApprovePolicyChange'
  readonly policyChangeId: PolicyChangeId
  readonly reason: string
  readonly author: string
}

/** Operator: a change that is not yet in force never will be. */
export interface WithdrawPolicyChange {
  readonly type: 'WithdrawPolicyChange'
  readonly policyChangeId: PolicyChangeId
  readonly reason: string
  readonly author: string
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
  | SetMarginMode
  /** Rule L8: levels at which the user wants to be told, beside the margin call. */
  | {
      readonly type: 'SetWarningLevels'
      readonly userId: UserId
      readonly levels: readonly Rate[]
    }
  | { readonly type: 'SetLeverage'; readonly userId: UserId; readonly leverage: Leverage }
  /** Opens or enables a pair's isolated account, or disables it (rule S5). */
  | {
      readonly type: 'SetIsolatedAccount'
      readonly userId: UserId
      readonly pair: SymbolIndex
      readonly enabled: boolean
    }
  /** Closes the user's cross account, or a pair's isolated one, as a liquidation would (rule Q11). */
  | {
      readonly type: 'LiquidateAccount'
      readonly userId: UserId
      readonly pair: SymbolIndex | null
    }
  | Deposit
  | Transfer
  | Borrow
  | Repay
  | SupplyPool
  | WithdrawFromPool
  | ExchangeSmallDebts
  | PlaceOrder
  | CancelOrder
  | CancelAllOrders
  | CancelReplace
  | AmendOrder
  | PlaceOrderList
  | CancelOrderList
  | CancelAllAfter
  | MassQuote
  /** Operator: what a symbol takes from now on (rule T20). */
  | {
      readonly type: 'SetSymbolState'
      readonly symbol: SymbolIndex
      readonly state: SymbolState
      readonly reason: string
      readonly author: string
    }
  /** Operator: users of one trade group never trade with each other (rule T6); null: the user alone. */
  | {
      readonly type: 'SetTradeGroup'
      readonly userId: UserId
      readonly tradeGroupId: number | null
      readonly reason: string
      readonly author: string
    }
  /** Whether the user pays interest in BNB where possible (rule I4). */
  | { readonly type: 'SetInterestPayment'; readonly userId: UserId; readonly inBnb: boolean }
  /** Operator: a user's VIP level (rule B12); null: by their volume. */
  | { readonly type: 'SetVipLevel'; readonly userId: UserId; readonly vipLevel: number | null }
  /** Operator: whether a pool lends (rule B3). What is lent stays lent. */
  | {
      readonly type: 'SetLending'
      readonly asset: AssetIndex
      readonly lends: boolean
      readonly reason: string
      readonly author: string
    }
  | DraftPolicyChange
  | ApprovePolicyChange
  | WithdrawPolicyChange
  /** Declares index prices, each in place of all sources of its asset (rule X1). */
  | {
      readonly type: 'SetIndexPrices'
      /** `null` withdraws what was declared: the index is that of the sources, unavailable without any. */
      readonly prices: readonly (readonly [AssetIndex, IndexPrice | null])[]
    }
  /** What one outside source says (rule X1), as of this command's time. */
  | {
      readonly type: 'SetSourcePrices'
      /** As the policy names it. */
      readonly source: string
      readonly prices: readonly (readonly [AssetIndex, IndexPrice])[]
    }
  /** How many of its underlying an asset redeems for (rule X2). */
  | { readonly type: 'SetRedemptionRatio'; readonly asset: AssetIndex; readonly ratio: Rate }
  /** Operator: liquidations that wait for an index go on at it as it is (rule X3). */
  | {
      readonly type: 'ReleaseIndex'
      readonly asset: AssetIndex
      readonly reason: string
      readonly author: string
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
