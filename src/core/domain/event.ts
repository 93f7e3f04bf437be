import type { Amount } from '../money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import type {
  AssetIndex,
  LiquidationId,
  OrderId,
  OrderListId,
  PreventedMatchId,
  Sequence,
  SymbolIndex,
  TimestampMs,
  TradeId,
  TransactionId,
  UserId,
} from './ids.ts'
import type { LendingEvent } from './lending-event.ts'
import type { LiquidationEvent } from './liquidation-event.ts'
import type { Order, OrderStatus, SelfTradePrevention, Side } from './order.ts'
import type { OrderList } from './order-list.ts'
import type { PolicyEvent } from './policy-event.ts'
import type { Refusal } from './rejection.ts'
import type { IndexStanding, SourceStanding, SymbolState } from './venue.ts'
import type { VenueDocument } from './venue-document.ts'
import type { Leverage, MarginMode, SingleWallet, Wallet, WalletReference } from './wallet.ts'

/** Why an order left the book, or never entered it. */
export type OrderEndCause =
  | 'user'
  | 'replaced'
  | 'quote'
  | 'unfilled'
  | 'self_trade'
  | 'liquidation'
  | 'reduce_only'
  /** Its list is done, or its other order goes ahead (rules T12 to T14). */
  | 'list'
  /** What is left would trade outside the execution band (rule T18). */
  | 'price_range'
  | 'volatility'
  /** Its account would not have stood it (rules T11, T23). */
  | 'margin'
  /** Refused when its turn came (rules T11, T13). */
  | 'refused'
  | 'order_age'
  | 'countdown'

/** Who acted: the user, an order's side effect, the clock, or the venue closing a portfolio. */
export type LoanOrigin = 'MANUAL' | 'AUTO' | 'LIQUIDATION'

/** One side of a trade. */
export interface TradeSide {
  readonly orderId: OrderId
  readonly clientOrderId: string
  readonly userId: UserId
  readonly wallet: Wallet
  readonly side: Side
  /** In the asset received. */
  readonly fee: Amount
  readonly feeAsset: AssetIndex
  /** The order after this trade. */
  readonly status: OrderStatus
  readonly executedLots: Lots
  readonly executedQuote: Amount
}

export interface TradeExecuted {
  readonly type: 'TradeExecuted'
  readonly symbol: SymbolIndex
  readonly tradeId: TradeId
  readonly price: Ticks
  readonly lots: Lots
  readonly quote: Amount
  readonly maker: TradeSide
  readonly taker: TradeSide
  readonly liquidationId: LiquidationId | null
  /** What a resting iceberg shows anew after this trade (rule T7). */
  readonly replenishedLots: Lots
}

/** An account's holdings of one asset as they are after the command. Owed amounts are positive. */
export interface BalanceChanged {
  readonly type: 'BalanceChanged'
  readonly userId: UserId
  readonly wallet: Wallet
  /** Of the isolated account; null: another wallet. */
  readonly pair: SymbolIndex | null
  readonly asset: AssetIndex
  readonly free: Amount
  readonly locked: Amount
  readonly borrowed: Amount
  readonly interest: Amount
}

/** An order accepted, with its state at that moment: before any fill. */
export interface OrderAccepted {
  readonly type: 'OrderAccepted'
  readonly order: Readonly<Order>
  /** What will show in the book of what is left once it has traded; 0: nothing comes to rest. */
  readonly restingLots: Lots
}

/** A waiting order's price has come, or a pending one's turn: it moves on, with its state before any fill (rules T11, T13). */
export interface OrderActivated {
  readonly type: 'OrderActivated'
  readonly order: Readonly<Order>
  /** As in `OrderAccepted`. */
  readonly restingLots: Lots
}

/** An order was lowered in its place (rule T16), with its state afterwards. */
export interface OrderAmended {
  readonly type: 'OrderAmended'
  readonly order: Readonly<Order>
  readonly originalClientOrderId: string
  readonly originalLots: Lots
  /** By how much what the book shows fell. */
  readonly shownLotsLess: Lots
}

/** One side of a prevented self-trade. */
export interface PreventedSide {
  readonly orderId: OrderId
  readonly clientOrderId: string
  readonly userId: UserId
  readonly wallet: Wallet
  readonly side: Side
  /** What this match took off; 0: nothing. */
  readonly lots: Lots
  /** What all have taken off by now. */
  readonly preventedLots: Lots
}

