import type { Kysely, RawBuilder } from 'kysely'
import type { UserId } from '../../../core/domain/ids.ts'
import type { ReadModel, StoredRow } from '../tables.ts'

/** Both ends are included; absent: open. */
export interface TimeRange {
  readonly startMs?: number | undefined
  readonly endMs?: number | undefined
}

/** Which page of a history, newest first, from 1. */
export interface PageRequest extends TimeRange {
  readonly page: number
  readonly size: number
}

export interface Page<Row> {
  readonly rows: readonly Row[]
  /** Of all pages. */
  readonly total: number
}

export type HistoryTable =
  | 'deposits'
  | 'transfers'
  | 'loans'
  | 'interest_charges'
  | 'pool_claims'
  | 'small_debt_exchanges'
  | 'position_changes'
  | 'margin_calls'
  | 'kyc_history'
  | 'notices'

interface HistoryFilter<T extends HistoryTable> {
  /** Columns that have to have these values; undefined: any. */
  readonly equal?: { readonly [C in keyof StoredRow<T>]?: StoredRow<T>[C] | undefined }
  readonly also?: RawBuilder<boolean> | undefined
}

/** One page of a user's rows in one of the tables that are keyed by user and time. */
export async function historyPage<T extends HistoryTable, Row>(
  database: Kysely<ReadModel>,
  table: T,
  userId: UserId,
  request: PageRequest,
  record: (row: StoredRow<T>) => Row,
  filter: HistoryFilter<T> = {},
): Promise<Page<Row>> {
  const range = timeBounds(request)
  // All of them begin with the same columns: one stands for the others where only those are named.
  let matching = database
    .selectFrom(table as 'deposits')
    .where('user_id', '=', BigInt(userId))
    .where('time_ms', '>=', range.from)
    .where('time_ms', '<=', range.to)
  for (const [column, value] of Object.entries(filter.equal ?? {})) {
    if (value !== undefined) matching = matching.where(column as 'amount', '=', value as bigint)
  }
  if (filter.also !== undefined) matching = matching.where(filter.also)
  const rows = await matching
    .selectAll()
    .orderBy('time_ms', 'desc')
    .orderBy('sequence', 'desc')
    .orderBy('position', 'desc')
    .limit(request.size)
    .offset(offsetOf(request))
    .execute()
  const { total } = await matching
    .select(({ fn }) => fn.countAll<bigint>().as('total'))
    .executeTakeFirstOrThrow()
  const stored = rows as unknown as StoredRow<T>[]
  return { rows: stored.map(record), total: Number(total) }
}

/** Later than any millisecond that can be asked for. */
const ENDLESS = 2n ** 62n

export function timeBounds({ startMs, endMs }: TimeRange): { from: bigint; to: bigint } {
  return { from: optionalBigInt(startMs) ?? 0n, to: optionalBigInt(endMs) ?? ENDLESS }
}

export function optionalBigInt(value: number | undefined): bigint | undefined {
  return value === undefined ? undefined : BigInt(value)
}

export function optionalNumber<T extends number>(value: bigint | null): T | null {
  return value === null ? null : (Number(value) as T)
}

export function offsetOf(request: PageRequest): number {
  return (request.page - 1) * request.size
}
