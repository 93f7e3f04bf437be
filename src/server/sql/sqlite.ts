import { DatabaseSync } from 'node:sqlite'
import { SqliteDialect } from 'kysely'

/** SQLite's own name for a database that lives and dies with its connection. */
export const IN_MEMORY = ':memory:'

/**
 * Opens a database file for one process. Integers come back as bigint, so that nothing above 2^53 is lost.
 *
 * `normal` may lose the last transactions with the power, never the file's integrity; `full` loses nothing.
 */
export function openSqlite(path: string, synchronous: 'normal' | 'full'): DatabaseSync {
  const database = new DatabaseSync(path, { readBigInts: true })
  try {
    database.exec(`pragma journal_mode = wal; pragma synchronous = ${synchronous}`)
    database.exec('pragma busy_timeout = 5000; pragma temp_store = memory')
    // Pages that many transactions touch are copied back, and synced, once for all of them. 32 MB each.
    database.exec('pragma wal_autocheckpoint = 8192; pragma cache_size = -32768')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Kysely knows better-sqlite3's shape; node:sqlite differs from it only in how parameters are passed. */
export function sqliteDialect(database: DatabaseSync): SqliteDialect {
  return new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare: (text) => {
        const statement = database.prepare(text)
        const bound = (parameters: readonly unknown[]) => parameters as never[]
        return {
          reader: statement.columns().length > 0,
          all: (parameters) => statement.all(...bound(parameters)),
          run: (parameters) => statement.run(...bound(parameters)),
          iterate: (parameters) => statement.iterate(...bound(parameters)),
        }
      },
    },
  })
}

const SQLITE_CORRUPT = 11
const SQLITE_NOT_A_DATABASE = 26

/** True when the file itself is broken: trying again cannot help. */
export function isDamage(error: unknown): boolean {
  const code = (error as { errcode?: unknown } | null)?.errcode
  // The low byte is the primary code, the rest says where it was noticed.
  return typeof code === 'number' && [SQLITE_CORRUPT, SQLITE_NOT_A_DATABASE].includes(code & 0xff)
}