/** Rule T6. Whoever has nothing left has an `OrderEnded` of its own. */
export interface SelfTradePrevented {
  readonly type: 'SelfTradePrevented'
  readonly symbol: SymbolIndex
  readonly preventedMatchId: PreventedMatchId
  readonly mode: SelfTradePrevention
  readonly price: Ticks
  readonly maker: PreventedSide
  readonly taker: PreventedSide
  /** By how much what the book shows of the maker fell; 0 when the maker ended, whose end tells. */
  readonly shownLotsLess: Lots
  readonly tradeGroupId: number | null
  /** What changed hands under `TRANSFER`: base and quote; null: nothing. */
  readonly transferred: { readonly base: Amount; readonly quote: Amount } | null
}

/** An order list as it is now: placed, changed or done. */
export interface OrderListChanged {
  readonly type: 'OrderListChanged'
  readonly list: Readonly<OrderList>
  readonly change: 'PLACED' | 'UPDATED' | 'ALL_DONE'
}

/** The rest of an order is gone without trading. */
export interface OrderEnded {
  readonly type: 'OrderEnded'
  readonly orderId: OrderId
  readonly clientOrderId: string
  readonly userId: UserId
  readonly wallet: Wallet
  readonly symbol: SymbolIndex
  readonly side: Side
  readonly price: Ticks
  readonly status: 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH'
  readonly cause: OrderEndCause
  /** What was neither executed nor prevented. */
  readonly remainingLots: Lots
  readonly wasResting: boolean
  /** What the book showed of it and loses. */
  readonly shownLots: Lots
  readonly preventedLots: Lots
  readonly listId: OrderListId | null
  readonly executedLots: Lots
  readonly executedQuote: Amount
}

/** A position after it changed (rule P1). */
export interface PositionChanged {
  readonly type: 'PositionChanged'
  readonly userId: UserId
  readonly symbol: SymbolIndex
  /** Signed base amount; 0 when closed. */
  readonly quantity: Amount
  /** What opening the present quantity cost, in the quote asset; never negative. */
  readonly entryQuote: Amount
  /** Result realised over the position's life, in the quote asset. */
  readonly realizedPnl: Amount
}

/** A source of an index as it was looked at. */
export interface SourceInput {
  /** As the policy names it; `declared`, or `own-trades`. */
  readonly name: string
  readonly price: IndexPrice | null
  readonly updatedMs: TimestampMs | null
  /** Null: not one of the policy's sources. */
  readonly weight: Rate | null
  readonly standing: SourceStanding
}

/** Rules X1, X3 and X4: a guard of an index set in or ended, with all that was looked at. */
export interface IndexStandingChanged {
  readonly type: 'IndexStandingChanged'
  readonly asset: AssetIndex
  readonly standing: IndexStanding
  readonly price: IndexPrice | null
  /** Since when it has been contested or stale; null: it is not. */
  readonly heldSinceMs: TimestampMs | null
  /** Whether that has lasted as long as the policy lets it. */
  readonly isOverdue: boolean
  readonly inputs: readonly SourceInput[]
}

