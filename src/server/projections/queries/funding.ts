import { type Kysely, sql } from 'kysely'
import type { AssetIndex, TimestampMs, TransactionId, UserId } from '../../../core/domain/ids.ts'
import type { Wallet } from '../../../core/domain/wallet.ts'
import type { Amount } from '../../../core/money/amount.ts'
import type { ReadModel, StoredRow } from '../tables.ts'
import { historyPage, optionalBigInt, type Page, type PageRequest } from './page.ts'

export interface TransferRecord {
  readonly transactionId: TransactionId
  readonly asset: AssetIndex
  readonly amount: Amount
  readonly from: Wallet
  readonly to: Wallet
  readonly timeMs: TimestampMs
}

export interface TransfersRequest extends PageRequest {
  readonly from?: Wallet | undefined
  readonly to?: Wallet | undefined
  /** Either from it or to it. */
  readonly touching?: Wallet | undefined
  readonly asset?: AssetIndex | undefined
}

export interface DepositRecord {
  readonly transactionId: TransactionId
  readonly wallet: Wallet
  readonly asset: AssetIndex
  readonly amount: Amount
  readonly timeMs: TimestampMs
}

export interface DepositsRequest extends PageRequest {
  readonly asset?: AssetIndex | undefined
}

export function fundingQueries(database: Kysely<ReadModel>) {
  return {
    /** Newest first. */
    transfers(userId: UserId, request: TransfersRequest): Promise<Page<TransferRecord>> {
      const { from, to, touching, asset } = request
      return historyPage(database, 'transfers', userId, request, transferRecord, {
        equal: { from_wallet: from, to_wallet: to, asset: optionalBigInt(asset) },
        also:
          touching === undefined
            ? undefined
            : sql<boolean>`(from_wallet = ${touching} or to_wallet = ${touching})`,
      })
    },

    /** Newest first. */
    deposits(userId: UserId, request: DepositsRequest): Promise<Page<DepositRecord>> {
      return historyPage(database, 'deposits', userId, request, depositRecord, {
        equal: { asset: optionalBigInt(request.asset) },
      })
    },
  }
}

function transferRecord(row: StoredRow<'transfers'>): TransferRecord {
  return {
    transactionId: Number(row.transaction_id) as TransactionId,
    asset: Number(row.asset) as AssetIndex,
    amount: row.amount as Amount,
    from: row.from_wallet as Wallet,
    to: row.to_wallet as Wallet,
    timeMs: Number(row.time_ms) as TimestampMs,
  }
}

function depositRecord(row: StoredRow<'deposits'>): DepositRecord {
  return {
    transactionId: Number(row.transaction_id) as TransactionId,
    wallet: row.wallet as Wallet,
    asset: Number(row.asset) as AssetIndex,
    amount: row.amount as Amount,
    timeMs: Number(row.time_ms) as TimestampMs,
  }
}
