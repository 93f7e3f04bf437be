import type { TradingWallet } from '../../core/domain/command.ts'
import type { LoanOrigin } from '../../core/domain/event.ts'
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
} from '../../core/domain/ids.ts'
import type { Wallet } from '../../core/domain/wallet.ts'
import type { Amount } from '../../core/money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../../core/money/price.ts'
import type { Rate } from '../../core/money/rate.ts'
import type { OrderView } from '../../wire/order-answer.ts'
import type { Candle } from '../market/candle.ts'
import type { Interval } from '../market/interval.ts'
import type { AggregateTrade, PublicTrade } from '../market/public-trade.ts'

/** Both ends included. */
export interface TimeRange {
  readonly fromMs: number
  readonly toMs: number
}

/** Pages are counted from 1. */
export interface PageOf {
  readonly page: number
  readonly size: number
}

export interface Paged<T> {
  /** Newest first. */
  readonly rows: readonly T[]
  readonly total: number
}

export interface Books {
  readonly userId: UserId
  readonly wallet: TradingWallet
  readonly symbol: SymbolIndex
}

export interface UserTrade {
  readonly symbol: SymbolIndex
  readonly tradeId: TradeId
  readonly orderId: OrderId
  readonly price: Ticks
  readonly lots: Lots
  readonly quote: Amount
  readonly fee: Amount
  readonly feeAsset: AssetIndex
  readonly timestampMs: TimestampMs
  readonly isBuyer: boolean
  readonly isMaker: boolean
}

export interface TransferRow {
  readonly transactionId: TransactionId
  readonly asset: AssetIndex
  readonly amount: Amount
  readonly from: Wallet
  readonly to: Wallet
  readonly timestampMs: TimestampMs
}

export interface LoanRow {
  readonly transactionId: TransactionId
  readonly type: 'BORROW' | 'REPAY'
  readonly asset: AssetIndex
  readonly principal: Amount
  readonly interest: Amount
  readonly origin: LoanOrigin
  readonly timestampMs: TimestampMs
}

export interface InterestRow {
  readonly transactionId: TransactionId
  readonly asset: AssetIndex
  readonly principal: Amount
  readonly interest: Amount
  readonly dailyRate: Rate
  readonly kind: 'ON_BORROW' | 'PERIODIC'
  readonly timestampMs: TimestampMs
}

/** Amounts in USDT. What is null is not known before the end. */
export interface LiquidationRow {
  readonly liquidationId: LiquidationId
  readonly userId: UserId
  readonly startedMs: TimestampMs
  readonly level: string
  readonly liquidationLevel: string
  readonly assetsUsdt: Amount
  readonly debtsUsdt: Amount
  readonly prices: readonly (readonly [AssetIndex, IndexPrice])[]
  readonly finishedMs: TimestampMs | null
  readonly outcome: 'closed' | 'stopped_early' | 'taken_over' | null
  readonly valueLiquidated: Amount | null
  readonly clearanceFee: Amount | null
  readonly fundPaid: Amount | null
  readonly lendersLost: Amount | null
}

/** A liquidation with what was done (rule Q7). */
export interface LiquidationReceipt {
  readonly liquidation: LiquidationRow
  readonly orders: readonly OrderView[]
  readonly trades: readonly UserTrade[]
  /** What the fund took over and what lenders lost. */
  readonly movements: readonly {
    readonly type: string
    readonly asset: AssetIndex
    readonly amount: Amount
    readonly timestampMs: TimestampMs
  }[]
}

/** The histories that answers are read from: rows in the engine's units, decided by `waitFor` to hold what was acknowledged. */
export interface Histories {
  /** Ascending by id: from `fromOrderId` on, or the latest in the range. */
  allOrders(
    ask: Books & { fromOrderId: number | null; range: TimeRange; limit: number },
  ): Promise<readonly OrderView[]>
  orderById(
    ask: Books & { orderId: number | null; clientOrderId: string | null },
  ): Promise<OrderView | null>
  /** Ascending by id. */
  myTrades(
    ask: Books & {
      orderId: number | null
      fromTradeId: number | null
      range: TimeRange
      limit: number
    },
  ): Promise<readonly UserTrade[]>
  /** Ascending; the latest when `fromTradeId` is null. */
  publicTrades(ask: {
    symbol: SymbolIndex
    fromTradeId: number | null
    limit: number
  }): Promise<readonly PublicTrade[]>
  aggTrades(ask: {
    symbol: SymbolIndex
    fromId: number | null
    fromMs: number | null
    toMs: number | null
    limit: number
  }): Promise<readonly AggregateTrade[]>
  /** Ascending by open time: the first `limit` from a given start, else the latest. */
  klines(ask: {
    symbol: SymbolIndex
    interval: Interval
    fromMs: number | null
    toMs: number | null
    limit: number
  }): Promise<readonly Readonly<Candle>[]>
  transfers(
    ask: {
      userId: UserId
      asset: AssetIndex | null
      from: Wallet | null
      to: Wallet | null
      /** On either side of it. */
      touching: Wallet | null
      range: TimeRange
    } & PageOf,
  ): Promise<Paged<TransferRow>>
  loans(
    ask: {
      userId: UserId
      type: 'BORROW' | 'REPAY'
      asset: AssetIndex | null
      transactionId: number | null
      range: TimeRange
    } & PageOf,
  ): Promise<Paged<LoanRow>>
  interestHistory(
    ask: { userId: UserId; asset: AssetIndex | null; range: TimeRange } & PageOf,
  ): Promise<Paged<InterestRow>>
  /** The orders liquidations placed. */
  liquidationOrders(ask: { userId: UserId; range: TimeRange } & PageOf): Promise<Paged<OrderView>>
  /** Newest first. */
  liquidations(ask: { userId: UserId; limit: number }): Promise<readonly LiquidationRow[]>
  liquidation(ask: { userId: UserId; liquidationId: number }): Promise<LiquidationReceipt | null>
}

export interface Projector {
  /** Resolves once the read model holds everything up to and with `sequence`. */
  waitFor(sequence: Sequence): Promise<void>
}