/** Everything that can have happened. Complete: read models are built from events alone. */
export type Event =
  | { readonly type: 'VenueOpened'; readonly document: VenueDocument }
  | { readonly type: 'UserCreated'; readonly userId: UserId }
  | { readonly type: 'KycSubmitted'; readonly userId: UserId }
  | {
      readonly type: 'KycReviewed'
      readonly userId: UserId
      readonly decision: 'APPROVED' | 'REJECTED' | 'REVOKED'
      readonly reason: string
      readonly reviewer: string
    }
  | { readonly type: 'DisclosureAccepted'; readonly userId: UserId; readonly version: string }
  | { readonly type: 'FundingBackdated'; readonly userId: UserId; readonly days: number }
  | { readonly type: 'BalancesSampled'; readonly hourMs: TimestampMs; readonly users: number }
  | {
      readonly type: 'MarginModeChanged'
      readonly userId: UserId
      readonly from: MarginMode
      readonly to: MarginMode
    }
  /** A pair's isolated account was opened or enabled, or disabled (rule S5). */
  | {
      readonly type: 'IsolatedAccountSet'
      readonly userId: UserId
      readonly pair: SymbolIndex
      readonly enabled: boolean
    }
  | { readonly type: 'LeverageChanged'; readonly userId: UserId; readonly leverage: Leverage }
  | {
      readonly type: 'Deposited'
      readonly transactionId: TransactionId
      readonly userId: UserId
      readonly wallet: SingleWallet
      readonly asset: AssetIndex
      readonly amount: Amount
    }
  | {
      readonly type: 'Transferred'
      readonly transactionId: TransactionId
      readonly userId: UserId
      readonly asset: AssetIndex
      readonly amount: Amount
      readonly from: WalletReference
      readonly to: WalletReference
    }
  | BalanceChanged
  | OrderAccepted
  | OrderActivated
  | OrderAmended
  | OrderEnded
  | OrderListChanged
  | SelfTradePrevented
  /** Rule T20; `untilMs` when the clock ends it (rule T19). */
  | {
      readonly type: 'SymbolStateChanged'
      readonly symbol: SymbolIndex
      readonly state: SymbolState
      readonly untilMs: TimestampMs | null
      readonly reason: string
      readonly author: string
    }
  /** Rule T22; null: no countdown runs. */
  | {
      readonly type: 'CountdownSet'
      readonly userId: UserId
      readonly wallet: Wallet
      readonly symbol: SymbolIndex | null
      readonly dueMs: TimestampMs | null
    }
  | {
      readonly type: 'TradeGroupSet'
      readonly userId: UserId
      readonly tradeGroupId: number | null
      readonly reason: string
      readonly author: string
    }
  | PolicyEvent
  /** Rule T27: what the user pays from now on, by the volume of the last 30 full days in USDT. */
  | {
      readonly type: 'FeeTierChanged'
      readonly userId: UserId
      readonly tier: number
      readonly volume: Amount
    }
  | TradeExecuted
  | PositionChanged
  | {
      readonly type: 'LoanTaken'
      readonly transactionId: TransactionId
      readonly userId: UserId
      /** Of the isolated account; null: cross. */
      readonly pair: SymbolIndex | null
      readonly asset: AssetIndex
      readonly amount: Amount
      readonly origin: LoanOrigin
    }
  | {
      readonly type: 'LoanRepaid'
      readonly transactionId: TransactionId
      readonly userId: UserId
      readonly pair: SymbolIndex | null
      readonly asset: AssetIndex
      readonly interest: Amount
      readonly principal: Amount
      readonly origin: LoanOrigin
    }
  | {
      readonly type: 'InterestCharged'
      readonly transactionId: TransactionId
      readonly userId: UserId
      readonly pair: SymbolIndex | null
      readonly asset: AssetIndex
      readonly principal: Amount
      readonly interest: Amount
      readonly dailyRate: Rate
      readonly kind: 'ON_BORROW' | 'PERIODIC'
      /** What was given for it at once (rule I4); null: it is owed. */
      readonly paid: { readonly asset: AssetIndex; readonly amount: Amount } | null
      readonly chargedMs: TimestampMs
    }
  | LendingEvent
  | {
      readonly type: 'IndexPricesSet'
      readonly prices: readonly (readonly [AssetIndex, IndexPrice | null])[]
    }
  | {
      readonly type: 'SourcePricesSet'
      readonly source: string
      readonly prices: readonly (readonly [AssetIndex, IndexPrice])[]
    }
  | IndexStandingChanged
  /** Rule X3, by an operator. */
  | {
      readonly type: 'IndexReleased'
      readonly asset: AssetIndex
      readonly price: IndexPrice | null
      readonly reason: string
      readonly author: string
    }
  /** Rule X2; `ratio` is less than what was asked for where the cap held it back. */
  | {
      readonly type: 'RedemptionRatioSet'
      readonly asset: AssetIndex
      readonly asked: Rate
      readonly ratio: Rate
    }
  /** Rule L5. Levels as decimal text with eight places. */
  | {
      readonly type: 'MarginCalled'
      readonly userId: UserId
      readonly pair: SymbolIndex | null
      readonly level: string
      readonly callLevel: string
      readonly liquidationLevel: string
    }
  | {
      readonly type: 'MarginCallEnded'
      readonly userId: UserId
      readonly pair: SymbolIndex | null
      readonly level: string
    }
  /** Rule L8: highest first. */
  | {
      readonly type: 'WarningLevelsSet'
      readonly userId: UserId
      readonly levels: readonly Rate[]
    }
  /** Rule L8: the account has fallen to a level of its user's own; of several passed at once, the lowest. */
  | {
      readonly type: 'LevelWarned'
      readonly userId: UserId
      /** Null: cross. */
      readonly pair: SymbolIndex | null
      readonly level: string
      readonly warningLevel: string
      readonly callLevel: string
    }
  | LiquidationEvent

export type EventType = Event['type']
export type EventOf<T extends EventType> = Extract<Event, { type: T }>

/** What one command did. A refused command did nothing, but for time passing and the half of a cancel-replace. */
export interface Outcome {
  readonly sequence: Sequence
  readonly timestampMs: TimestampMs
  readonly events: readonly Event[]
  readonly refusal: Refusal | null
}
