import type { Kysely } from 'kysely'
import { assert } from '../../core/assert.ts'
import type { Event, EventOf, Outcome } from '../../core/domain/event.ts'
import type { OrderId, Sequence, TimestampMs, UserId } from '../../core/domain/ids.ts'
import { type Batch, BatchBuilder } from './batch.ts'
import { CANDLE_WIDTHS_MS, CandleRows } from './candles.ts'
import { appendHistory } from './history.ts'
import { changeList } from './order-lists.ts'
import { OrderRows } from './orders.ts'
import type { Place } from './place.ts'
import { appendPrevented } from './prevented-matches.ts'
import type { ReadModel, StoredRow } from './tables.ts'
import { AggregateTrades, appendTrade } from './trades.ts'

/** What events mean in rows. It remembers what it needs of earlier rows and never reads them back. */
export class Projection {
  readonly #orders: OrderRows
  readonly #candles: CandleRows
  readonly #aggregates = new AggregateTrades()

  constructor(orders: OrderRows, candles: CandleRows) {
    this.#orders = orders
    this.#candles = candles
  }

  /** `outcomes` follow each other; `from` is the sequence before the first. */
  project(outcomes: readonly Outcome[], from: Sequence): Batch {
    const batch = new BatchBuilder()
    let last: Outcome | undefined
    for (const outcome of outcomes) {
      this.#apply(batch, outcome)
      last = outcome
    }
    assert(last !== undefined, 'a batch holds at least one outcome')
    this.#candles.flush(batch, last.timestampMs)
    return batch.build(from, last.sequence)
  }

  #apply(batch: BatchBuilder, { sequence, timestampMs, events }: Outcome): void {
    for (const [position, event] of events.entries()) {
      this.#record(batch, event, { sequence, position, timeMs: timestampMs })
    }
    this.#aggregates.endOfCommand()
  }

  #record(batch: BatchBuilder, event: Event, place: Place): void {
    switch (event.type) {
      case 'OrderAccepted':
        this.#orders.accepted(batch, event.order)
        break
      case 'OrderActivated':
        this.#orders.activated(batch, event.order)
        break
      case 'OrderAmended':
        this.#orders.amended(batch, event, place)
        break
      case 'OrderEnded':
        this.#orders.ended(batch, event, place.timeMs)
        break
      case 'SelfTradePrevented':
        this.#orders.prevented(batch, event, place.timeMs)
        appendPrevented(batch, event, place)
        break
      case 'OrderListChanged':
        changeList(batch, event, place)
        break
      case 'TradeExecuted':
        this.#trade(batch, event, place.timeMs)
        break
      default:
        appendHistory(batch, event, place)
    }
  }

  #trade(batch: BatchBuilder, trade: EventOf<'TradeExecuted'>, timeMs: TimestampMs): void {
    appendTrade(batch, trade, timeMs)
    this.#aggregates.add(batch, trade, timeMs)
    this.#candles.add(trade, timeMs)
    // A liquidation takes; whoever it meets made an ordinary trade.
    this.#orders.traded(batch, trade.maker, timeMs, null)
    this.#orders.traded(batch, trade.taker, timeMs, trade.liquidationId)
  }
}

/** Takes up where the read model ends. */
export async function loadProjection(
  database: Kysely<ReadModel>,
  quietUsers: ReadonlySet<UserId>,
): Promise<Projection> {
  const quiet = await database.selectFrom('quiet_orders').selectAll().execute()
  const byId = new Map(quiet.map((row) => [Number(row.order_id) as OrderId, row]))
  return new Projection(
    new OrderRows(quietUsers, byId),
    new CandleRows(await latestCandles(database)),
  )
}

async function latestCandles(database: Kysely<ReadModel>): Promise<StoredRow<'candles'>[]> {
  const candles: StoredRow<'candles'>[] = []
  for (let symbol = await nextSymbol(database, -1n); symbol !== null; ) {
    for (const width of CANDLE_WIDTHS_MS) {
      const latest = await database
        .selectFrom('candles')
        .selectAll()
        .where('symbol', '=', symbol)
        .where('width_ms', '=', BigInt(width))
        .orderBy('open_ms', 'desc')
        .limit(1)
        .executeTakeFirst()
      if (latest !== undefined) candles.push(latest)
    }
    symbol = await nextSymbol(database, symbol)
  }
  return candles
}

/** Steps from symbol to symbol in the key: reading them all would read every candle. */
async function nextSymbol(database: Kysely<ReadModel>, after: bigint): Promise<bigint | null> {
  const next = await database
    .selectFrom('candles')
    .select('symbol')
    .where('symbol', '>', after)
    .orderBy('symbol')
    .limit(1)
    .executeTakeFirst()
  return next?.symbol ?? null
}
