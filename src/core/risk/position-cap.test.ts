import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvariantViolation } from '../assert.ts'
import { baseOf } from '../domain/venue.ts'
import { index, pricesOf, rate, symbolOf, testVenue, units, value } from '../margin/fixture.ts'
import type { Amount } from '../money/amount.ts'
import type { IndexPrice, Lots, Ticks, Value } from '../money/price.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divCeil } from '../money/rounding.ts'
import type { PositionCapInput } from './position-cap.ts'
import { initialMarginOf, positionCap } from './position-cap.ts'

const venue = testVenue()
const symbol = symbolOf(venue, 'BTCUSDT')
const prices = pricesOf(venue, { BTC: '50000', ETH: '2000' })

const lots = (base: string): Lots => Number(units(base) / symbol.stepSize) as Lots
const ticks = (price: string): Ticks => Number(units(price) / symbol.tickSize) as Ticks
const resting = (price: string, base: string) => ({ price: ticks(price), lots: lots(base) })

/** An equity of 100,000 at 5x: 10,000 of initial margin, 50,000 of notional, 1 BTC. */
const ORDER: PositionCapInput = {
  equity: value('100000'),
  cap: rate('0.1'),
  leverage: 5,
  symbol,
  prices,
  side: 'BUY',
  lots: lots('1'),
  limitPrice: null,
  position: units('0'),
  resting: [],
  shortable: null,
}
const SHORT = { side: 'SELL', shortable: units('100'), borrowsBeyond: null } as const

type Row = [
  what: string,
  order: Partial<PositionCapInput>,
  verdict: string,
  used: string,
  asked: string,
  max: string,
]

test.each<Row>([
  ['at the cap', {}, 'within', '0', '10000', '1'],
  ['a lot below', { lots: lots('0.99999') }, 'within', '0', '9999.9', '1'],
  ['a lot above', { lots: lots('1.00001') }, 'exceeds', '0', '10000.1', '1'],
  ['at 3x it is 0.6', { leverage: 3 }, 'exceeds', '0', '16666.66666667', '0.6'],
  ['half is there', { position: units('0.5') }, 'exceeds', '5000', '10000', '0.5'],
  ['half is resting', { resting: [resting('40000', '0.5')] }, 'exceeds', '5000', '10000', '0.5'],
  [
    'limit above the index counts',
    { limitPrice: ticks('80000') },
    'exceeds',
    '0',
    '16000',
    '0.625',
  ],
  ['limit below it counts as the index', { limitPrice: ticks('100') }, 'within', '0', '10000', '1'],
  [
    'resting above the index counts',
    { resting: [resting('100000', '0.25')] },
    'exceeds',
    '5000',
    '10000',
    '0.5',
  ],
  ['no equity', { equity: value('0') }, 'exceeds', '0', '10000', '0'],
  ['less than no equity', { equity: value('-5') }, 'exceeds', '0', '10000', '0'],
  ['more there than the cap allows', { position: units('3') }, 'exceeds', '30000', '10000', '0'],
])('P2 P3 P5 a buy of 1 BTC, %s', (_what, order, verdict, used, asked, max) => {
  expect(positionCap({ ...ORDER, ...order })).toMatchObject({
    verdict,
    used: units(used),
    asked: units(asked),
    maxLots: lots(max),
  })
})

test.each<Row>([
  ['buying back a short', { position: units('-1') }, 'exempt', '0', '0', '2'],
  ['one lot more than the short', { position: units('-0.99999') }, 'within', '0', '0.1', '1.99999'],
  [
    'with an order already buying it back',
    { position: units('-1'), resting: [resting('1', '1')] },
    'within',
    '0',
    '10000',
    '1',
  ],
  [
    'with an order buying half of it back',
    { position: units('-1'), resting: [resting('1', '0.5')] },
    'within',
    '0',
    '5000',
    '1.5',
  ],
  [
    'buying back without equity',
    { position: units('-1'), equity: value('-9') },
    'exempt',
    '0',
    '0',
    '1',
  ],
])('P3 the reducing part is exempt: %s', (_what, order, verdict, used, asked, max) => {
  expect(positionCap({ ...ORDER, ...order })).toMatchObject({
    verdict,
    used: units(used),
    asked: units(asked),
    maxLots: lots(max),
  })
})

const LARGEST = '9000'

