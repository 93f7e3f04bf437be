import { type Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'

const INT8 = 20

/** A pool whose connections work in `schema`; eight-byte integers come back as bigint, as from SQLite. */
export function openPool(url: string, schema: string, connections: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    options: `-c search_path=${schema}`,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8 && format !== 'binary'
          ? BigInt
          : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  })
  // A broken idle connection is replaced by the pool; the next query that fails says so itself.
  pool.on('error', () => {})
  return pool
}

export function postgresDialect(pool: pg.Pool): PostgresDialect {
  return new PostgresDialect({ pool })
}

export function isPostgresUrl(location: string): boolean {
  return /^postgres(ql)?:/.test(location)
}

export async function createSchema<Tables>(
  database: Kysely<Tables>,
  schema: string,
): Promise<void> {
  await sql`create schema if not exists ${sql.id(schema)}`.execute(database)
}

export async function dropSchema<Tables>(database: Kysely<Tables>, schema: string): Promise<void> {
  await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(database)
}
