import { expect, test } from 'vitest'
import type { Command, PlaceOrder } from '../../core/domain/command.ts'
import { PLAIN } from '../../core/domain/command.ts'
import type { Event, TradeSide } from '../../core/domain/event.ts'
import type {
  AssetIndex,
  LiquidationId,
  OrderId,
  Sequence,
  SymbolIndex,
  TimestampMs,
  TradeId,
  UserId,
} from '../../core/domain/ids.ts'
import type { Order } from '../../core/domain/order.ts'
import type { Amount } from '../../core/money/amount.ts'
import type { Lots, Ticks } from '../../core/money/price.ts'
import { WireError } from '../../wire/wire-error.ts'
import { BINANCE_LIMITS, RateLimits } from './rate-limits.ts'

// The figures are those of Binance's "Spot Unfilled Order Count Rules", faqs/order_count_decrement.md of
// binance/binance-spot-api-docs, row for row.

const USER = 7 as UserId
const OTHER = 8 as UserId

/** What happens to orders, by name; each names what it does: placed, filled as a taker or as a maker, gone. */
type Action =
  | readonly ['place' | 'take' | 'make' | 'cancel' | 'expire', ...names: string[]]
  | readonly ['nothing']

class Counted {
  nowMs: number
  readonly limits: RateLimits
  readonly #executed = new Map<string, number>()
  #sequence = 0

  constructor(startMs: number, limits = BINANCE_LIMITS) {
    this.nowMs = startMs
    this.limits = new RateLimits(
      limits,
      () => 0,
      () => this.nowMs,
    )
  }

