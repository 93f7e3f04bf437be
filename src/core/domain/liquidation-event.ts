import type { Amount } from '../money/amount.ts'
import type { IndexPrice, Value } from '../money/price.ts'
import type { AssetIndex, LiquidationId, OrderId, SymbolIndex, TimestampMs, UserId } from './ids.ts'
import type { BufferLine, LiquidationTrigger } from './liquidation.ts'
import type { WalletReference } from './wallet.ts'

/** An order that closes an account is through: what it did against the index (rules Q3, Q7). */
export interface LiquidationOrderClosed {
  readonly type: 'LiquidationOrderClosed'
  readonly liquidationId: LiquidationId
  readonly userId: UserId
  readonly orderId: OrderId
  readonly symbol: SymbolIndex
  /** Of the base asset. */
  readonly indexPrice: IndexPrice
  /** What its fills were better than the index, in 10⁻¹⁶ USDT and before fees; below zero when worse. */
  readonly gain: Value
}

/**
 * Rule Q7: what moved the buffer T − k·D. `trigger`: since the account was last above its call level, until it was
 * decided to close it; `closing`: from there to the end. In 10⁻²⁸ USDT; the lines sum to the difference exactly.
 */
export interface BufferExplained {
  readonly type: 'BufferExplained'
  readonly liquidationId: LiquidationId
  readonly userId: UserId
  readonly phase: 'trigger' | 'closing'
  readonly sinceMs: TimestampMs
  readonly from: bigint
  readonly to: bigint
  readonly lines: readonly BufferLine[]
}

/** How a liquidation ended. Amounts in USDT. */
export interface LiquidationFinished {
  readonly type: 'LiquidationFinished'
  readonly liquidationId: LiquidationId
  readonly userId: UserId
  readonly pair: SymbolIndex | null
  readonly outcome: 'closed' | 'stopped_early' | 'taken_over'
  /** These two in the account's money: USDT, or of an isolated account the quote of its pair. */
  readonly valueLiquidated: Amount
  readonly clearanceFee: Amount
  /** What the insurance fund paid beyond what the account had. */
  readonly fundPaid: Amount
  /** What the lenders lost beyond the fund. */
  readonly lendersLost: Amount
}

/** What happens when an account is closed, and to what is owed from then. */
export type LiquidationEvent =
  /** Rule Q7: what the decision was taken on. */
  | {
      readonly type: 'LiquidationStarted'
      readonly liquidationId: LiquidationId
      readonly userId: UserId
      readonly pair: SymbolIndex | null
      readonly trigger: LiquidationTrigger
      readonly level: string
      readonly liquidationLevel: string
      readonly assetsUsdt: Amount
      readonly debtsUsdt: Amount
      /** The index price of each asset held or owed, and when it was set; null: USDT, which needs none. */
      readonly prices: readonly (readonly [AssetIndex, IndexPrice, TimestampMs | null])[]
    }
  | LiquidationOrderClosed
  | BufferExplained
  /** The insurance fund took assets and debts over at index price (rule Q3). */
  | {
      readonly type: 'LiquidationTakenOver'
      readonly liquidationId: LiquidationId
      readonly userId: UserId
      readonly pair: SymbolIndex | null
      readonly assets: readonly (readonly [AssetIndex, Amount])[]
      readonly debts: readonly (readonly [AssetIndex, Amount])[]
      /** What the fund gave for assets worth more than the debts. */
      readonly given: readonly (readonly [AssetIndex, Amount])[]
    }
  /** Past the fund: what an asset's lenders lost (rule Q5), interest forgone first. The user still owes it, off the books. */
  | {
      readonly type: 'LossShared'
      readonly liquidationId: LiquidationId
      readonly userId: UserId
      readonly pair: SymbolIndex | null
      readonly asset: AssetIndex
      readonly amount: Amount
    }
  /** Rule Q10: taken from what came in, for what the user owes from before; `toFund` in USDT. */
  | {
      readonly type: 'LossRecovered'
      readonly userId: UserId
      readonly wallet: WalletReference
      readonly asset: AssetIndex
      readonly amount: Amount
      readonly toLenders: readonly (readonly [AssetIndex, Amount])[]
      readonly toFund: Amount
    }
  | LiquidationFinished
