import type { Amount } from '../money/amount.ts'
import type { Rate } from '../money/rate.ts'
import type { LendingWallet } from './command.ts'
import type { AssetIndex, LiquidationId, TimestampMs, TransactionId, UserId } from './ids.ts'

/** A lender's claim on a pool changed (rules B8 to B11). */
export interface PoolClaimChanged {
  readonly type: 'PoolClaimChanged'
  readonly transactionId: TransactionId
  /** Null: the venue's own claim. */
  readonly userId: UserId | null
  readonly asset: AssetIndex
  readonly kind: PoolClaimChange
  /** By how much, positive. */
  readonly amount: Amount
  /** As it is now. */
  readonly claim: Amount
  /** Where it came from or went to. */
  readonly wallet: LendingWallet | null
  /** The liquidation that a loss is of. */
  readonly liquidationId: LiquidationId | null
  readonly changedMs: TimestampMs
}

export type PoolClaimChange = 'SUPPLIED' | 'WITHDRAWN' | 'EARNED' | 'LOST'

/** What happens to pools, to what loans cost, and to a user's terms. */
export type LendingEvent =
  | PoolClaimChanged
  /** What an asset's loans cost from here on, a day, at VIP level 0 (rule I2). */
  | {
      readonly type: 'InterestRateSet'
      readonly asset: AssetIndex
      readonly dailyRate: Rate
      /** Share of the pool that was lent, rounded down. */
      readonly utilization: Rate
      readonly effectiveMs: TimestampMs
    }
  | { readonly type: 'InterestPaymentSet'; readonly userId: UserId; readonly inBnb: boolean }
  | { readonly type: 'VipLevelSet'; readonly userId: UserId; readonly vipLevel: number | null }
  | {
      readonly type: 'LendingSet'
      readonly asset: AssetIndex
      readonly lends: boolean
      readonly reason: string
      readonly author: string
    }
  /** A small debt was bought from the insurance fund with borrowed USDT (rule B13). */
  | {
      readonly type: 'SmallDebtExchanged'
      readonly transactionId: TransactionId
      readonly userId: UserId
      readonly asset: AssetIndex
      readonly amount: Amount
      /** In USDT. */
      readonly targetAmount: Amount
    }
