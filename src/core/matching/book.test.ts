import { expect, test } from 'vitest'
import type { OrderId } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { books, bookWith, request, resting, TAKER, tableOf99, told } from './book-cases.ts'
import type { SweepRequest } from './order-book.ts'
import { OrderBook } from './order-book.ts'
import { OrderTable } from './order-table.ts'
import type { Book } from './reference-book.ts'

const ASKS = ['1 1 SELL 101 5', '2 2 SELL 100 3', '3 1 SELL 101 4', '4 3 SELL 103 7']
const BIDS = ['1 1 BUY 99 5', '2 2 BUY 100 3', '3 1 BUY 99 4', '4 3 BUY 97 7']

const sweeps: [Side, number | null, number, string, number, boolean, number | null][] = [
  // side, limit, lots, what trades, filled lots, crosses, best price left beyond the limit
  ['BUY', 99, 10, '', 0, false, 100],
  ['BUY', 100, 10, '2×3@100', 3, true, 101],
  ['BUY', 101, 2, '2×2@100', 2, true, null],
  ['BUY', 101, 3, '2×3@100', 3, true, null],
  ['BUY', 101, 4, '2×3@100 1×1@101', 4, true, null],
  ['BUY', 101, 8, '2×3@100 1×5@101', 8, true, null],
  ['BUY', 101, 9, '2×3@100 1×5@101 3×1@101', 9, true, null],
  ['BUY', 102, 99, '2×3@100 1×5@101 3×4@101', 12, true, 103],
  ['BUY', 103, 99, '2×3@100 1×5@101 3×4@101 4×7@103', 19, true, null],
  ['BUY', null, 19, '2×3@100 1×5@101 3×4@101 4×7@103', 19, true, null],
  ['BUY', null, 18, '2×3@100 1×5@101 3×4@101 4×6@103', 18, true, null],
  ['SELL', 101, 10, '', 0, false, 100],
  ['SELL', 100, 10, '2×3@100', 3, true, 99],
  ['SELL', 99, 2, '2×2@100', 2, true, null],
  ['SELL', 99, 4, '2×3@100 1×1@99', 4, true, null],
  ['SELL', 99, 9, '2×3@100 1×5@99 3×1@99', 9, true, null],
  ['SELL', 98, 99, '2×3@100 1×5@99 3×4@99', 12, true, 97],
  ['SELL', 97, 99, '2×3@100 1×5@99 3×4@99 4×7@97', 19, true, null],
  ['SELL', null, 18, '2×3@100 1×5@99 3×4@99 4×6@97', 18, true, null],
]

const MAX = Number.MAX_SAFE_INTEGER

const budgets: [Side, number | null, bigint, bigint, string][] = [
  // against ASKS or BIDS; side, limit, budget, quote per tick and lot, what trades
  ['BUY', null, 99n, 1n, ''],
  ['BUY', null, 100n, 1n, '2×1@100'],
  ['BUY', null, 199n, 1n, '2×1@100'],
  ['BUY', null, 299n, 1n, '2×2@100'],
  ['BUY', null, 300n, 1n, '2×3@100'],
  ['BUY', null, 400n, 1n, '2×3@100'],
  ['BUY', null, 401n, 1n, '2×3@100 1×1@101'],
  ['BUY', null, 400_000n, 1_000n, '2×3@100'],
  ['BUY', null, 401_000n, 1_000n, '2×3@100 1×1@101'],
  ['BUY', 100, 401n, 1n, '2×3@100'],
  ['BUY', null, 2n ** 80n, 1n, '2×3@100 1×5@101 3×4@101 4×7@103'],
  ['BUY', null, 0n, 1n, ''],
  ['SELL', null, 99n, 1n, ''],
  ['SELL', null, 100n, 1n, '2×1@100'],
  ['SELL', null, 300n, 1n, '2×3@100'],
  // The level at 100 takes all the lots that the budget pays for there, and there it ends.
  ['SELL', null, 399n, 1n, '2×3@100'],
  ['SELL', null, 400n, 1n, '2×3@100 1×1@99'],
  ['SELL', null, 299n, 1n, '2×2@100'],
]

