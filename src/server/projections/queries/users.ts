import type { Kysely } from 'kysely'
import type { SymbolIndex, TimestampMs, UserId } from '../../../core/domain/ids.ts'
import type { KycState, MarginMode } from '../../../core/domain/wallet.ts'
import type { Amount } from '../../../core/money/amount.ts'
import type { ReadModel, StoredRow } from '../tables.ts'
import { historyPage, optionalBigInt, type Page, type PageRequest } from './page.ts'

export interface UserRecord {
  readonly userId: UserId
  readonly createdMs: TimestampMs
  readonly kyc: KycState
  readonly kycReason: string
  /** When the KYC state was entered. */
  readonly kycMs: TimestampMs
  readonly marginMode: MarginMode
}

export interface KycRecord {
  readonly state: KycState
  readonly reason: string
  /** Empty when the user submitted. */
  readonly reviewer: string
  readonly timeMs: TimestampMs
}

/** A position as it was after a change, in the base and quote asset of its symbol. */
export interface PositionRecord {
  readonly symbol: SymbolIndex
  readonly quantity: Amount
  readonly entryQuote: Amount
  readonly realizedPnl: Amount
  readonly timeMs: TimestampMs
}

export interface PositionsRequest extends PageRequest {
  readonly symbol?: SymbolIndex | undefined
}

export function userQueries(database: Kysely<ReadModel>) {
  return {
    /** In order of creation, after the given one. */
    async users(after: UserId | null, limit: number): Promise<UserRecord[]> {
      const rows = await database
        .selectFrom('users')
        .selectAll()
        .where('user_id', '>', BigInt(after ?? 0))
        .orderBy('user_id')
        .limit(limit)
        .execute()
      return rows.map(userRecord)
    },

    /** Who has been in this state longest comes first. */
    async usersByKyc(state: KycState, limit: number): Promise<UserRecord[]> {
      const rows = await database
        .selectFrom('users')
        .selectAll()
        .where('kyc', '=', state)
        .orderBy('kyc_ms')
        .orderBy('user_id')
        .limit(limit)
        .execute()
      return rows.map(userRecord)
    },

    /** Newest first. */
    kycHistory(userId: UserId, request: PageRequest): Promise<Page<KycRecord>> {
      return historyPage(database, 'kyc_history', userId, request, (row) => ({
        state: row.state as KycState,
        reason: row.reason,
        reviewer: row.reviewer,
        timeMs: Number(row.time_ms) as TimestampMs,
      }))
    },

    /** Newest first. */
    positionHistory(userId: UserId, request: PositionsRequest): Promise<Page<PositionRecord>> {
      const equal = { symbol: optionalBigInt(request.symbol) }
      const record = (row: StoredRow<'position_changes'>) => ({
        symbol: Number(row.symbol) as SymbolIndex,
        quantity: row.quantity as Amount,
        entryQuote: row.entry_quote as Amount,
        realizedPnl: row.realized_pnl as Amount,
        timeMs: Number(row.time_ms) as TimestampMs,
      })
      return historyPage(database, 'position_changes', userId, request, record, { equal })
    },
  }
}

function userRecord(row: StoredRow<'users'>): UserRecord {
  return {
    userId: Number(row.user_id) as UserId,
    createdMs: Number(row.created_ms) as TimestampMs,
    kyc: row.kyc as KycState,
    kycReason: row.kyc_reason,
    kycMs: Number(row.kyc_ms) as TimestampMs,
    marginMode: row.margin_mode as MarginMode,
  }
}
