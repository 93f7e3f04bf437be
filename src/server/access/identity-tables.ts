import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Integers come back as bigint, whatever was written. */
export interface IdentityTables {
  api_keys: {
    api_key: string
    user_id: bigint
    type: string
    label: string
    /** The HMAC secret, sealed; null for keys of which we have only the public half. */
    sealed_secret: string | null
    public_key: string | null
    /** JSON: array of texts. */
    permissions: string
    ip_allow_list: string
    created_ms: bigint
    expires_ms: bigint | null
    revoked_ms: bigint | null
  }
  accounts: { user_id: bigint; email: string; roles: string }
  sessions: { token_hash: string; user_id: bigint; created_ms: bigint; expires_ms: bigint }
}

export const IDENTITY_MIGRATIONS: Record<string, Migration> = {
  '0001-keys-accounts-sessions': {
    up: async (database: Kysely<IdentityTables>) => {
      await database.schema
        .createTable('api_keys')
        .addColumn('api_key', 'text', (column) => column.primaryKey())
        .addColumn('user_id', 'bigint', (column) => column.notNull())
        .addColumn('type', 'text', (column) => column.notNull())
        .addColumn('label', 'text', (column) => column.notNull())
        .addColumn('sealed_secret', 'text')
        .addColumn('public_key', 'text')
        .addColumn('permissions', 'text', (column) => column.notNull())
        .addColumn('ip_allow_list', 'text', (column) => column.notNull())
        .addColumn('created_ms', 'bigint', (column) => column.notNull())
        .addColumn('expires_ms', 'bigint')
        .addColumn('revoked_ms', 'bigint')
        .execute()
      await database.schema
        .createTable('accounts')
        .addColumn('user_id', 'bigint', (column) => column.primaryKey())
        .addColumn('email', 'text', (column) => column.notNull().unique())
        .addColumn('roles', 'text', (column) => column.notNull())
        .execute()
      await database.schema
        .createTable('sessions')
        .addColumn('token_hash', 'text', (column) => column.primaryKey())
        .addColumn('user_id', 'bigint', (column) => column.notNull())
        .addColumn('created_ms', 'bigint', (column) => column.notNull())
        .addColumn('expires_ms', 'bigint', (column) => column.notNull())
        .execute()
    },
  },
}
