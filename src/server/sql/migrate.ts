import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'

/**
 * Brings a database to the last of `migrations`, by name; throws what went wrong, leaving the rest undone.
 * PostgreSQL needs `schema`, or Kysely takes another schema's list of migrations for ours.
 */
export async function migrate<Schema>(
  database: Kysely<Schema>,
  migrations: Readonly<Record<string, Migration>>,
  schema?: string,
): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => ({ ...migrations }) },
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}

/** True when `migrate` failed because the database was made by other migrations than these. */
export function isOtherSchema(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('corrupted migrations')
}
