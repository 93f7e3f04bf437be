import { type Kysely, sql } from 'kysely'
import type { Event, Outcome, TradeSide } from '../../core/domain/event.ts'
import type {
  AccountId,
  AssetIndex,
  LiquidationId,
  OrderId,
  Sequence,
  SymbolIndex,
  TimestampMs,
  TradeId,
  TransactionId,
  UserId,
} from '../../core/domain/ids.ts'
import type { Order, Side } from '../../core/domain/order.ts'
import type { Amount } from '../../core/money/amount.ts'
import type { IndexPrice, Lots, Ticks } from '../../core/money/price.ts'
import type { Rate } from '../../core/money/rate.ts'
import { type ReadModel, TABLES, type TableName, tableOf } from './tables.ts'

export const START_MS = Date.UTC(2026, 0, 31, 22, 30) as TimestampMs
export const MAKER = 1 as UserId
export const USER = 2 as UserId
export const OTHER = 3 as UserId
export const BTCUSDT = 0 as SymbolIndex
export const BTC = 0 as AssetIndex
export const USDT = 1 as AssetIndex

/** An order as it is accepted. */
export function order(given: Partial<Order> & { id: OrderId }): Order {
  return {
    clientOrderId: `client-${given.id}`,
    userId: USER,
    wallet: 'CROSS_MARGIN',
    accountId: 0 as AccountId,
    symbol: BTCUSDT,
    side: 'BUY',
    type: 'LIMIT',
    timeInForce: 'GTC',
    price: 3_000_000 as Ticks,
    lots: 10 as Lots,
    quoteQuantity: 0n as Amount,
    sideEffect: 'NO_SIDE_EFFECT',
    autoRepayAtCancel: true,
    selfTradePrevention: 'NONE',
    createdMs: START_MS,
    borrowed: 0n as Amount,
    borrowedAsset: null,
    status: 'NEW',
    executedLots: 0 as Lots,
    executedQuote: 0n as Amount,
    updatedMs: START_MS,
    locked: 0n as Amount,
    ...given,
  }
}

/** A venue's history that no engine made: enough of its forms, in any order chance gives. */
export class SampleHistory {
  readonly #random: () => number
  readonly #open = new Map<OrderId, Order>()
  #timeMs = START_MS
  #sequence = 0
  #orderId = 0
  #transactionId = 0
  #liquidationId = 0
  readonly #tradeIds = [0, 0]

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
    if (kind < 4) return this.#place()
    if (kind < 6) return this.#trade()
    if (kind < 8) return this.#end()
    return kind === 8 ? [] : this.#account()
  }

  #place(): Event[] {
    this.#orderId += 1
    const placed = order({
      id: this.#orderId as OrderId,
      userId: ([MAKER, MAKER, USER, OTHER] as const)[this.#whole(4)] as UserId,
      symbol: this.#whole(2) as SymbolIndex,
      side: this.#whole(2) === 0 ? 'BUY' : 'SELL',
      lots: (this.#whole(20) + 2) as Lots,
      createdMs: this.#timeMs,
      updatedMs: this.#timeMs,
    })
    this.#open.set(placed.id, { ...placed })
    return [{ type: 'OrderAccepted', order: placed }]
  }

  #pick(): Order | undefined {
    return [...this.#open.values()][this.#whole(this.#open.size)]
  }

  /** A new order takes one or two lots at a time from an old one. */
  #trade(): Event[] {
    const maker = this.#pick()
    if (maker === undefined) return []
    const events = this.#place()
    const taker = this.#open.get(this.#orderId as OrderId) as Order
    const liquidationId = this.#whole(5) === 0 ? (1 as LiquidationId) : null
    for (let fills = 1 + this.#whole(3); fills > 0 && taker.executedLots < taker.lots; fills--) {
      if (!this.#open.has(maker.id) || maker.executedLots >= maker.lots) break
      const price = (3_000_000 + this.#whole(3)) as Ticks
      events.push(this.#fill(maker, taker, price, liquidationId))
    }
    return events
  }

  #fill(maker: Order, taker: Order, price: Ticks, liquidationId: LiquidationId | null): Event {
    const symbol = maker.symbol
    const tradeId = (this.#tradeIds[symbol] ?? 0) + 1
    this.#tradeIds[symbol] = tradeId
    const quote = BigInt(price) as Amount
    return {
      type: 'TradeExecuted',
      symbol,
      tradeId: tradeId as TradeId,
      price,
      lots: 1 as Lots,
      quote,
      maker: this.#side(maker, 'SELL', quote),
      taker: this.#side(taker, 'BUY', quote),
      liquidationId,
    }
  }

  #side(traded: Order, side: Side, quote: Amount): TradeSide {
    traded.executedLots = (traded.executedLots + 1) as Lots
    traded.executedQuote = (traded.executedQuote + quote) as Amount
    const filled = traded.executedLots === traded.lots
    traded.status = filled ? 'FILLED' : 'PARTIALLY_FILLED'
    if (filled) this.#open.delete(traded.id)
    return {
      orderId: traded.id,
      clientOrderId: traded.clientOrderId,
      userId: traded.userId,
      wallet: traded.wallet,
      side,
      fee: 7n as Amount,
      feeAsset: USDT,
      status: traded.status,
      executedLots: traded.executedLots,
      executedQuote: traded.executedQuote,
    }
  }

  #end(): Event[] {
    const ended = this.#pick()
    if (ended === undefined) return []
    this.#open.delete(ended.id)
    return [
      {
        type: 'OrderEnded',
        orderId: ended.id,
        clientOrderId: ended.clientOrderId,
        userId: ended.userId,
        wallet: ended.wallet,
        symbol: ended.symbol,
        side: ended.side,
        price: ended.price,
        status: 'CANCELED',
        cause: this.#whole(4) === 0 ? 'quote' : 'user',
        remainingLots: (ended.lots - ended.executedLots) as Lots,
        wasResting: true,
        executedLots: ended.executedLots,
        executedQuote: ended.executedQuote,
      },
    ]
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
        { type: 'LoanTaken', transactionId, userId, asset: USDT, amount, origin: 'MANUAL' },
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
      asset: USDT,
      principal: 5n as Amount,
      interest: 1n as Amount,
      dailyRate: 100n as Rate,
      kind: 'PERIODIC',
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
        level: '1.09000000',
        liquidationLevel: '1.1',
        assetsUsdt: usdt,
        debtsUsdt: usdt,
        prices: [[BTC, 2n as IndexPrice]],
      },
      {
        type: 'LiquidationTakenOver',
        liquidationId,
        userId,
        assets: [[BTC, usdt]],
        debts: [[USDT, usdt]],
      },
      {
        type: 'LiquidationFinished',
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
