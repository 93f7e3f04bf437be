import type { Kysely } from 'kysely'
import type { LoanOrigin } from '../../../core/domain/event.ts'
import type {
  AssetIndex,
  SymbolIndex,
  TimestampMs,
  TransactionId,
  UserId,
} from '../../../core/domain/ids.ts'
import type { Amount } from '../../../core/money/amount.ts'
import type { Rate } from '../../../core/money/rate.ts'
import { pairAsked, pairFrom } from '../pair-column.ts'
import type { ReadModel, StoredRow } from '../tables.ts'
import { historyPage, optionalBigInt, type Page, type PageRequest } from './page.ts'

export interface LoanRecord {
  readonly transactionId: TransactionId
  readonly type: 'BORROW' | 'REPAY'
  /** Of the isolated account; null: cross. */
  readonly pair: SymbolIndex | null
  readonly asset: AssetIndex
  readonly principal: Amount
  readonly interest: Amount
  readonly origin: LoanOrigin
  readonly timeMs: TimestampMs
}

export interface LoansRequest extends PageRequest {
  /** Absent: both. */
  readonly type?: LoanRecord['type'] | undefined
  /** Absent: of every account. */
  readonly pair?: SymbolIndex | null | undefined
  readonly asset?: AssetIndex | undefined
  readonly transactionId?: TransactionId | undefined
}

export interface InterestRecord {
  readonly transactionId: TransactionId
  readonly pair: SymbolIndex | null
  readonly asset: AssetIndex
  readonly principal: Amount
  readonly interest: Amount
  readonly dailyRate: Rate
  readonly kind: 'ON_BORROW' | 'PERIODIC'
  /** What was given for it at once; null: it was owed. */
  readonly paid: { readonly asset: AssetIndex; readonly amount: Amount } | null
  /** When it was due. */
  readonly chargedMs: TimestampMs
}

export interface InterestRequest extends PageRequest {
  /** Absent: of every account. */
  readonly pair?: SymbolIndex | null | undefined
  readonly asset?: AssetIndex | undefined
}

export function loanQueries(database: Kysely<ReadModel>) {
  return {
    /** Newest first. */
    borrowRepay(userId: UserId, request: LoansRequest): Promise<Page<LoanRecord>> {
      return historyPage(database, 'loans', userId, request, loanRecord, {
        equal: {
          type: request.type,
          pair: pairAsked(request.pair),
          asset: optionalBigInt(request.asset),
          transaction_id: optionalBigInt(request.transactionId),
        },
      })
    },

    /** Newest first. */
    interestHistory(userId: UserId, request: InterestRequest): Promise<Page<InterestRecord>> {
      return historyPage(database, 'interest_charges', userId, request, interestRecord, {
        equal: { pair: pairAsked(request.pair), asset: optionalBigInt(request.asset) },
      })
    },
  }
}

function loanRecord(row: StoredRow<'loans'>): LoanRecord {
  return {
    transactionId: Number(row.transaction_id) as TransactionId,
    type: row.type as LoanRecord['type'],
    pair: pairFrom(row.pair),
    asset: Number(row.asset) as AssetIndex,
    principal: row.principal as Amount,
    interest: row.interest as Amount,
    origin: row.origin as LoanOrigin,
    timeMs: Number(row.time_ms) as TimestampMs,
  }
}

function interestRecord(row: StoredRow<'interest_charges'>): InterestRecord {
  return {
    transactionId: Number(row.transaction_id) as TransactionId,
    pair: pairFrom(row.pair),
    asset: Number(row.asset) as AssetIndex,
    principal: row.principal as Amount,
    interest: row.interest as Amount,
    dailyRate: row.daily_rate as Rate,
    kind: row.kind as InterestRecord['kind'],
    paid:
      row.paid_asset === null
        ? null
        : { asset: Number(row.paid_asset) as AssetIndex, amount: row.paid_amount as Amount },
    chargedMs: Number(row.time_ms) as TimestampMs,
  }
}