for (const [name, make] of books) {
  test.each(sweeps)(
    `T1 T2 ${name}: to %s at %s, %s lots trade %s`,
    (side, limit, lots, trades, filled, crosses, nextPrice) => {
      const book = bookWith(make, side === 'BUY' ? ASKS : BIDS)
      const before = [...resting(book, 'BUY'), ...resting(book, 'SELL')]
      const sweep = book.sweep(request(side, limit, lots))
      expect(told(sweep)).toBe(trades)
      expect(sweep).toMatchObject({ filledLots: filled, crosses, nextPrice, takerExpired: false })
      expect([...resting(book, 'BUY'), ...resting(book, 'SELL')]).toEqual(before)
      book.take(sweep)
      book.assertSound()
      const left = [...book.orders('BUY'), ...book.orders('SELL')]
      expect(left.reduce((sum, order) => sum + order.lots, 0)).toBe(19 - filled)
    },
  )

  test.each(budgets)(
    `T5 ${name}: to %s at %s with a budget of %s, %s per tick and lot, trades %s`,
    (side, limit, quoteBudget, quotePerTickLot, trades) => {
      const book = bookWith(make, side === 'BUY' ? ASKS : BIDS)
      const sweep = book.sweep({
        ...request(side, limit, 1),
        lots: null,
        quoteBudget,
        quotePerTickLot,
      })
      expect(told(sweep)).toBe(trades)
      expect(sweep.crosses).toBe(true)
      book.take(sweep)
      book.assertSound()
    },
  )

  test(`${name}: own orders beyond what a budget pays for stay`, () => {
    const book = bookWith(make, ['1 2 SELL 100 3', `2 ${TAKER} SELL 101 5`])
    const ask = {
      ...request('BUY', null, 1),
      lots: null,
      selfTradePrevention: 'EXPIRE_MAKER',
    } as const
    expect(told(book.sweep({ ...ask, quoteBudget: 400n }))).toBe('1×3@100')
    expect(told(book.sweep({ ...ask, quoteBudget: 401n }))).toBe('1×3@100 2-0/5')
  })

  test(`${name}: tells whose orders a sweep takes`, () => {
    const book = bookWith(make, ASKS)
    const sweep = book.sweep(request('BUY', 101, 99))
    expect([...sweep.makerOwner.subarray(0, sweep.count)]).toEqual([2, 1, 1])
  })

  test(`T1 ${name}: an order that trades in part keeps its place, and one that comes back does not`, () => {
    const book = bookWith(make, ['1 1 BUY 50 5', '2 1 BUY 50 5', '3 1 BUY 50 5'])
    book.take(book.sweep(request('SELL', 50, 3)))
    expect(resting(book, 'BUY')).toEqual(['1 50 2', '2 50 5', '3 50 5'])
    expect(book.cancel(1 as OrderId)).toBe(2)
    book.rest(1 as OrderId, 1, 'BUY', 50 as Ticks, 2 as Lots, 0 as Lots)
    expect(resting(book, 'BUY')).toEqual(['2 50 5', '3 50 5', '1 50 2'])
    book.assertSound()
  })

  test(`${name}: shows its best prices and its depth`, () => {
    const book = bookWith(make, [...ASKS, '5 1 BUY 99 5', '6 2 BUY 98 1', '7 2 BUY 99 2'])
    expect([book.best('BUY'), book.best('SELL'), book.size]).toEqual([99, 100, 7])
    expect(book.depth('SELL', 2)).toEqual([
      [100, 3, 1],
      [101, 9, 2],
    ])
    expect(book.depth('BUY', 9)).toEqual([
      [99, 7, 2],
      [98, 1, 1],
    ])
    expect(book.depth('BUY', 0)).toEqual([])
  })

  test.each<[Side, number, boolean]>([
    ['BUY', 99, false],
    ['BUY', 100, true],
    ['BUY', 101, true],
    ['SELL', 96, true],
    ['SELL', 95, true],
    ['SELL', 97, false],
  ])(`${name}: an order to %s at %s crosses: %s`, (side, price, crosses) => {
    const book = bookWith(make, ['1 1 SELL 100 1', '2 1 BUY 96 1'])
    expect(book.crosses(side, price as Ticks)).toBe(crosses)
    const rest = () => book.rest(3 as OrderId, 1, side, price as Ticks, 1 as Lots, 0 as Lots)
    if (crosses) expect(rest).toThrow('a resting order does not cross')
    else expect(rest).not.toThrow()
  })

  test(`${name}: is empty to begin with and after everything has left`, () => {
    const book = make()
    const expectEmpty = () => {
      expect([book.size, book.best('BUY'), book.best('SELL')]).toEqual([0, null, null])
      expect(book.depth('BUY', 5)).toEqual([])
      expect(book.crosses('BUY', 1_000 as Ticks)).toBe(false)
      expect(book.sweep(request('SELL', null, 5))).toMatchObject({ count: 0, crosses: false })
      book.assertSound()
    }
    expectEmpty()
    book.rest(8 as OrderId, 1, 'BUY', 7 as Ticks, 2 as Lots, 0 as Lots)
    expect([book.has(8 as OrderId), book.lotsOf(8 as OrderId)]).toEqual([true, 2])
    expect(book.cancel(8 as OrderId)).toBe(2)
    expect(book.has(8 as OrderId)).toBe(false)
    expectEmpty()
  })

  test(`${name}: holds prices from the first tick to the last, and lots to the last safe integer`, () => {
    const last = 2 ** 30 - 1
    const book = bookWith(make, [
      `1 1 SELL ${last} ${MAX}`,
      '2 1 BUY 1 1',
      `3 1 SELL ${last - 1} 1`,
    ])
    expect(resting(book, 'SELL')).toEqual([`3 ${last - 1} 1`, `1 ${last} ${MAX}`])
    expect(resting(book, 'BUY')).toEqual(['2 1 1'])
    book.take(book.sweep(request('BUY', last, MAX)))
    expect(book.lotsOf(1 as OrderId)).toBe(1)
    expect(told(book.sweep(request('SELL', 1, 1)))).toBe('2×1@1')
    book.assertSound()
  })

  test.each<[string, (book: Book) => unknown, string]>([
    ['cancelled twice', (book) => book.cancel(2 as OrderId), 'rests in this book'],
    ['asked for though gone', (book) => book.lotsOf(2 as OrderId), 'rests in this book'],
    [
      'rested twice',
      (book) => book.rest(1 as OrderId, 1, 'BUY', 5 as Ticks, 1 as Lots, 0 as Lots),
      'an order rests once',
    ],
    [
      'rested without lots',
      (book) => book.rest(3 as OrderId, 1, 'BUY', 5 as Ticks, 0 as Lots, 0 as Lots),
      'a resting order has lots',
    ],
  ])(`${name}: stops when an order is %s`, (_, step, claim) => {
    const book = bookWith(make, ['1 1 BUY 5 1', '2 1 BUY 5 1'])
    book.cancel(2 as OrderId)
    expect(() => step(book)).toThrow(claim)
  })

  test.each<[string, (book: Book) => unknown]>([
    [
      'an order rested',
      (book) => book.rest(9 as OrderId, 1, 'BUY', 5 as Ticks, 1 as Lots, 0 as Lots),
    ],
    ['an order was cancelled', (book) => book.cancel(4 as OrderId)],
    ['a sweep was taken', (book) => book.take(book.sweep(request('BUY', null, 1)))],
  ])(`${name}: takes no sweep after %s`, (_, step) => {
    const book = bookWith(make, ASKS)
    const sweep = book.sweep(request('BUY', null, 1))
    step(book)
    expect(() => book.take(sweep)).toThrow('before anything else changes')
  })
}

