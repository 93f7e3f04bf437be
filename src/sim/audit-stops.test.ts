import { expect, test } from 'vitest'
import type { OrderId, SymbolIndex } from '../core/domain/ids.ts'
import type { Order, OrderType, Side } from '../core/domain/order.ts'
import type { Venue } from '../core/domain/venue.ts'
import type { OpenOrder } from './audit-order.ts'
import { AuditStops } from './audit-stops.ts'

const SYMBOL = 0 as SymbolIndex

/** Whether the auditor holds that an order's price has come after these last trades, the first before it was placed. */
function hasCome(
  [type, side, stopPrice, trailingBips]: readonly [OrderType, Side, number, number],
  [before, ...trades]: readonly (number | null)[],
): boolean {
  const trading = { stopTrigger: 'LAST_TRADE', triggersPerCommand: 10 }
  const found: string[] = []
  const venue = { symbols: [{}], policy: { trading } } as unknown as Venue
  const stops = new AuditStops(venue, (violation) => found.push(violation))
  const order = { id: 1 as OrderId, symbol: SYMBOL, type, side, stopPrice, trailingBips }
  const open = { order: order as Order, symbol: { index: SYMBOL } } as OpenOrder
  stops.wait(open, before ?? null, false)
  for (const price of trades) stops.trade(SYMBOL, price ?? 0)
  stops.afterCommand()
  const waitsTooLong = found.length === 1
  stops.setOff(open)
  expect(found.length, 'either it waits too long, or it was set off too early').toBe(1)
  return waitsTooLong
}

test.each<[OrderType, Side, stopPrice: number, price: number, comes: boolean]>([
  ['STOP_LOSS', 'BUY', 100, 99, false],
  ['STOP_LOSS', 'BUY', 100, 100, true],
  ['STOP_LOSS_LIMIT', 'BUY', 100, 101, true],
  ['TAKE_PROFIT', 'SELL', 100, 99, false],
  ['TAKE_PROFIT_LIMIT', 'SELL', 100, 100, true],
  ['STOP_LOSS', 'SELL', 100, 101, false],
  ['STOP_LOSS_LIMIT', 'SELL', 100, 100, true],
  ['TAKE_PROFIT', 'BUY', 100, 101, false],
  ['TAKE_PROFIT_LIMIT', 'BUY', 100, 100, true],
])('T8 %s %s at %d when the last trade is at %d: %s', (type, side, stopPrice, price, comes) => {
  expect(hasCome([type, side, stopPrice, 0], [null, price])).toBe(comes)
})

// Binance's trailing stop scenarios, faqs/trailing-stop-faq.md: the turning points of each price line. Only the last one
// sets the order off; D's is at half a tick, so prices are doubled there.
test.each<[string, Parameters<typeof hasCome>[0], readonly number[]]>([
  ['A', ['STOP_LOSS_LIMIT', 'BUY', 44_000, 500], [40_000, 37_000, 44_000, 46_000, 42_000, 44_100]],
  [
    'B',
    ['STOP_LOSS_LIMIT', 'SELL', 39_000, 1_000],
    [40_000, 41_500, 39_000, 37_000, 41_000, 36_900],
  ],
  [
    'C',
    ['TAKE_PROFIT_LIMIT', 'BUY', 38_000, 850],
    [40_000, 42_000, 38_000, 37_000, 39_000, 38_000, 40_145],
  ],
  [
    'D',
    ['TAKE_PROFIT_LIMIT', 'SELL', 84_000, 750],
    [80_000, 83_000, 78_000, 84_000, 90_000, 88_000, 93_000, 86_025],
  ],
  ['E', ['STOP_LOSS_LIMIT', 'SELL', 0, 700], [40_000, 42_000, 39_500, 45_500, 42_315]],
])('T9 scenario %s: the price comes with the last trade and not before', (_, order, prices) => {
  expect(hasCome(order, prices.slice(0, -1))).toBe(false)
  expect(hasCome(order, [...prices.slice(0, -1), nearerBy(prices)])).toBe(false)
  expect(hasCome(order, prices)).toBe(true)
})

/** The last price, one short of where it sets off. */
function nearerBy(prices: readonly number[]): number {
  const [before = 0, last = 0] = prices.slice(-2)
  return last > before ? last - 1 : last + 1
}
