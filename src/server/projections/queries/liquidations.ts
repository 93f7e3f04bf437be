import type { Kysely } from 'kysely'
import type {
  AssetIndex,
  LiquidationId,
  OrderId,
  SymbolIndex,
  TimestampMs,
  UserId,
} from '../../../core/domain/ids.ts'
import type {
  BufferCause,
  BufferLine,
  LiquidationTrigger,
} from '../../../core/domain/liquidation.ts'
import type { LiquidationFinished } from '../../../core/domain/liquidation-event.ts'
import type { Amount } from '../../../core/money/amount.ts'
import type { IndexPrice, Value } from '../../../core/money/price.ts'
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
  readonly trigger: LiquidationTrigger
  readonly level: string
  readonly liquidationLevel: string
  readonly assetsUsdt: Amount
  readonly debtsUsdt: Amount
  readonly prices: readonly (readonly [AssetIndex, IndexPrice, TimestampMs | null])[]
  /** What moved the buffer until the trigger, and from there to the end; null: not over yet. */
  readonly buffer: {
    readonly trigger: BufferRecord | null
    readonly closing: BufferRecord | null
  }
  readonly finished: {
    readonly finishedMs: TimestampMs
    readonly outcome: LiquidationFinished['outcome']
    readonly valueLiquidated: Amount
    readonly clearanceFee: Amount
    readonly fundPaid: Amount
    readonly lendersLost: Amount
  } | null
}

/** In 10⁻²⁸ USDT; the lines sum to the difference. */
export interface BufferRecord {
  readonly sinceMs: TimestampMs
  readonly from: bigint
  readonly to: bigint
  readonly lines: readonly BufferLine[]
}

/** What an order of a liquidation did against the index. */
export interface LiquidationOrderRecord {
  readonly orderId: OrderId
  readonly indexPrice: IndexPrice
  /** In 10⁻¹⁶ USDT, before fees; below zero: worse than the index. */
  readonly gain: Value
}

/** What left the account other than by trading, or was given to it: amounts of the named asset. */
export interface LiquidationMovement {
  readonly type: 'TAKEN_ASSET' | 'TAKEN_DEBT' | 'GIVEN' | 'LENDERS_LOSS'
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

    /** Oldest first. */
    async liquidationOrderResults(liquidationId: LiquidationId): Promise<LiquidationOrderRecord[]> {
      const rows = await database
        .selectFrom('liquidation_orders')
        .selectAll()
        .where('liquidation_id', '=', BigInt(liquidationId))
        .orderBy('order_id')
        .execute()
      return rows.map((row) => ({
        orderId: Number(row.order_id) as OrderId,
        indexPrice: row.index_price as IndexPrice,
        gain: BigInt(row.gain) as Value,
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
  const prices = JSON.parse(row.prices) as [AssetIndex, string, TimestampMs | null][]
  return {
    liquidationId: Number(row.liquidation_id) as LiquidationId,
    userId: Number(row.user_id) as UserId,
    pair: pairFrom(row.pair),
    startedMs: Number(row.started_ms) as TimestampMs,
    trigger: row.trigger as LiquidationTrigger,
    level: row.level,
    liquidationLevel: row.liquidation_level,
    assetsUsdt: row.assets_usdt as Amount,
    debtsUsdt: row.debts_usdt as Amount,
    prices: prices.map(([asset, price, ms]) => [asset, BigInt(price) as IndexPrice, ms]),
    buffer: {
      trigger: bufferRecord(row.trigger_buffer),
      closing: bufferRecord(row.closing_buffer),
    },
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

function bufferRecord(text: string | null): BufferRecord | null {
  if (text === null) return null
  const { sinceMs, from, to, lines } = JSON.parse(text) as {
    sinceMs: TimestampMs
    from: string
    to: string
    lines: [BufferCause, AssetIndex | null, string][]
  }
  return {
    sinceMs,
    from: BigInt(from),
    to: BigInt(to),
    lines: lines.map(([cause, asset, change]) => ({ cause, asset, change: BigInt(change) })),
  }
}