test.each<[string, Partial<Record<keyof SweepRequest, unknown>>, string]>([
  ['neither lots nor a budget', { lots: null }, 'lots or a budget'],
  ['both', { quoteBudget: 5n }, 'lots or a budget'],
  ['no lots', { lots: 0 }, 'for some lots'],
  ['half a lot', { lots: 0.5 }, 'for some lots'],
  ['a negative budget', { lots: null, quoteBudget: -1n }, 'not negative'],
  [
    'lots that cost nothing',
    { lots: null, quoteBudget: 1n, quotePerTickLot: 0n },
    'costs something',
  ],
])('a sweep for %s is a bug', (_, change, claim) => {
  const asked = { ...request('BUY', null, 1), ...change } as SweepRequest
  expect(() => new OrderBook(new OrderTable()).sweep(asked)).toThrow(claim)
})

test.each([
  ['price 0', 1, 0, 1, 1, 'a price is 1'],
  ['price 2^30', 1, 2 ** 30, 1, 1, 'a price is 1'],
  ['price 1.5', 1, 1.5, 1, 1, 'a price is 1'],
  ['lots beyond the safe integers', 1, 5, MAX + 1, 1, 'has lots'],
  ['an owner beyond an int32', 1, 5, 1, 2 ** 31, 'int32'],
  ['an id that is not open', 100, 5, 1, 1, 'is open before'],
])('resting an order with %s is a bug', (_, id, price, lots, owner, claim) => {
  const rest = () =>
    new OrderBook(tableOf99()).rest(
      id as OrderId,
      owner,
      'BUY',
      price as Ticks,
      lots as Lots,
      0 as Lots,
    )
  expect(rest).toThrow(claim)
})

test('the lots at one price stay safe integers, or it is a bug', () => {
  const book = bookWith(() => new OrderBook(tableOf99()), [`1 1 BUY 5 ${MAX - 1}`, '2 1 BUY 5 1'])
  expect(book.depth('BUY', 1)).toEqual([[5, MAX, 2]])
  expect(() => book.rest(3 as OrderId, 1, 'BUY', 5 as Ticks, 1 as Lots, 0 as Lots)).toThrow(
    'safe integer',
  )
})

test('a book takes no sweep of another book', () => {
  const book = bookWith(() => new OrderBook(tableOf99()), ASKS)
  const other = bookWith(() => new OrderBook(tableOf99()), ASKS)
  expect(() => book.take(other.sweep(request('BUY', null, 1)))).toThrow('its own sweep')
})
