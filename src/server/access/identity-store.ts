import {
  createHash,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { chmodSync } from 'node:fs'
import { Kysely } from 'kysely'
import { assert, present } from '../../core/assert.ts'
import type { UserId } from '../../core/domain/ids.ts'
import { migrate } from '../sql/migrate.ts'
import { createSchema, isPostgresUrl, openPool, postgresDialect } from '../sql/postgres.ts'
import { IN_MEMORY, openSqlite, sqliteDialect } from '../sql/sqlite.ts'
import type { ApiKey, ApiKeyStore, KeyType, Permission } from './api-key.ts'
import { IDENTITY_MIGRATIONS, type IdentityTables } from './identity-tables.ts'
import { type PublicKeyFault, parsePublicKey, randomKeyText } from './new-key.ts'
import {
  isOperatorId,
  type Operator,
  type Operators,
  operatorName,
  ROLES,
  type Role,
} from './operator.ts'
import { seal, unseal } from './secret-box.ts'

export interface NewKey {
  readonly userId: UserId
  readonly type: KeyType
  /** PEM; for RSA and Ed25519 alone. */
  readonly publicKey?: string | undefined
  readonly label: string
  readonly permissions: readonly Permission[]
  readonly ipAllowList?: readonly string[] | undefined
  readonly nowMs: number
  readonly expiresMs?: number | null | undefined
  /**
   * For venues whose keys are the same at every start, even after one was revoked; random otherwise. 64 letters and
   * digits each.
   */
  readonly fixed?: { readonly apiKey: string; readonly secretKey: string } | undefined
}

export interface CreatedKey {
  readonly key: ApiKey
  /** Told this once; null when the user keeps the secret half alone. */
  readonly secretKey: string | null
}

/** A key as its owner sees it in a list. */
export interface KeySummary extends Omit<ApiKey, 'keyObject'> {
  readonly label: string
  readonly publicKey: string | null
}

export interface Account {
  readonly userId: UserId
  readonly email: string
  /** Operators' roles; empty for everyone else. */
  readonly roles: readonly string[]
}

const POSTGRES_CONNECTIONS = 2

type KeyRow = IdentityTables['api_keys']

/**
 * Who may log in: API keys, e-mail addresses, roles, sessions. Kept apart from the journal, which holds no secret and
 * cannot forget. Keys and sessions are checked against memory; the database is read at the start and by `refresh`.
 */
export class IdentityStore implements ApiKeyStore, Operators {
  readonly #database: Kysely<IdentityTables>
  readonly #masterKey: KeyObject
  #keys = new Map<string, ApiKey>()
  #sessions = new Map<string, { readonly userId: UserId; readonly expiresMs: number }>()
  #operators = new Map<UserId, Operator>()

  private constructor(database: Kysely<IdentityTables>, masterKey: KeyObject) {
    this.#database = database
    this.#masterKey = masterKey
  }

  /** `location` is a PostgreSQL URL, a SQLite file, or `:memory:`. Throws when the master key is not the one of before. */
  static async open(
    location: string,
    masterKey: KeyObject,
    schema = 'fulcrum_identity',
  ): Promise<IdentityStore> {
    const database = await openDatabase(location, schema)
    try {
      await migrate(database, IDENTITY_MIGRATIONS, isPostgresUrl(location) ? schema : undefined)
      const store = new IdentityStore(database, masterKey)
      await store.refresh()
      return store
    } catch (error) {
      await database.destroy()
      throw error
    }
  }

  /** The key of that name, unless revoked. */
  find(apiKey: string): ApiKey | undefined {
    return this.#keys.get(apiKey)
  }

  async createKey(request: NewKey): Promise<CreatedKey | PublicKeyFault> {
    const apiKey = request.fixed?.apiKey ?? randomKeyText()
    const secretKey = request.type === 'HMAC' ? (request.fixed?.secretKey ?? randomKeyText()) : null
    const publicKey = request.type === 'HMAC' ? null : (request.publicKey ?? '')
    if (request.type !== 'HMAC') {
      const parsed = parsePublicKey(request.type, publicKey ?? '')
      if (typeof parsed === 'string') return parsed
    }
    const row: KeyRow = {
      api_key: apiKey,
      user_id: BigInt(request.userId),
      type: request.type,
      label: request.label,
      sealed_secret:
        secretKey && seal(this.#masterKey, secretKey, contextOf(apiKey, request.userId)),
      public_key: publicKey,
      permissions: JSON.stringify(request.permissions),
      ip_allow_list: JSON.stringify(request.ipAllowList ?? []),
      created_ms: BigInt(request.nowMs),
      expires_ms: typeof request.expiresMs === 'number' ? BigInt(request.expiresMs) : null,
      revoked_ms: null,
    }
    await this.#database
      .insertInto('api_keys')
      .values(row)
      .$if(request.fixed !== undefined, (insert) =>
        insert.onConflict((conflict) => conflict.column('api_key').doUpdateSet(row)),
      )
      .execute()
    const key = this.#prepare(row)
    this.#keys.set(apiKey, key)
    return { key, secretKey }
  }

  /** A user's keys, oldest first, without the revoked ones. */
  async listKeys(userId: UserId): Promise<KeySummary[]> {
    const rows = await this.#database
      .selectFrom('api_keys')
      .selectAll()
      .where('user_id', '=', BigInt(userId))
      .where('revoked_ms', 'is', null)
      .orderBy('created_ms')
      .orderBy('api_key')
      .execute()
    return rows.map((row) => ({
      ...keyFacts(row),
      label: row.label,
      publicKey: row.public_key,
    }))
  }

  /** False when the user has no such key. It stops working at once. */
  async revokeKey(userId: UserId, apiKey: string, nowMs: number): Promise<boolean> {
    if (this.#keys.get(apiKey)?.userId !== userId) return false
    this.#keys.delete(apiKey)
    await this.#database
      .updateTable('api_keys')
      .set({ revoked_ms: BigInt(nowMs) })
      .where('api_key', '=', apiKey)
      .execute()
    return true
  }

  /** False when the address is another user's. */
  async setAccount(account: Account): Promise<boolean> {
    const email = account.email.trim().toLowerCase()
    const holder = await this.accountByEmail(email)
    if (holder !== null && holder.userId !== account.userId) return false
    const changed = { email, roles: JSON.stringify(account.roles) }
    await this.#database
      .insertInto('accounts')
      .values({ user_id: BigInt(account.userId), ...changed })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(changed))
      .execute()
    this.#noteOperator({ ...account, email })
    return true
  }

  /** The operator with that address and exactly these roles, made when there is none yet. Null: a user has the address. */
  async setOperator(email: string, roles: readonly Role[]): Promise<UserId | null> {
    const holder = await this.accountByEmail(email)
    if (holder !== null && !isOperatorId(holder.userId)) return null
    const userId = holder?.userId ?? this.#nextOperatorId()
    await this.setAccount({ userId, email, roles })
    return userId
  }

  operator(userId: UserId): Operator | null {
    return this.#operators.get(userId) ?? null
  }

  operators(): readonly Operator[] {
    return [...this.#operators.values()]
  }

  #nextOperatorId(): UserId {
    return (Math.min(0, ...this.#operators.keys()) - 1) as UserId
  }

  #noteOperator({ userId, email, roles }: Account): void {
    if (!isOperatorId(userId)) return
    const known = ROLES.filter((role) => roles.includes(role))
    this.#operators.set(userId, { name: operatorName(userId), email, roles: known })
  }

  async accountByEmail(email: string): Promise<Account | null> {
    const row = await this.#database
      .selectFrom('accounts')
      .selectAll()
      .where('email', '=', email.trim().toLowerCase())
      .executeTakeFirst()
    return row === undefined ? null : accountOf(row)
  }

  async account(userId: UserId): Promise<Account | null> {
    const row = await this.#database
      .selectFrom('accounts')
      .selectAll()
      .where('user_id', '=', BigInt(userId))
      .executeTakeFirst()
    return row === undefined ? null : accountOf(row)
  }

  /** Everyone's, in the order of their numbers. */
  async accounts(): Promise<Account[]> {
    const rows = await this.#database
      .selectFrom('accounts')
      .selectAll()
      .orderBy('user_id')
      .execute()
    return rows.map(accountOf)
  }

  /** A new session's token, of which only the hash is kept. */
  async createSession(userId: UserId, nowMs: number, expiresMs: number): Promise<string> {
    const token = randomBytes(32).toString('base64url')
    await this.#database
      .insertInto('sessions')
      .values({
        token_hash: hashOf(token),
        user_id: BigInt(userId),
        created_ms: BigInt(nowMs),
        expires_ms: BigInt(expiresMs),
      })
      .execute()
    this.#sessions.set(hashOf(token), { userId, expiresMs })
    return token
  }

  /** Whose session the token is; null when it is none, or over. */
  sessionUser(token: string, nowMs: number): UserId | null {
    const session = this.#sessions.get(hashOf(token))
    return session === undefined || session.expiresMs <= nowMs ? null : session.userId
  }

  async endSession(token: string): Promise<void> {
    this.#sessions.delete(hashOf(token))
    await this.#database.deleteFrom('sessions').where('token_hash', '=', hashOf(token)).execute()
  }

  /** Sees what other processes wrote to the same database. */
  async refresh(): Promise<void> {
    const rows = await this.#database
      .selectFrom('api_keys')
      .selectAll()
      .where('revoked_ms', 'is', null)
      .execute()
    const sessions = await this.#database.selectFrom('sessions').selectAll().execute()
    for (const account of await this.accounts()) this.#noteOperator(account)
    this.#keys = new Map(
      rows.map((row) => [row.api_key, this.#keys.get(row.api_key) ?? this.#prepare(row)]),
    )
    this.#sessions = new Map(
      sessions.map((row) => [
        row.token_hash,
        { userId: Number(row.user_id) as UserId, expiresMs: Number(row.expires_ms) },
      ]),
    )
  }

  async close(): Promise<void> {
    await this.#database.destroy()
  }

  /** Makes the key object once: with a plain buffer every signature would pay for it again. */
  #prepare(row: KeyRow): ApiKey {
    const facts = keyFacts(row)
    if (row.sealed_secret === null) {
      return { ...facts, keyObject: createPublicKey(present(row.public_key, 'a key has one half')) }
    }
    const secret = unseal(this.#masterKey, row.sealed_secret, contextOf(row.api_key, facts.userId))
    assert(facts.type === 'HMAC', 'only HMAC keys have a secret')
    return { ...facts, keyObject: createSecretKey(Buffer.from(secret)) }
  }
}

async function openDatabase(location: string, schema: string): Promise<Kysely<IdentityTables>> {
  if (!isPostgresUrl(location)) {
    const sqlite = openSqlite(location, 'full')
    if (location !== IN_MEMORY) chmodSync(location, 0o600)
    return new Kysely({ dialect: sqliteDialect(sqlite) })
  }
  const database = new Kysely<IdentityTables>({
    dialect: postgresDialect(openPool(location, schema, POSTGRES_CONNECTIONS)),
  })
  await createSchema(database, schema)
  return database
}

/** Ties a sealed secret to its row: moved to another key or user it does not open. */
function contextOf(apiKey: string, userId: UserId): string {
  return `${apiKey}|${userId}|HMAC`
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function keyFacts(row: KeyRow): Omit<ApiKey, 'keyObject'> {
  return {
    apiKey: row.api_key,
    userId: Number(row.user_id) as UserId,
    type: row.type as KeyType,
    permissions: JSON.parse(row.permissions) as Permission[],
    ipAllowList: JSON.parse(row.ip_allow_list) as string[],
    expiresMs: row.expires_ms === null ? null : Number(row.expires_ms),
    createdMs: Number(row.created_ms),
  }
}

function accountOf(row: IdentityTables['accounts']): Account {
  return {
    userId: Number(row.user_id) as UserId,
    email: row.email,
    roles: JSON.parse(row.roles) as string[],
  }
}
