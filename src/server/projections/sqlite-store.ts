import { rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { isOtherSchema, migrate } from '../sql/migrate.ts'
import { IN_MEMORY, isDamage, openSqlite, sqliteDialect } from '../sql/sqlite.ts'
import type { Batch } from './batch.ts'
import { migrationsFor } from './migrations.ts'
import { SqliteWriter } from './sqlite-writer.ts'
import {
  adoptHistory,
  type BatchWriter,
  type HistorySource,
  isForeign,
  type ReadModelStore,
} from './store.ts'
import type { ReadModel } from './tables.ts'
import { WorkerWriter } from './worker-writer.ts'

interface Opened {
  readonly database: DatabaseSync
  readonly kysely: Kysely<ReadModel>
}

interface SqliteOptions extends HistorySource {
  readonly path: string
  /** Write in a thread of its own. Never in memory, where there is one connection. */
  readonly threaded: boolean
}

/** Opens the read model in a file, or in memory; one that this history cannot continue is made anew, empty. */
export async function openSqliteStore(options: SqliteOptions): Promise<ReadModelStore> {
  const { path } = options
  const { database, kysely } = (await openUsable(options)) ?? (await openNew(path))
  await adoptHistory(kysely, options.history)
  const threaded = options.threaded && path !== IN_MEMORY
  return new SqliteStore(
    kysely,
    threaded ? new WorkerWriter(path) : new SqliteWriter(database),
    path,
  )
}

/** Null when what lies there is damaged, of another schema or of another history. */
async function openUsable(options: SqliteOptions): Promise<Opened | null> {
  try {
    const opened = await open(options.path)
    if (!(await isForeign(opened.kysely, options))) return opened
    await opened.kysely.destroy()
    return null
  } catch (error) {
    if (isDamage(error) || isOtherSchema(error)) return null
    throw error
  }
}

async function openNew(path: string): Promise<Opened> {
  removeDatabase(path)
  return open(path)
}

async function open(path: string): Promise<Opened> {
  const database = openSqlite(path, 'normal')
  const kysely = new Kysely<ReadModel>({ dialect: sqliteDialect(database) })
  try {
    await migrate(kysely, migrationsFor('sqlite'))
    return { database, kysely }
  } catch (error) {
    await kysely.destroy()
    throw error
  }
}

function removeDatabase(path: string): void {
  if (path === IN_MEMORY) return
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
}

class SqliteStore implements ReadModelStore {
  readonly database: Kysely<ReadModel>
  readonly #writer: BatchWriter
  readonly #path: string

  constructor(kysely: Kysely<ReadModel>, writer: BatchWriter, path: string) {
    this.database = kysely
    this.#writer = writer
    this.#path = path
  }

  async write(batch: Batch): Promise<void> {
    try {
      await this.#writer.write(batch)
    } catch (error) {
      // The next start makes it anew from history; until then reading what is left is better than nothing.
      if (isDamage(error)) removeDatabase(this.#path)
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#writer.close()
    await this.database.destroy()
  }
}
