import type { Kysely } from 'kysely'
import type { LiquidationFinished } from '../../../core/domain/event.ts'
import type {
  AssetIndex,
  LiquidationId,
  SymbolIndex,
  TimestampMs,
  UserId,
} from '../../../core/domain/ids.ts'
import type { Amount } from '../../../core/money/amount.ts'
import type { IndexPrice } from '../../../core/money/price.ts'
import { pairFrom } from '../pair-column.ts'
import type { ReadModel, StoredRow } from '../tables.ts'
import { historyPage, type Page, type PageRequest } from './page.ts'

/** A liquidation from what it was decided on to how it ended; what ends it is null while it runs. Amounts in USDT. */
export interface LiquidationRecord {
  readonly liquidationId: LiquidationId
  readonly userId: UserId
  /** Of the isolated account; null: cross. */
  readonly pair: SymbolIndex | null
  readonly startedMs: TimestampMs
  readonly level: string
  readonly liquidationLevel: string
  readonly assetsUsdt: Amount
  readonly debtsUsdt: Amount
  readonly prices: readonly (readonly [AssetIndex, IndexPrice])[]
  readonly finished: {
    readonly finishedMs: TimestampMs
    readonly outcome: LiquidationFinished['outcome']
    readonly valueLiquidated: Amount
    readonly clearanceFee: Amount
    readonly fundPaid: Amount
    readonly lendersLost: Amount
  } | null
}

/** What left the account other than by trading: amounts of the named asset. */
export interface LiquidationMovement {
  readonly type: 'TAKEN_ASSET' | 'TAKEN_DEBT' | 'LENDERS_LOSS'
  readonly asset: AssetIndex
  readonly amount: Amount
  readonly timeMs: TimestampMs
}

export interface MarginCallRecord {
  readonly pair: SymbolIndex | null
  readonly type: 'CALLED' | 'ENDED'
  readonly timeMs: TimestampMs
  readonly level: string
  /** Null when the call ended. */
  readonly callLevel: string | null
  readonly liquidationLevel: string | null
}

export function liquidationQueries(database: Kysely<ReadModel>) {
  return {
    /** Newest first; of one user, or of all. */
    async liquidations(userId: UserId | null, limit: number): Promise<LiquidationRecord[]> {
      const all = database.selectFrom('liquidations').selectAll()
      const matching = userId === null ? all : all.where('user_id', '=', BigInt(userId))
      const rows = await matching.orderBy('liquidation_id', 'desc').limit(limit).execute()
      return rows.map(liquidationRecord)
    },

    async liquidation(liquidationId: LiquidationId): Promise<LiquidationRecord | null> {
      const row = await database
        .selectFrom('liquidations')
        .selectAll()
        .where('liquidation_id', '=', BigInt(liquidationId))
        .executeTakeFirst()
      return row === undefined ? null : liquidationRecord(row)
    },

    /** In the order they happened. */
    async liquidationMovements(liquidationId: LiquidationId): Promise<LiquidationMovement[]> {
      const rows = await database
        .selectFrom('liquidation_movements')
        .selectAll()
        .where('liquidation_id', '=', BigInt(liquidationId))
        .orderBy('sequence')
        .orderBy('position')
        .orderBy('line')
        .execute()
      return rows.map((row) => ({
        type: row.type as LiquidationMovement['type'],
        asset: Number(row.asset) as AssetIndex,
        amount: row.amount as Amount,
        timeMs: Number(row.time_ms) as TimestampMs,
      }))
    },

    /** Newest first. */
    marginCalls(userId: UserId, request: PageRequest): Promise<Page<MarginCallRecord>> {
      return historyPage(database, 'margin_calls', userId, request, (row) => ({
        type: row.type as MarginCallRecord['type'],
        pair: pairFrom(row.pair),
        timeMs: Number(row.time_ms) as TimestampMs,
        level: row.level,
        callLevel: row.call_level,
        liquidationLevel: row.liquidation_level,
      }))
    },
  }
}

function liquidationRecord(row: StoredRow<'liquidations'>): LiquidationRecord {
  const prices = JSON.parse(row.prices) as [AssetIndex, string][]
  return {
    liquidationId: Number(row.liquidation_id) as LiquidationId,
    userId: Number(row.user_id) as UserId,
    pair: pairFrom(row.pair),
    startedMs: Number(row.started_ms) as TimestampMs,
    level: row.level,
    liquidationLevel: row.liquidation_level,
    assetsUsdt: row.assets_usdt as Amount,
    debtsUsdt: row.debts_usdt as Amount,
    prices: prices.map(([asset, price]) => [asset, BigInt(price) as IndexPrice]),
    finished:
      row.finished_ms === null
        ? null
        : {
            finishedMs: Number(row.finished_ms) as TimestampMs,
            outcome: row.outcome as LiquidationFinished['outcome'],
            valueLiquidated: row.value_liquidated as Amount,
            clearanceFee: row.clearance_fee as Amount,
            fundPaid: row.fund_paid as Amount,
            lendersLost: row.lenders_lost as Amount,
          },
  }
}
