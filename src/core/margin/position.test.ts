import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvariantViolation } from '../assert.ts'
import type { SymbolIndex } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import type { Amount } from '../money/amount.ts'
import { index, units } from './fixture.ts'
import type { PairPosition, Position } from './position.ts'
import { applyFill, clampToHoldings, closeExcess, entryPriceOf, unrealizedPnl } from './position.ts'

type Fill = readonly [Side, base: string, quote: string]

const at = (
  quantity: string,
  entryQuote: string,
  realizedPnl = '0',
  openedSequence = 1,
): Position => ({
  quantity: units(quantity),
  entryQuote: units(entryQuote),
  realizedPnl: units(realizedPnl),
  openedSequence,
})

function filled(...fills: readonly Fill[]): Position {
  let position: Position | null = null
  fills.forEach(([side, base, quote], place) => {
    position = applyFill(position, side, units(base), units(quote), place + 1)
  })
  return position as unknown as Position
}

test.each<[string, Fill[], Position]>([
  ['a buy opens a long', [['BUY', '1', '100']], at('1', '100')],
  ['a sale opens a short', [['SELL', '1', '100']], at('-1', '100')],
  [
    'a further buy adds',
    [
      ['BUY', '1', '100'],
      ['BUY', '2', '230'],
    ],
    at('3', '330'),
  ],
  [
    'a further sale adds',
    [
      ['SELL', '1', '100'],
      ['SELL', '1', '90'],
    ],
    at('-2', '190'),
  ],
  [
    'a sale takes its share of the entry',
    [
      ['BUY', '4', '400'],
      ['SELL', '1', '130'],
    ],
    at('3', '300', '30'),
  ],
  [
    'a buy back at a loss',
    [
      ['SELL', '4', '400'],
      ['BUY', '1', '130'],
    ],
    at('-3', '300', '-30'),
  ],
  [
    'closing leaves the result',
    [
      ['BUY', '2', '200'],
      ['SELL', '2', '210'],
    ],
    at('0', '0', '10'),
  ],
  // 2 of 5 close the long for 220, 3 open the short for 330, as old as the fill.
  [
    'crossing zero closes and opens',
    [
      ['BUY', '2', '200'],
      ['SELL', '5', '550'],
    ],
    at('-3', '330', '20', 2),
  ],
  [
    'crossing from below',
    [
      ['SELL', '2', '200'],
      ['BUY', '5', '550'],
    ],
    at('3', '330', '-20', 2),
  ],
  [
    'after closing a new life begins',
    [
      ['BUY', '2', '200'],
      ['SELL', '2', '210'],
      ['SELL', '1', '90'],
    ],
    at('-1', '90', '0', 3),
  ],
])('P1 %s', (_what, fills, position) => {
  expect(filled(...fills)).toEqual(position)
})

test.each<[string, Fill[], string]>([
  [
    'a long’s share of the entry is rounded up',
    [
      ['BUY', '0.00000003', '1'],
      ['SELL', '0.00000001', '1'],
    ],
    '0.66666666',
  ],
  [
    'a short’s is rounded down',
    [
      ['SELL', '0.00000003', '1'],
      ['BUY', '0.00000001', '0'],
    ],
    '0.33333333',
  ],
  [
    'crossing, what a long receives is rounded down',
    [
      ['BUY', '0.00000001', '0'],
      ['SELL', '0.00000003', '1'],
    ],
    '0.33333333',
  ],
  [
    'crossing, what a short pays is rounded up',
    [
      ['SELL', '0.00000001', '0'],
      ['BUY', '0.00000003', '1'],
    ],
    '-0.33333334',
  ],
])('P1 R1 %s', (_what, fills, realized) => {
  expect(filled(...fills).realizedPnl).toBe(units(realized))
})

const fills = fc.array(
  fc.record({
    side: fc.constantFrom<Side>('BUY', 'SELL'),
    base: fc.bigInt(1n, 10n ** 14n),
    quote: fc.bigInt(0n, 10n ** 16n),
  }),
  { minLength: 1, maxLength: 30 },
)

test('P1 no unit of base or quote is lost: what was received less what was paid is result and entry', () => {
  fc.assert(
    fc.property(fills, (all) => {
      let position: Position | null = null
      let [base, cash, realizedBefore] = [0n, 0n, 0n]
      all.forEach((fill, place) => {
        if (position?.quantity === 0n) realizedBefore += position.realizedPnl
        position = applyFill(position, fill.side, fill.base as Amount, fill.quote as Amount, place)
        base += fill.side === 'BUY' ? fill.base : -fill.base
        cash += fill.side === 'BUY' ? -fill.quote : fill.quote
      })
      const { quantity, entryQuote, realizedPnl } = position as unknown as Position
      expect(quantity).toBe(base)
      expect(entryQuote >= 0n).toBe(true)
      expect(quantity !== 0n || entryQuote === 0n).toBe(true)
      expect(realizedBefore + realizedPnl + (quantity > 0n ? -entryQuote : entryQuote)).toBe(cash)
    }),
  )
})

