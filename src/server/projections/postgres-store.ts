import { Kysely } from 'kysely'
import type pg from 'pg'
import { assert } from '../../core/assert.ts'
import { isOtherSchema, migrate } from '../sql/migrate.ts'
import { createSchema, dropSchema, openPool, postgresDialect } from '../sql/postgres.ts'
import type { Batch, Change } from './batch.ts'
import { migrationsFor } from './migrations.ts'
import { postgresStatement, statementName } from './statements.ts'
import { adoptHistory, type HistorySource, isForeign, type ReadModelStore } from './store.ts'
import type { ReadModel } from './tables.ts'

/** One writes, the others read. */
const CONNECTIONS = 4

interface PostgresOptions extends HistorySource {
  readonly url: string
  readonly schema: string
}

/** Opens the read model in a schema of its own; one that this history cannot continue is made anew, empty. */
export async function openPostgresStore(options: PostgresOptions): Promise<ReadModelStore> {
  const { url, schema } = options
  const pool = openPool(url, schema, CONNECTIONS)
  const database = new Kysely<ReadModel>({ dialect: postgresDialect(pool) })
  try {
    await migrateSchema(database, schema)
    if (await isForeign(database, options)) {
      await dropSchema(database, schema)
      await migrateSchema(database, schema)
    }
    await adoptHistory(database, options.history)
    return new PostgresStore(database, pool)
  } catch (error) {
    await database.destroy()
    throw error
  }
}

async function migrateSchema(database: Kysely<ReadModel>, schema: string): Promise<void> {
  await createSchema(database, schema)
  try {
    await migrate(database, migrationsFor('postgres'), schema)
  } catch (error) {
    if (!isOtherSchema(error)) throw error
    await dropSchema(database, schema)
    await createSchema(database, schema)
    await migrate(database, migrationsFor('postgres'), schema)
  }
}

class PostgresStore implements ReadModelStore {
  readonly database: Kysely<ReadModel>
  readonly #pool: pg.Pool
  /** PostgreSQL keeps prepared statements by name, and names are short. */
  readonly #names = new Map<string, { name: string; text: string }>()

  constructor(database: Kysely<ReadModel>, pool: pg.Pool) {
    this.database = database
    this.#pool = pool
  }

  async write(batch: Batch): Promise<void> {
    const client = await this.#pool.connect()
    try {
      await client.query('begin')
      if (await moveCursor(client, batch)) {
        for (const change of batch.changes) await this.#apply(client, change)
      }
      await client.query('commit')
      client.release()
    } catch (error) {
      // A connection in an unknown state is not used again; closing it rolls back.
      client.release(true)
      throw error
    }
  }

  async #apply(client: pg.PoolClient, change: Change): Promise<void> {
    const columns = change.columns.map((_, i) => change.rows.map((row) => row[i]))
    await client.query({ ...this.#prepared(change), values: columns })
  }

  #prepared(change: Change): { name: string; text: string } {
    const key = statementName(change)
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const prepared = { name: `write_${this.#names.size}`, text: postgresStatement(change) }
    this.#names.set(key, prepared)
    return prepared
  }

  async close(): Promise<void> {
    await this.database.destroy()
  }
}

/** False when the batch is there already: its commit arrived, and the answer to it was lost. */
async function moveCursor(client: pg.PoolClient, batch: Batch): Promise<boolean> {
  const move = 'update projection_cursor set applied = $1 where applied = $2'
  const moved = await client.query(move, [batch.to, batch.from])
  if (moved.rowCount === 1) return true
  const cursor = await client.query<{ applied: bigint }>('select applied from projection_cursor')
  assert(cursor.rows[0]?.applied === BigInt(batch.to), 'the read model has one writer')
  return false
}
