import type { Kysely } from 'kysely'
import type { AssetIndex, TimestampMs, TransactionId, UserId } from '../../../core/domain/ids.ts'
import type { PoolClaimChange } from '../../../core/domain/lending-event.ts'
import type { Wallet } from '../../../core/domain/wallet.ts'
import type { Amount } from '../../../core/money/amount.ts'
import type { Rate } from '../../../core/money/rate.ts'
import type { ReadModel, StoredRow } from '../tables.ts'
import { historyPage, optionalBigInt, type Page, type PageRequest } from './page.ts'

export interface PoolClaimRecord {
  readonly transactionId: TransactionId
  readonly asset: AssetIndex
  readonly kind: PoolClaimChange
  readonly amount: Amount
  /** As it was then. */
  readonly claim: Amount
  readonly wallet: Wallet | null
  readonly timeMs: TimestampMs
}

export interface PoolClaimsRequest extends PageRequest {
  readonly asset?: AssetIndex | undefined
  readonly kind?: PoolClaimChange | undefined
}

export interface SmallDebtRecord {
  readonly transactionId: TransactionId
  readonly asset: AssetIndex
  readonly amount: Amount
  readonly targetAmount: Amount
  readonly timeMs: TimestampMs
}

export interface RateRecord {
  /** At VIP level 0. */
  readonly dailyRate: Rate
  readonly utilization: Rate
  readonly effectiveMs: TimestampMs
}

export function lendingQueries(database: Kysely<ReadModel>) {
  return {
    /** Newest first. */
    poolClaims(userId: UserId, request: PoolClaimsRequest): Promise<Page<PoolClaimRecord>> {
      return historyPage(database, 'pool_claims', userId, request, poolClaimRecord, {
        equal: { asset: optionalBigInt(request.asset), kind: request.kind },
      })
    },

    /** Newest first. */
    smallDebtExchanges(userId: UserId, request: PageRequest): Promise<Page<SmallDebtRecord>> {
      return historyPage(database, 'small_debt_exchanges', userId, request, smallDebtRecord)
    },

    /** The rates set from `startMs` to `endMs`, newest first, and last the one that was in force at `startMs`. */
    async interestRates(
      asset: AssetIndex,
      { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
      limit: number,
    ): Promise<RateRecord[]> {
      const rates = database
        .selectFrom('interest_rates')
        .selectAll()
        .where('asset', '=', BigInt(asset))
        .orderBy('effective_ms', 'desc')
        .orderBy('sequence', 'desc')
      const within = await rates
        .where('effective_ms', '>', BigInt(startMs))
        .where('effective_ms', '<=', BigInt(endMs))
        .limit(limit)
        .execute()
      const before = await rates.where('effective_ms', '<=', BigInt(startMs)).limit(1).execute()
      return [...within, ...before].map(rateRecord)
    },
  }
}

function poolClaimRecord(row: StoredRow<'pool_claims'>): PoolClaimRecord {
  return {
    transactionId: Number(row.transaction_id) as TransactionId,
    asset: Number(row.asset) as AssetIndex,
    kind: row.kind as PoolClaimChange,
    amount: row.amount as Amount,
    claim: row.claim as Amount,
    wallet: row.wallet as Wallet | null,
    timeMs: Number(row.time_ms) as TimestampMs,
  }
}

function smallDebtRecord(row: StoredRow<'small_debt_exchanges'>): SmallDebtRecord {
  return {
    transactionId: Number(row.transaction_id) as TransactionId,
    asset: Number(row.asset) as AssetIndex,
    amount: row.amount as Amount,
    targetAmount: row.target_amount as Amount,
    timeMs: Number(row.time_ms) as TimestampMs,
  }
}

function rateRecord(row: StoredRow<'interest_rates'>): RateRecord {
  return {
    dailyRate: row.daily_rate as Rate,
    utilization: row.utilization as Rate,
    effectiveMs: Number(row.effective_ms) as TimestampMs,
  }
}