test.each<Row>([
  ['opens a short', {}, 'within', '0', '10000', '1'],
  ['a lot more', { lots: lots('1.00001') }, 'exceeds', '0', '10000.1', '1'],
  ['at a limit above the index', { limitPrice: ticks('100000') }, 'exceeds', '0', '20000', '0.5'],
  ['closes a long', { position: units('1') }, 'exempt', '0', '0', '2'],
  ['what is held is no short', { shortable: units('0') }, 'exempt', '0', '0', LARGEST],
  ['half of it is held', { shortable: units('0.5') }, 'within', '0', '5000', LARGEST],
  [
    'half of it is borrowed',
    { shortable: units('0.5'), borrowsBeyond: units('0.5') },
    'within',
    '0',
    '5000',
    '1.5',
  ],
  [
    'all of it is borrowed',
    { shortable: units('1'), borrowsBeyond: units('0') },
    'within',
    '0',
    '10000',
    '1',
  ],
  [
    'what is held rests already, this is borrowed',
    { shortable: units('1'), borrowsBeyond: units('0'), resting: [resting('50000', '5')] },
    'within',
    '0',
    '10000',
    '1',
  ],
  [
    'what is owed is sold already',
    { shortable: units('1'), resting: [resting('50000', '1')] },
    'exempt',
    '10000',
    '0',
    LARGEST,
  ],
  [
    'of what rests the dearest counts',
    { shortable: units('0.5'), resting: [resting('50000', '1'), resting('90000', '0.25')] },
    'exempt',
    '7000',
    '0',
    LARGEST,
  ],
])('P1 P3 a sale of 1 BTC: %s', (_what, order, verdict, used, asked, max) => {
  expect(positionCap({ ...ORDER, ...SHORT, ...order })).toMatchObject({
    verdict,
    used: units(used),
    asked: units(asked),
    maxLots: lots(max),
  })
})

test('P3 without being told how much is borrowed, all of a sale counts as borrowed', () => {
  const { borrowsBeyond: _, ...untold } = { ...ORDER, ...SHORT, shortable: units('1') }
  const held = { ...untold, resting: [resting('50000', '5')] }
  expect(positionCap(held)).toMatchObject({ verdict: 'within', asked: units('10000') })
})

test('P3 a size in base counts where there are no lots', () => {
  const order = { ...ORDER, lots: 0 as Lots, base: units('1.00000001') }
  expect(positionCap(order)).toMatchObject({ verdict: 'exceeds', asked: units('10000.0001') })
  expect(positionCap({ ...ORDER, lots: 0 as Lots })).toMatchObject({ verdict: 'exempt' })
})

test('P3 a quote other than USDT is valued at its own index', () => {
  const order = {
    ...ORDER,
    symbol: symbolOf(venue, 'ETHBTC'),
    lots: 10_000 as Lots,
    // 0.05 BTC is 2,500 USDT for an ETH that the index has at 2,000.
    limitPrice: 5_000 as Ticks,
  }
  expect(positionCap(order)).toMatchObject({
    verdict: 'within',
    asked: units('5000'),
    maxLots: 20_000,
  })
})

test('P3 without a cap nothing is refused', () => {
  const order = { ...ORDER, cap: null, lots: lots('8000') }
  expect(positionCap(order)).toMatchObject({ verdict: 'within', maxLots: lots(LARGEST) })
  expect(positionCap({ ...order, prices: [] })).toMatchObject({ verdict: 'within' })
})

test('X3 P3 without an index only what reduces can be judged', () => {
  const blind = { ...ORDER, prices: pricesOf(venue, {}) }
  expect(positionCap({ ...blind, position: units('-1') })).toMatchObject({
    verdict: 'exempt',
    maxLots: lots('1'),
  })
  expect(() => positionCap(blind)).toThrow(InvariantViolation)
})

test('P4 the cap is each position’s own: two pairs at the cap both pass', () => {
  const eth = { ...ORDER, symbol: symbolOf(venue, 'ETHUSDT'), lots: 250_000 as Lots }
  expect(positionCap(ORDER).verdict).toBe('within')
  expect(positionCap(eth).verdict).toBe('within')
})

test.each([
  ['0.0000000000000001', 5, '0.00000001'],
  ['0.0000000500000000', 5, '0.00000001'],
  ['0.0000000500000001', 5, '0.00000002'],
  ['100', 3, '33.33333334'],
] as const)(
  'P2 R1 the initial margin of %s at %dx is %s, rounded up',
  (notional, leverage, margin) => {
    expect(initialMarginOf(value(notional), leverage)).toBe(units(margin))
  },
)

