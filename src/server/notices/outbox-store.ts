import { type KeyObject, randomBytes } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { Kysely } from 'kysely'
import type { UserId } from '../../core/domain/ids.ts'
import { seal, unseal } from '../access/secret-box.ts'
import { migrate } from '../sql/migrate.ts'
import { createSchema, isPostgresUrl, openPool, postgresDialect } from '../sql/postgres.ts'
import { IN_MEMORY, openSqlite, sqliteDialect } from '../sql/sqlite.ts'
import type { Channel, Delivery, DeliveryState, Place, Webhook } from './delivery.ts'
import { NOTICE_MIGRATIONS, type NoticeTables } from './notice-tables.ts'

const POSTGRES_CONNECTIONS = 2
const SECRET_BYTES = 32

/** What is to be sent where, and what became of it. Survives what the read model need not. */
export class OutboxStore {
  readonly #database: Kysely<NoticeTables>
  readonly #masterKey: KeyObject

  private constructor(database: Kysely<NoticeTables>, masterKey: KeyObject) {
    this.#database = database
    this.#masterKey = masterKey
  }

  /** `location` is a PostgreSQL URL, a SQLite file, or `:memory:`. Of another `history` than before, it starts anew. */
  static async open(
    location: string,
    masterKey: KeyObject,
    history: string,
    schema = 'fulcrum_outbox',
  ): Promise<OutboxStore> {
    const database = await openDatabase(location, schema)
    try {
      await migrate(database, NOTICE_MIGRATIONS, isPostgresUrl(location) ? schema : undefined)
      const store = new OutboxStore(database, masterKey)
      await store.#adopt(history)
      return store
    } catch (error) {
      await database.destroy()
      throw error
    }
  }

  /** Sequences of another journal mean something else: what was sent of them is forgotten, webhooks stay. */
  async #adopt(history: string): Promise<void> {
    const cursor = await this.#database.selectFrom('outbox_cursor').selectAll().executeTakeFirst()
    if (cursor?.history === history) return
    await this.#database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('deliveries').execute()
      await transaction
        .updateTable('outbox_cursor')
        .set({ history, sequence: 0n, position: -1n })
        .execute()
    })
  }

  /** The last notice taken over. */
  async cursor(): Promise<Place> {
    const { sequence, position } = await this.#database
      .selectFrom('outbox_cursor')
      .selectAll()
      .executeTakeFirstOrThrow()
    return { sequence: Number(sequence), position: Number(position) }
  }

  /** Takes notices over, whole or not at all: a delivery for each channel, and how far it went. */
  async take(deliveries: readonly Delivery[], upTo: Place): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      if (deliveries.length > 0) {
        await transaction
          .insertInto('deliveries')
          .values(deliveries.map(rowOf))
          .onConflict((conflict) => conflict.columns(['notice_id', 'channel']).doNothing())
          .execute()
      }
      await transaction
        .updateTable('outbox_cursor')
        .set({ sequence: BigInt(upTo.sequence), position: BigInt(upTo.position) })
        .execute()
    })
  }

  /** What is to be tried by `nowMs`, longest due first. */
  async due(nowMs: number, limit: number): Promise<Delivery[]> {
    const rows = await this.#database
      .selectFrom('deliveries')
      .selectAll()
      .where('next_ms', 'is not', null)
      .where('next_ms', '<=', BigInt(nowMs))
      .orderBy('next_ms')
      .limit(limit)
      .execute()
    return rows.map(deliveryOf)
  }

  /** When the next attempt is due; null: none waits. */
  async nextDueMs(): Promise<number | null> {
    const row = await this.#database
      .selectFrom('deliveries')
      .select('next_ms')
      .where('next_ms', 'is not', null)
      .orderBy('next_ms')
      .limit(1)
      .executeTakeFirst()
    return row === undefined ? null : Number(row.next_ms)
  }

  /** Notes how an attempt ended. */
  async note({ noticeId, channel, ...changed }: Delivery): Promise<void> {
    await this.#database
      .updateTable('deliveries')
      .set({
        state: changed.state,
        attempts: BigInt(changed.attempts),
        next_ms: changed.nextMs === null ? null : BigInt(changed.nextMs),
        done_ms: changed.doneMs === null ? null : BigInt(changed.doneMs),
        error: changed.error,
      })
      .where('notice_id', '=', noticeId)
      .where('channel', '=', channel)
      .execute()
  }

  async deliveriesOf(noticeIds: readonly string[]): Promise<Delivery[]> {
    if (noticeIds.length === 0) return []
    const rows = await this.#database
      .selectFrom('deliveries')
      .selectAll()
      .where('notice_id', 'in', [...noticeIds])
      .orderBy('channel')
      .execute()
    return rows.map(deliveryOf)
  }

  /** The latest in a state, of everybody. */
  async deliveriesIn(state: DeliveryState, limit: number): Promise<Delivery[]> {
    const rows = await this.#database
      .selectFrom('deliveries')
      .selectAll()
      .where('state', '=', state)
      .orderBy('created_ms', 'desc')
      .orderBy('notice_id')
      .limit(limit)
      .execute()
    return rows.map(deliveryOf)
  }

  async webhook(userId: UserId): Promise<Webhook | null> {
    const row = await this.#database
      .selectFrom('webhooks')
      .selectAll()
      .where('user_id', '=', BigInt(userId))
      .executeTakeFirst()
    if (row === undefined) return null
    const secret = unseal(this.#masterKey, row.sealed_secret, contextOf(userId, row.url))
    return { url: row.url, secret, createdMs: Number(row.created_ms) }
  }

  /** A new secret with every address: whoever had the old one can no longer sign. */
  async setWebhook(userId: UserId, url: string, nowMs: number): Promise<Webhook> {
    const secret = randomBytes(SECRET_BYTES).toString('base64url')
    const sealed = seal(this.#masterKey, secret, contextOf(userId, url))
    const changed = { url, sealed_secret: sealed, created_ms: BigInt(nowMs) }
    await this.#database
      .insertInto('webhooks')
      .values({ user_id: BigInt(userId), ...changed })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(changed))
      .execute()
    return { url, secret, createdMs: nowMs }
  }

  /** False when there was none. */
  async removeWebhook(userId: UserId): Promise<boolean> {
    const { numDeletedRows } = await this.#database
      .deleteFrom('webhooks')
      .where('user_id', '=', BigInt(userId))
      .executeTakeFirst()
    return numDeletedRows > 0n
  }

  async close(): Promise<void> {
    await this.#database.destroy()
  }
}

