import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { AssetIndex, TimestampMs, TransactionId, UserId } from '../../../core/domain/ids.ts'
import type {
  IsolatedWallet,
  SingleWallet,
  Wallet,
  WalletReference,
} from '../../../core/domain/wallet.ts'
import { pairOf, walletOf } from '../../../core/domain/wallet.ts'
import type { Amount } from '../../../core/money/amount.ts'
import { pairAsked, pairFrom } from '../pair-column.ts'
import type { ReadModel, StoredRow } from '../tables.ts'
import { historyPage, optionalBigInt, type Page, type PageRequest } from './page.ts'

export interface TransferRecord {
  readonly transactionId: TransactionId
  readonly asset: AssetIndex
  readonly amount: Amount
  readonly from: WalletReference
  readonly to: WalletReference
  readonly timeMs: TimestampMs
}

/** A wallet; `ISOLATED_MARGIN` is that of any pair. */
export type WalletFilter = Wallet | IsolatedWallet

export interface TransfersRequest extends PageRequest {
  readonly from?: WalletFilter | undefined
  readonly to?: WalletFilter | undefined
  /** Either from it or to it. */
  readonly touching?: WalletFilter | undefined
  readonly asset?: AssetIndex | undefined
}

export interface DepositRecord {
  readonly transactionId: TransactionId
  readonly wallet: SingleWallet
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
        equal: {
          from_wallet: from && walletOf(from),
          from_pair: pairAsked(from && (pairOf(from) ?? undefined)),
          to_wallet: to && walletOf(to),
          to_pair: pairAsked(to && (pairOf(to) ?? undefined)),
          asset: optionalBigInt(asset),
        },
        also: touching === undefined ? undefined : touches(touching),
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

function touches(wallet: WalletFilter): RawBuilder<boolean> {
  const name = walletOf(wallet)
  const pair = pairOf(wallet)
  if (pair === null) return sql`(from_wallet = ${name} or to_wallet = ${name})`
  return sql`(from_pair = ${BigInt(pair)} or to_pair = ${BigInt(pair)})`
}

function reference(wallet: string, column: bigint): WalletReference {
  const pair = pairFrom(column)
  return pair === null ? (wallet as SingleWallet) : { pair }
}

function transferRecord(row: StoredRow<'transfers'>): TransferRecord {
  return {
    transactionId: Number(row.transaction_id) as TransactionId,
    asset: Number(row.asset) as AssetIndex,
    amount: row.amount as Amount,
    from: reference(row.from_wallet, row.from_pair),
    to: reference(row.to_wallet, row.to_pair),
    timeMs: Number(row.time_ms) as TimestampMs,
  }
}

function depositRecord(row: StoredRow<'deposits'>): DepositRecord {
  return {
    transactionId: Number(row.transaction_id) as TransactionId,
    wallet: row.wallet as SingleWallet,
    asset: Number(row.asset) as AssetIndex,
    amount: row.amount as Amount,
    timeMs: Number(row.time_ms) as TimestampMs,
  }
}