test.each([
  ['a long at a gain', at('2', '100'), '0.5', at('1.5', '75', '5')],
  ['a short at a loss', at('-2', '100'), '0.5', at('-1.5', '75', '-5')],
  ['all of it', at('2', '100', '7'), '2', at('0', '0', '27')],
])('P1 an excess closes at index price: %s', (_what, position, excess, after) => {
  const prices = { base: index('120'), quote: index('2') }
  expect(closeExcess(position, units(excess), prices)).toEqual(after)
})

test('P1 without an index an excess closes at its entry price, without result', () => {
  const after = at('1.5', '75', '3')
  const position = at('2', '100', '3')
  expect(closeExcess(position, units('0.5'), { base: null, quote: index('1') })).toEqual(after)
  expect(closeExcess(position, units('0.5'), { base: index('1'), quote: null })).toEqual(after)
})

test.each(['0', '2.00000001'])('P1 an excess of %s in a position of 2 is a bug', (excess) => {
  const close = () => closeExcess(at('-2', '100'), units(excess), { base: null, quote: null })
  expect(close).toThrow(InvariantViolation)
})

const pair = (symbol: number, quantity: string, openedSequence: number): PairPosition => ({
  symbol: symbol as SymbolIndex,
  position: at(quantity, '1', '0', openedSequence),
})

test.each<[string, PairPosition[], held: string, owed: string, closing: [number, string][]]>([
  ['covered to the unit', [pair(0, '1', 1), pair(1, '2', 2)], '3', '0', []],
  ['one unit short', [pair(0, '1', 1), pair(1, '2', 2)], '2.99999999', '0', [[0, '0.00000001']]],
  [
    'the oldest first, whatever the order given',
    [pair(0, '1', 9), pair(1, '2', 2)],
    '0.5',
    '0',
    [
      [1, '2'],
      [0, '0.5'],
    ],
  ],
  ['of one age in symbol order', [pair(4, '1', 2), pair(1, '2', 2)], '2', '0', [[1, '1']]],
  [
    'shorts by what is owed',
    [pair(0, '-1', 1), pair(1, '-2', 2)],
    '9',
    '1.5',
    [
      [0, '1'],
      [1, '0.5'],
    ],
  ],
  [
    'longs and shorts apart',
    [pair(0, '1', 1), pair(1, '-2', 2)],
    '0',
    '0',
    [
      [0, '1'],
      [1, '2'],
    ],
  ],
  ['nothing there', [], '0', '0', []],
])(
  'P1 longs stay within what is held, shorts within what is owed: %s',
  (_what, positions, held, owed, closing) => {
    const closed = clampToHoldings(positions, units(held), units(owed))
    expect(closed).toEqual(closing.map(([symbol, excess]) => ({ symbol, excess: units(excess) })))
  },
)

test('P1 after closing the excess, longs are within what is held and shorts within what is owed', () => {
  const quantity = fc.bigInt(-1000n, 1000n)
  const covered = fc.bigInt(0n, 3000n)
  fc.assert(
    fc.property(
      fc.array(quantity, { maxLength: 6 }),
      covered,
      covered,
      (quantities, held, owed) => {
        const positions = quantities.map((atoms, symbol) => ({
          symbol: symbol as SymbolIndex,
          position: { ...at('0', '0'), quantity: atoms as Amount, openedSequence: symbol % 3 },
        }))
        const closing = clampToHoldings(positions, held as Amount, owed as Amount)
        const left = quantities.map((atoms, symbol) => {
          const excess = closing.find((one) => one.symbol === symbol)?.excess ?? 0n
          return atoms > 0n ? atoms - excess : atoms + excess
        })
        const sumOf = (sign: 1n | -1n, of: readonly bigint[]) =>
          of.reduce((sum, atoms) => (atoms * sign > 0n ? sum + atoms * sign : sum), 0n)
        const least = (a: bigint, b: bigint) => (a < b ? a : b)
        expect(sumOf(1n, left)).toBe(least(sumOf(1n, quantities), held))
        expect(sumOf(-1n, left)).toBe(least(sumOf(-1n, quantities), owed))
      },
    ),
  )
})

test.each([
  [at('3', '100'), '33.33333334'],
  [at('-3', '100'), '33.33333333'],
  [at('2', '100'), '50.00000000'],
])('R1 P1 the entry price is rounded against the user', (position, price) => {
  expect(entryPriceOf(position)).toBe(price)
})

test.each([
  ['a long gains', at('2', '100'), '60', '1', '20'],
  ['a short loses', at('-2', '100'), '60', '1', '-20'],
  ['the quote has its own index', at('2', '100'), '60', '0.5', '140'],
  ['a long’s worth is rounded down', at('1', '0'), '1', '3', '0.33333333'],
  ['a short’s cost is rounded up', at('-1', '0'), '1', '3', '-0.33333334'],
  ['a closed one has none', at('0', '0'), '60', '1', '0'],
])('P1 R1 the unrealised result is at index price: %s', (_what, position, base, quote, result) => {
  expect(unrealizedPnl(position, index(base), index(quote))).toBe(units(result))
})

test.each([
  ['0', '1'],
  ['-1', '1'],
  ['1', '-1'],
])('P1 a fill of %s for %s is a bug', (base, quote) => {
  const fill = () => applyFill(null, 'BUY', units(base), units(quote), 1)
  expect(fill).toThrow(InvariantViolation)
})
