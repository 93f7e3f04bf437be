import type { Kysely } from 'kysely'
import type { Sequence } from '../../core/domain/ids.ts'
import type { Batch } from './batch.ts'
import type { ReadModel } from './tables.ts'

/** Where the read model lies. One writer; any number of readers through `database`. */
export interface ReadModelStore {
  readonly database: Kysely<ReadModel>
  /** Writes a batch and moves the cursor in one transaction. Throws when nothing was written. */
  write(batch: Batch): Promise<void>
  close(): Promise<void>
}

/** The half of a store that writes, wherever it runs. */
export interface BatchWriter {
  write(batch: Batch): void | Promise<void>
  close(): void | Promise<void>
}

/** What the read model holds already. */
export async function appliedSequence(database: Kysely<ReadModel>): Promise<Sequence> {
  const cursor = await database
    .selectFrom('projection_cursor')
    .select('applied')
    .executeTakeFirstOrThrow()
  return Number(cursor.applied) as Sequence
}

/** The history that a read model is filled from. */
export interface HistorySource {
  /** Names it: equal for the same history, continued, and for no other. */
  readonly history: string
  /** Its last command, if known. A read model that is beyond it was filled from one that was longer. */
  readonly latest?: Sequence | undefined
}

/** True when what the read model holds is not of this history, and cannot be continued with it. */
export async function isForeign(
  database: Kysely<ReadModel>,
  { history, latest }: HistorySource,
): Promise<boolean> {
  const cursor = await database
    .selectFrom('projection_cursor')
    .select(['applied', 'history'])
    .executeTakeFirstOrThrow()
  const beyond = latest !== undefined && cursor.applied > BigInt(latest)
  return beyond || (cursor.applied > 0n && cursor.history !== history)
}

export async function adoptHistory(database: Kysely<ReadModel>, history: string): Promise<void> {
  await database.updateTable('projection_cursor').set({ history }).execute()
}