const base = fc.bigInt(-units('2'), units('2'))
const anyOrder = fc.record({
  equity: fc.bigInt(-value('1000'), value('200000')).map((v) => v as Value),
  leverage: fc.constantFrom(3 as const, 5 as const),
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
  lots: fc.integer({ min: 1, max: lots('3') }).map((v) => v as Lots),
  limitPrice: fc.option(fc.integer({ min: 1, max: ticks('90000') }).map((v) => v as Ticks)),
  position: base.map((v) => v as Amount),
  resting: fc.array(
    fc.record({
      price: fc.integer({ min: 1, max: ticks('90000') }).map((v) => v as Ticks),
      lots: fc.integer({ min: 1, max: lots('1') }).map((v) => v as Lots),
    }),
    { maxLength: 3 },
  ),
  shortable: fc.option(fc.bigInt(0n, units('4')).map((v) => v as Amount)),
  borrowsBeyond: fc.option(fc.bigInt(0n, units('2')).map((v) => v as Amount)),
  prices: fc
    .bigInt(index('0.5'), index('90000'))
    .map((v) => pricesOf(venue, {}).with(symbol.base, v as IndexPrice)),
})

test('P5 the largest size passes and one lot more does not', () => {
  fc.assert(
    fc.property(anyOrder, (order) => {
      const input = { ...ORDER, ...order }
      const { maxLots, verdict } = positionCap(input)
      // What may be shorted is told for the size asked; for another size it is what that size would borrow.
      const own = order.borrowsBeyond
      const borrowed = (size: Lots): bigint => {
        const beyond = own === null ? 0n : baseOf(symbol, size) - own
        return beyond > 0n ? beyond : 0n
      }
      const verdictAt = (size: number): string => {
        const asked = size as Lots
        const told = (order.shortable ?? 0n) + borrowed(asked) - borrowed(order.lots)
        fc.pre(order.side === 'BUY' || order.shortable === null || told >= 0n)
        const shortable = order.shortable === null ? null : (told as Amount)
        return positionCap({ ...input, lots: asked, shortable }).verdict
      }
      expect(verdict === 'exceeds').toBe(order.lots > maxLots)
      if (maxLots > 0) expect(verdictAt(maxLots)).not.toBe('exceeds')
      if (maxLots < symbol.maximumLots) expect(verdictAt(maxLots + 1)).toBe('exceeds')
    }),
    { numRuns: 500 },
  )
})

test('P3 used and asked together are the margin of the whole, part by part', () => {
  fc.assert(
    fc.property(anyOrder, (order) => {
      const bought = { ...order, side: 'BUY' as const, shortable: null }
      // With a long to begin with nothing reduces: every part counts whole.
      const position = order.position < 0n ? (-order.position as Amount) : order.position
      const { used, asked } = positionCap({ ...ORDER, ...bought, position })
      const atIndex = order.prices[symbol.base] as bigint
      const worse = (limit: Ticks | null): bigint => {
        const atLimit = BigInt(limit ?? 0) * symbol.tickSize
        return atLimit > atIndex ? atLimit : atIndex
      }
      const notional = order.resting.reduce(
        (sum, part) => sum + baseOf(symbol, part.lots) * worse(part.price),
        position * atIndex + baseOf(symbol, order.lots) * worse(order.limitPrice),
      )
      expect(used + asked).toBe(divCeil(notional, BigInt(order.leverage) * 100_000_000n))
    }),
  )
})

test('P3 the limit is the cap’s share of equity, rounded down', () => {
  const equity = value('99999.9999999999999999')
  expect(positionCap({ ...ORDER, equity }).limit).toBe(units('9999.99999999'))
  expect((equity * ORDER.cap!) / RATE_SCALE / 100_000_000n).toBe(units('9999.99999999'))
})

test('P2 R1 a margin is rounded up even from beyond sixteen places', () => {
  // 4.99999999 ETH at 10⁻⁸ lack 10⁻¹⁶ USDT of one unit of margin at 5x; 10⁻⁸ ETH more at a limit of 1.5 × 10⁻⁸
  // USDT bring half of that too much.
  const order: PositionCapInput = {
    ...ORDER,
    symbol: symbolOf(venue, 'ETHBTC'),
    prices: pricesOf(venue, { BTC: '0.0015', ETH: '0.00000001' }),
    lots: 0 as Lots,
    base: units('0.00000001'),
    limitPrice: 1 as Ticks,
    position: units('4.99999999'),
  }
  expect(positionCap(order)).toMatchObject({
    used: units('0.00000001'),
    asked: units('0.00000001'),
  })
  const atIndex = { ...order, limitPrice: null }
  expect(positionCap(atIndex)).toMatchObject({ used: units('0.00000001'), asked: units('0') })
})

test('X3 P5 a blind reducing order is within by whole lots', () => {
  const blind = { ...ORDER, lots: 0 as Lots, base: units('0.00001999'), position: units('-1') }
  expect(positionCap({ ...blind, prices: pricesOf(venue, {}) }).maxLots).toBe(1)
})
