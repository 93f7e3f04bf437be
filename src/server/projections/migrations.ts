import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { type ReadModel, TABLES, type TableName, tableOf } from './tables.ts'

async function createTable(
  database: Kysely<ReadModel>,
  name: TableName,
  clustered: boolean,
): Promise<void> {
  const table = tableOf(name)
  let create = database.schema.createTable(name)
  for (const [column, type] of Object.entries(table.columns)) {
    create = create.addColumn(
      column,
      type.startsWith('integer') ? 'bigint' : 'text',
      (definition) => (type.endsWith('?') ? definition : definition.notNull()),
    )
  }
  create = create.addPrimaryKeyConstraint(`${name}_key`, table.key as never[])
  // Rows in the key's order: a user's page of history is one run of the tree.
  if (clustered) create = create.modifyEnd(sql`without rowid`)
  await create.execute()
  for (const index of table.indexes ?? []) {
    const started = database.schema
      .createIndex(index.name)
      .on(name)
      .columns([...index.columns])
    const present = index.present
    await (present === undefined
      ? started
      : started.where(sql.ref(present), 'is not', null)
    ).execute()
  }
}

/**
 * The read model holds nothing that the events do not: a changed schema gets a new name here, and the database,
 * whose migrations no longer match, is made anew and filled from history.
 */
export function migrationsFor(dialect: 'sqlite' | 'postgres'): Record<string, Migration> {
  return {
    'read-model-5': {
      up: async (database: Kysely<ReadModel>) => {
        for (const name of Object.keys(TABLES) as TableName[]) {
          await createTable(database, name, dialect === 'sqlite')
        }
        await database
          .insertInto('projection_cursor')
          .values({ id: 1n, applied: 0n, history: '' })
          .execute()
      },
    },
  }
}
