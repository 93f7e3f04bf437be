import type { Amount } from '../money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import type {
  AssetIndex,
  LiquidationId,
  OrderId,
  Sequence,
  SymbolIndex,
  TimestampMs,
  TradeId,
  TransactionId,
  UserId,
} from './ids.ts'
import type { Order, OrderStatus, Side } from './order.ts'
import type { Refusal } from './rejection.ts'
import type { VenueDocument } from './venue-document.ts'
import type { Leverage, MarginMode, Wallet } from './wallet.ts'

/** Why an order left the book, or never entered it. */
export type OrderEndCause =
  | 'user'
  | 'replaced'
  | 'quote'
  | 'unfilled'
  | 'self_trade'
  | 'liquidation'
  | 'reduce_only'

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
}

/** An account's holdings of one asset as they are after the command. Owed amounts are positive. */
export interface BalanceChanged {
  readonly type: 'BalanceChanged'
  readonly userId: UserId
  readonly wallet: Wallet
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
  /** What was not executed; what the book loses if the order rested. */
  readonly remainingLots: Lots
  readonly wasResting: boolean
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

/** How a liquidation ended. Amounts in USDT. */
export interface LiquidationFinished {
  readonly type: 'LiquidationFinished'
  readonly liquidationId: LiquidationId
  readonly userId: UserId
  readonly outcome: 'closed' | 'stopped_early' | 'taken_over'
  readonly valueLiquidated: Amount
  readonly clearanceFee: Amount
  /** What the insurance fund paid beyond what the account had. */
  readonly fundPaid: Amount
  /** What the lenders lost beyond the fund. */
  readonly lendersLost: Amount
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
  | { readonly type: 'LeverageChanged'; readonly userId: UserId; readonly leverage: Leverage }
  | {
      readonly type: 'Deposited'
      readonly transactionId: TransactionId
      readonly userId: UserId
      readonly wallet: Wallet
      readonly asset: AssetIndex
      readonly amount: Amount
    }
  | {
      readonly type: 'Transferred'
      readonly transactionId: TransactionId
      readonly userId: UserId
      readonly asset: AssetIndex
      readonly amount: Amount
      readonly from: Wallet
      readonly to: Wallet
    }
  | BalanceChanged
  | OrderAccepted
  | OrderEnded
  | TradeExecuted
  | PositionChanged
  | {
      readonly type: 'LoanTaken'
      readonly transactionId: TransactionId
      readonly userId: UserId
      readonly asset: AssetIndex
      readonly amount: Amount
      readonly origin: LoanOrigin
    }
  | {
      readonly type: 'LoanRepaid'
      readonly transactionId: TransactionId
      readonly userId: UserId
      readonly asset: AssetIndex
      readonly interest: Amount
      readonly principal: Amount
      readonly origin: LoanOrigin
    }
  | {
      readonly type: 'InterestCharged'
      readonly transactionId: TransactionId
      readonly userId: UserId
      readonly asset: AssetIndex
      readonly principal: Amount
      readonly interest: Amount
      readonly dailyRate: Rate
      readonly kind: 'ON_BORROW' | 'PERIODIC'
      readonly chargedMs: TimestampMs
    }
  | {
      readonly type: 'IndexPricesSet'
      readonly prices: readonly (readonly [AssetIndex, IndexPrice | null])[]
    }
  /** Rule L5. Levels as decimal text with eight places. */
  | {
      readonly type: 'MarginCalled'
      readonly userId: UserId
      readonly level: string
      readonly callLevel: string
      readonly liquidationLevel: string
    }
  | { readonly type: 'MarginCallEnded'; readonly userId: UserId; readonly level: string }
  /** Rule Q7: what the decision was taken on. */
  | {
      readonly type: 'LiquidationStarted'
      readonly liquidationId: LiquidationId
      readonly userId: UserId
      readonly level: string
      readonly liquidationLevel: string
      readonly assetsUsdt: Amount
      readonly debtsUsdt: Amount
      readonly prices: readonly (readonly [AssetIndex, IndexPrice])[]
    }
  /** The insurance fund took assets and debts over at index price (rule Q3). */
  | {
      readonly type: 'LiquidationTakenOver'
      readonly liquidationId: LiquidationId
      readonly userId: UserId
      readonly assets: readonly (readonly [AssetIndex, Amount])[]
      readonly debts: readonly (readonly [AssetIndex, Amount])[]
    }
  /** Past the fund: what an asset's lenders lost (rule Q5). The user still owes it, off the books. */
  | {
      readonly type: 'LossShared'
      readonly liquidationId: LiquidationId
      readonly userId: UserId
      readonly asset: AssetIndex
      readonly amount: Amount
    }
  | LiquidationFinished

export type EventType = Event['type']
export type EventOf<T extends EventType> = Extract<Event, { type: T }>

/** What one command did. A refused command did nothing, but for time passing and the half of a cancel-replace. */
export interface Outcome {
  readonly sequence: Sequence
  readonly timestampMs: TimestampMs
  readonly events: readonly Event[]
  readonly refusal: Refusal | null
}
