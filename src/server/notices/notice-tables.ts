import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Integers come back as bigint, whatever was written. */
export interface NoticeTables {
  /** One row: how far the read model's notices were taken over, and of which history they are. */
  outbox_cursor: { id: bigint; history: string; sequence: bigint; position: bigint }
  /** Where a user wants notices sent. The secret that signs them is sealed. */
  webhooks: { user_id: bigint; url: string; sealed_secret: string; created_ms: bigint }
  /** One notice on one channel. Kept apart from the read model, which may be made anew, while this must not be. */
  deliveries: {
    notice_id: string
    channel: string
    user_id: bigint
    /** JSON, as it is sent. */
    payload: string
    state: string
    attempts: bigint
    created_ms: bigint
    /** When it is tried next; null once it is done. */
    next_ms: bigint | null
    done_ms: bigint | null
    /** Why the last attempt failed. */
    error: string | null
  }
}

export const NOTICE_MIGRATIONS: Record<string, Migration> = {
  '0001-outbox': {
    up: async (database: Kysely<NoticeTables>) => {
      await database.schema
        .createTable('outbox_cursor')
        .addColumn('id', 'bigint', (column) => column.primaryKey())
        .addColumn('history', 'text', (column) => column.notNull())
        .addColumn('sequence', 'bigint', (column) => column.notNull())
        .addColumn('position', 'bigint', (column) => column.notNull())
        .execute()
      await database
        .insertInto('outbox_cursor')
        .values({ id: 1n, history: '', sequence: 0n, position: 0n })
        .execute()
      await database.schema
        .createTable('webhooks')
        .addColumn('user_id', 'bigint', (column) => column.primaryKey())
        .addColumn('url', 'text', (column) => column.notNull())
        .addColumn('sealed_secret', 'text', (column) => column.notNull())
        .addColumn('created_ms', 'bigint', (column) => column.notNull())
        .execute()
      await database.schema
        .createTable('deliveries')
        .addColumn('notice_id', 'text', (column) => column.notNull())
        .addColumn('channel', 'text', (column) => column.notNull())
        .addColumn('user_id', 'bigint', (column) => column.notNull())
        .addColumn('payload', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('attempts', 'bigint', (column) => column.notNull())
        .addColumn('created_ms', 'bigint', (column) => column.notNull())
        .addColumn('next_ms', 'bigint')
        .addColumn('done_ms', 'bigint')
        .addColumn('error', 'text')
        .addPrimaryKeyConstraint('deliveries_key', ['notice_id', 'channel'])
        .execute()
      await database.schema
        .createIndex('deliveries_due')
        .on('deliveries')
        .columns(['next_ms'])
        .where('next_ms', 'is not', null)
        .execute()
    },
  },
}