  act([what, ...names]: Action): void {
    for (const name of names) {
      if (what === 'place') this.follow([accepted(name)], placing(name))
      if (what === 'take' || what === 'make') this.follow([this.#trade(name, what === 'make')])
      if (what === 'cancel' || what === 'expire') this.follow([ended(name, what)])
    }
  }

  follow(events: readonly Event[], command: Command = { type: 'AdvanceTime' }): void {
    this.#sequence += 1
    const at = { sequence: this.#sequence as Sequence, timestampMs: this.nowMs as TimestampMs }
    this.limits.follow({ ...at, events, refusal: null }, command)
  }

  #trade(name: string, isMaker: boolean): Event {
    const executedLots = (this.#executed.get(name) ?? 0) + 1
    this.#executed.set(name, executedLots)
    return trade(side(name, USER, executedLots), side('theirs', OTHER, 9), isMaker)
  }
}

function placing(name: string): PlaceOrder {
  return {
    type: 'PlaceOrder',
    userId: USER,
    wallet: 'SPOT',
    symbol: 0 as SymbolIndex,
    side: 'BUY',
    orderType: 'LIMIT',
    timeInForce: 'GTC',
    price: 1 as Ticks,
    lots: 3 as Lots,
    quoteQuantity: 0n as Amount,
    clientOrderId: name,
    sideEffect: 'NO_SIDE_EFFECT',
    autoRepayAtCancel: true,
    selfTradePrevention: 'NONE',
    ...PLAIN,
  }
}

function accepted(clientOrderId: string, userId = USER): Event {
  const order = { userId, clientOrderId } as Order
  return { type: 'OrderAccepted', order, restingLots: 0 as Lots }
}

function side(clientOrderId: string, userId: UserId, executedLots: number): TradeSide {
  return {
    orderId: 1 as OrderId,
    clientOrderId,
    userId,
    wallet: 'SPOT',
    side: 'BUY',
    fee: 0n as Amount,
    feeAsset: 0 as AssetIndex,
    status: 'PARTIALLY_FILLED',
    executedLots: executedLots as Lots,
    executedQuote: 1n as Amount,
  }
}

function trade(own: TradeSide, theirs: TradeSide, isMaker: boolean): Event {
  return {
    type: 'TradeExecuted',
    symbol: 0 as SymbolIndex,
    tradeId: 1 as TradeId,
    price: 1 as Ticks,
    lots: 1 as Lots,
    quote: 1n as Amount,
    maker: isMaker ? own : theirs,
    taker: isMaker ? theirs : own,
    liquidationId: null,
    replenishedLots: 0 as Lots,
  }
}

function ended(clientOrderId: string, what: 'cancel' | 'expire'): Event {
  return {
    type: 'OrderEnded',
    clientOrderId,
    userId: USER,
    status: what === 'cancel' ? 'CANCELED' : 'EXPIRED',
  } as Event
}

const MIDNIGHT = Date.UTC(2024, 0, 1)

function rowsOf(rows: readonly (readonly [time: string, Action, count: number])[]) {
  return rows.map(([time, action, count]) => ({ time, action, count }))
}

test.each<[string, { time: string; action: Action; count: number }[]]>([
  [
    'taker',
    rowsOf([
      ['00:00:00', ['nothing'], 0],
      ['00:00:01', ['place', 'A'], 1],
      ['00:00:02', ['place', 'B'], 2],
      ['00:00:02', ['take', 'B'], 1],
      ['00:00:03', ['place', 'C'], 2],
      ['00:00:04', ['make', 'B'], 2],
      ['00:00:04', ['make', 'B'], 2],
      ['00:00:05', ['place', 'D'], 3],
      ['00:00:05', ['take', 'D'], 2],
    ]),
  ],
  [
    'maker',
    rowsOf([
      ['00:00:00', ['nothing'], 0],
      ['00:00:01', ['place', 'A'], 1],
      ['00:00:01', ['place', 'B'], 2],
      ['00:00:02', ['place', 'C'], 3],
      ['00:00:02', ['place', 'D'], 4],
      ['00:00:02', ['place', 'E'], 5],
      ['00:00:03', ['make', 'A'], 0],
      ['00:00:04', ['place', 'F'], 1],
      ['00:00:04', ['place', 'G'], 2],
      ['00:00:05', ['make', 'A'], 2],
      ['00:00:05', ['make', 'A'], 2],
      ['00:00:05', ['make', 'B'], 0],
      ['00:00:06', ['place', 'H'], 1],
    ]),
  ],
  [
    'canceled and expired',
    rowsOf([
      ['00:00:00', ['nothing'], 0],
      ['00:00:01', ['place', 'A'], 1],
      ['00:00:02', ['cancel', 'A'], 1],
      ['00:00:02', ['place', 'B'], 2],
      ['00:00:03', ['place', 'C'], 3],
      ['00:00:03', ['take', 'C'], 2],
      ['00:00:05', ['place', 'D'], 3],
      ['00:00:06', ['place', 'E'], 4],
      ['00:00:06', ['expire', 'E'], 4],
      ['00:00:07', ['cancel', 'D'], 4],
      ['00:00:07', ['place', 'F'], 5],
    ]),
  ],
])('T28 Binance’s example: %s', (_, rows) => {
  const counted = new Counted(MIDNIGHT)
  for (const { time, action, count } of rows) {
    counted.nowMs = Date.parse(`2024-01-01T${time}Z`)
    counted.act(action)
    const { tenSeconds, day } = counted.limits.orderCounts(USER)
    expect([time, action, tenSeconds, day]).toEqual([time, action, count, count])
  }
})

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`)

// The document takes one off for each of these fills: they fill as takers do, as an order that waited for its price.
test.each<[string, Action, day: number]>([
  ['2024-01-01T09:00', ['place', ...numbered(1, 5)], 5],
  ['2024-01-02T00:00', ['nothing'], 0],
  ['2024-01-02T09:00', ['place', ...numbered(6, 15)], 10],
  ['2024-01-02T12:00', ['take', ...numbered(1, 5)], 5],
  ['2024-01-02T13:00', ['take', ...numbered(6, 10)], 0],
  ['2024-01-02T14:00', ['place', ...numbered(16, 17)], 2],
  ['2024-01-02T15:00', ['take', ...numbered(11, 15)], 0],
])('T28 Binance’s example: placed yesterday, filled today: %s %j', (time, action, day) => {
  overnight.nowMs = Date.parse(`${time}Z`)
  overnight.act(action)
  expect(overnight.limits.orderCounts(USER).day).toBe(day)
})
const overnight = new Counted(MIDNIGHT)

test('T28 Binance’s example: with 100 in ten seconds, at most 100 before 12:34:10, then 100 more', () => {
  const counted = new Counted(Date.UTC(2024, 0, 1, 12, 34, 0))
  const placeAll = (): number => {
    for (let placed = 0; ; placed += 1) {
      try {
        counted.limits.checkOrders(USER)
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
        expect(error).toMatchObject({ status: 429, code: -1015 })
        return placed
      }
      counted.act(['place', `${placed}`])
    }
  }
  expect(placeAll()).toBe(100)
  counted.nowMs += 9_999
  expect(placeAll()).toBe(0)
  counted.nowMs += 1
  expect(placeAll()).toBe(100)
})

test.each<[string, unfilled: number, orders: number, allowed: boolean]>([
  ['the last order', 99, 1, true],
  ['one past it', 100, 1, false],
  ['a list of two that fits', 98, 2, true],
  ['a list of two that does not', 99, 2, false],
  ['a list of three that does not', 98, 3, false],
])('T28 room for %s', (_, unfilled, orders, allowed) => {
  const { limits } = new Counted(MIDNIGHT)
  limits.countOrder(USER, unfilled)
  const check = () => limits.checkOrders(USER, orders)
  if (allowed) expect(check).not.toThrow()
  else expect(check).toThrow(WireError)
})

test('T28 every order of a list counts, what a quote or a liquidation places does not', () => {
  const counted = new Counted(MIDNIGHT)
  const orders = [placing('A'), placing('B'), placing('C')]
  const { userId, wallet, symbol } = orders[0] as PlaceOrder
  const events = [accepted('A'), accepted('B'), accepted('C'), accepted('A', OTHER), accepted('Q')]
  counted.follow(events, {
    type: 'PlaceOrderList',
    ...{ userId, wallet, symbol, kind: 'OTOCO', clientListId: 'L', orders },
  })
  expect(counted.limits.orderCounts(USER).day).toBe(3)
  expect(counted.limits.orderCounts(OTHER).day).toBe(0)
  counted.follow([accepted('Q')], { type: 'MassQuote', userId, symbol, bids: [], asks: [] })
  expect(counted.limits.orderCounts(USER).day).toBe(3)
  const cancel = { orderId: null, clientOrderId: 'A' }
  const place = placing('D')
  const mode = 'ALLOW_FAILURE'
  counted.follow([ended('A', 'cancel'), accepted('D')], {
    type: 'CancelReplace',
    ...{ cancel, mode, place, restriction: null },
  })
  expect(counted.limits.orderCounts(USER).day).toBe(4)
})

test('T28 an order that fills in the command that places it leaves the count as it was', () => {
  const counted = new Counted(MIDNIGHT)
  const filled = trade(side('A', USER, 1), side('theirs', OTHER, 1), false)
  counted.follow([accepted('A'), filled], placing('A'))
  expect(counted.limits.orderCounts(USER)).toEqual({ tenSeconds: 0, day: 0 })
})

test('T28 a liquidation’s fill takes nothing off for the user', () => {
  const counted = new Counted(MIDNIGHT)
  counted.act(['place', 'A', 'B'])
  const event = trade(side('Q', USER, 1), side('theirs', OTHER, 1), false)
  counted.follow([{ ...event, liquidationId: 1 as LiquidationId } as Event])
  expect(counted.limits.orderCounts(USER).day).toBe(2)
})