async function openDatabase(location: string, schema: string): Promise<Kysely<NoticeTables>> {
  if (!isPostgresUrl(location)) {
    const sqlite = openSqlite(location, 'full')
    if (location !== IN_MEMORY) chmodSync(location, 0o600)
    return new Kysely({ dialect: sqliteDialect(sqlite) })
  }
  const database = new Kysely<NoticeTables>({
    dialect: postgresDialect(openPool(location, schema, POSTGRES_CONNECTIONS)),
  })
  await createSchema(database, schema)
  return database
}

/** Ties a sealed secret to its address: moved to another it does not open. */
function contextOf(userId: UserId, url: string): string {
  return `webhook|${userId}|${url}`
}

function rowOf(delivery: Delivery): NoticeTables['deliveries'] {
  return {
    notice_id: delivery.noticeId,
    channel: delivery.channel,
    user_id: BigInt(delivery.userId),
    payload: delivery.payload,
    state: delivery.state,
    attempts: BigInt(delivery.attempts),
    created_ms: BigInt(delivery.createdMs),
    next_ms: delivery.nextMs === null ? null : BigInt(delivery.nextMs),
    done_ms: delivery.doneMs === null ? null : BigInt(delivery.doneMs),
    error: delivery.error,
  }
}

function deliveryOf(row: NoticeTables['deliveries']): Delivery {
  return {
    noticeId: row.notice_id,
    channel: row.channel as Channel,
    userId: Number(row.user_id) as UserId,
    payload: row.payload,
    state: row.state as DeliveryState,
    attempts: Number(row.attempts),
    createdMs: Number(row.created_ms),
    nextMs: row.next_ms === null ? null : Number(row.next_ms),
    doneMs: row.done_ms === null ? null : Number(row.done_ms),
    error: row.error,
  }
}
