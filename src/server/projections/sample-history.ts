import { type Kysely, sql } from 'kysely'
import type { Event, Outcome } from '../../core/domain/event.ts'
import type {
  LiquidationId,
  Sequence,
  TimestampMs,
  TransactionId,
  UserId,
} from '../../core/domain/ids.ts'
import type { Amount } from '../../core/money/amount.ts'
import type { IndexPrice } from '../../core/money/price.ts'
import type { Rate } from '../../core/money/rate.ts'
import { BTC, OTHER, SampleOrders, START_MS, USDT, USER } from './sample-orders.ts'
import { type ReadModel, TABLES, type TableName, tableOf } from './tables.ts'

/** A venue's history that no engine made: enough of its forms, in any order chance gives. */
export class SampleHistory {
  readonly #random: () => number
  readonly #orders = new SampleOrders((below) => this.#whole(below))
  #timeMs = START_MS
  #sequence = 0
  #transactionId = 0
  #liquidationId = 0

  constructor(seed: number) {
    this.#random = mulberry32(seed)
  }

  outcomes(count: number): Outcome[] {
    return Array.from({ length: count }, () => this.outcome())
  }

  outcome(events = this.#chance()): Outcome {
    this.#sequence += 1
    const outcome = {
      sequence: this.#sequence as Sequence,
      timestampMs: this.#timeMs,
      events,
      refusal: null,
    }
    this.#timeMs = (this.#timeMs + this.#whole(20_000)) as TimestampMs
    return outcome
  }

  #whole(below: number): number {
    return Math.floor(this.#random() * below)
  }

  #chance(): Event[] {
    const kind = this.#whole(12)
    if (kind < 8) return this.#orders.events(this.#timeMs)
    return kind === 8 ? [] : this.#account()
  }

  #account(): Event[] {
    const userId = [USER, OTHER][this.#whole(2)] as UserId
    this.#transactionId += 1
    const transactionId = this.#transactionId as TransactionId
    const amount = BigInt(this.#whole(1_000)) as Amount
    const form = this.#whole(8)
    if (form === 0) return [{ type: 'UserCreated', userId: (10 + this.#sequence) as UserId }]
    if (form === 1) {
      return [
        {
          type: 'LoanTaken',
          transactionId,
          userId,
          pair: null,
          asset: USDT,
          amount,
          origin: 'MANUAL',
        },
        this.#interest(transactionId, userId),
      ]
    }
    if (form === 2) return [this.#interest(transactionId, userId)]
    if (form === 3) {
      return [
        {
          type: 'Transferred',
          transactionId,
          userId,
          asset: USDT,
          amount,
          from: 'SPOT',
          to: 'CROSS_MARGIN',
        },
        { type: 'Deposited', transactionId, userId, asset: BTC, amount, wallet: 'SPOT' },
      ]
    }
    if (form === 4) return [{ type: 'KycSubmitted', userId }]
    return this.#liquidate(userId)
  }

  #interest(transactionId: TransactionId, userId: UserId): Event {
    return {
      type: 'InterestCharged',
      transactionId,
      userId,
      pair: null,
      asset: USDT,
      principal: 5n as Amount,
      interest: 1n as Amount,
      dailyRate: 100n as Rate,
      kind: 'PERIODIC',
      paid: null,
      chargedMs: this.#timeMs,
    }
  }

  #liquidate(userId: UserId): Event[] {
    this.#liquidationId += 1
    const liquidationId = this.#liquidationId as LiquidationId
    const usdt = BigInt(this.#whole(99)) as Amount
    return [
      {
        type: 'LiquidationStarted',
        liquidationId,
        userId,
        pair: null,
        trigger: 'LEVEL',
        level: '1.09000000',
        liquidationLevel: '1.1',
        assetsUsdt: usdt,
        debtsUsdt: usdt,
        prices: [[BTC, 2n as IndexPrice, null]],
      },
      {
        type: 'LiquidationTakenOver',
        liquidationId,
        userId,
        pair: null,
        assets: [[BTC, usdt]],
        debts: [[USDT, usdt]],
        given: [],
      },
      {
        type: 'LiquidationFinished',
        pair: null,
        liquidationId,
        userId,
        outcome: 'taken_over',
        valueLiquidated: usdt,
        clearanceFee: 0n as Amount,
        fundPaid: 0n as Amount,
        lendersLost: 0n as Amount,
      },
    ]
  }
}

/** The usual small seeded generator, uniform in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Every row of every table, in the order of the keys. */
export async function contents(database: Kysely<ReadModel>): Promise<Record<string, unknown[]>> {
  const rows: Record<string, unknown[]> = {}
  for (const table of Object.keys(TABLES) as TableName[]) {
    let query = database.selectFrom(table).selectAll()
    for (const column of tableOf(table).key) query = query.orderBy(sql.ref(column))
    rows[table] = await query.execute()
  }
  return rows
}
