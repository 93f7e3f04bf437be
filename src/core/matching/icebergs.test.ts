import { expect, test } from 'vitest'
import type { OrderId } from '../domain/ids.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { books, bookWith, request, resting, told } from './book-cases.ts'
import type { Book } from './reference-book.ts'

/** Two icebergs and an ordinary order at 100, and one behind them at 101. */
const QUEUE = ['1 1 SELL 100 7 3', '2 2 SELL 100 2', '3 3 SELL 100 5 2', '4 4 SELL 101 9 4']

const rounds: [number, string, string[]][] = [
  [2, '1×2@100', ['1 100 1+4', '2 100 2', '3 100 2+3', '4 101 4+5']],
  [3, '1×3@100+3', ['2 100 2', '3 100 2+3', '1 100 3+1', '4 101 4+5']],
  [4, '1×3@100+3 2×1@100', ['2 100 1', '3 100 2+3', '1 100 3+1', '4 101 4+5']],
  [7, '1×3@100+3 2×2@100 3×2@100+2', ['1 100 3+1', '3 100 2+1', '4 101 4+5']],
  [9, '1×3@100+3 2×2@100 3×2@100+2 1×2@100', ['1 100 1+1', '3 100 2+1', '4 101 4+5']],
  [10, '1×3@100+3 2×2@100 3×2@100+2 1×3@100+1', ['3 100 2+1', '1 100 1', '4 101 4+5']],
  [12, '1×3@100+3 2×2@100 3×2@100+2 1×3@100+1 3×2@100+1', ['1 100 1', '3 100 1', '4 101 4+5']],
  [13, '1×3@100+3 2×2@100 3×2@100+2 1×3@100+1 3×2@100+1 1×1@100', ['3 100 1', '4 101 4+5']],
  [14, '1×3@100+3 2×2@100 3×2@100+2 1×3@100+1 3×2@100+1 1×1@100 3×1@100', ['4 101 4+5']],
  [18, '1×3@100+3 2×2@100 3×2@100+2 1×3@100+1 3×2@100+1 1×1@100 3×1@100 4×4@101+4', ['4 101 4+1']],
  [
    23,
    '1×3@100+3 2×2@100 3×2@100+2 1×3@100+1 3×2@100+1 1×1@100 3×1@100 4×4@101+4 4×4@101+1 4×1@101',
    [],
  ],
]

const shows: [string, number, number, string][] = [
  // display, lots; what rests
  ['ordinary', 0, 5, '1 100 5'],
  ['of fewer parts than one', 6, 5, '1 100 5'],
  ['of one part', 5, 5, '1 100 5'],
  ['of more than one part', 4, 5, '1 100 4+1'],
  ['of many parts', 1, 5, '1 100 1+4'],
]

const reductions: [number, number, string, number][] = [
  // of 10 lots of which 4 show: reduced by, shows less by, rests as, left
  [1, 0, '1 100 4+5', 9],
  [5, 0, '1 100 4+1', 5],
  [6, 0, '1 100 4', 4],
  [7, 1, '1 100 3', 3],
  [9, 3, '1 100 1', 1],
]

for (const [name, make] of books) {
  test.each(rounds)(`T7 ${name}: %s lots trade %s`, (lots, trades, rests) => {
    const book = bookWith(make, QUEUE)
    const before = resting(book, 'SELL')
    const sweep = book.sweep(request('BUY', null, lots))
    expect(told(sweep)).toBe(trades)
    expect(sweep.filledLots).toBe(lots)
    expect(resting(book, 'SELL')).toEqual(before)
    book.take(sweep)
    book.assertSound()
    expect(resting(book, 'SELL')).toEqual(rests)
  })

  test(`T7 ${name}: a sweep in one go and lot by lot leave the same book`, () => {
    for (let lots = 1; lots <= 23; lots += 1) {
      const [once, oneByOne] = [bookWith(make, QUEUE), bookWith(make, QUEUE)]
      once.take(once.sweep(request('BUY', null, lots)))
      for (let lot = 0; lot < lots; lot += 1) {
        oneByOne.take(oneByOne.sweep(request('BUY', null, 1)))
      }
      expect(resting(oneByOne, 'SELL')).toEqual(resting(once, 'SELL'))
    }
  })

  test.each(shows)(`T7 ${name}: an order %s shows what it may`, (_, display, lots, rests) => {
    const book = bookWith(make, [`1 1 SELL 100 ${lots} ${display}`])
    book.assertSound()
    expect(resting(book, 'SELL')).toEqual([rests])
  })

  test(`T7 ${name}: depth has what shows, and what is left is all of it`, () => {
    const book = bookWith(make, QUEUE)
    expect(book.depth('SELL', 5)).toEqual([
      [100, 7, 3],
      [101, 4, 1],
    ])
    expect([book.lotsOf(1 as OrderId), book.shownOf(1 as OrderId)]).toEqual([7, 3])
    book.take(book.sweep(request('BUY', 100, 3)))
    expect(book.depth('SELL', 1)).toEqual([[100, 7, 3]])
    expect(book.cancel(1 as OrderId)).toBe(4)
    expect(book.depth('SELL', 1)).toEqual([[100, 4, 2]])
  })

  test(`T7 ${name}: restored in queue order the book goes on as before`, () => {
    const book = bookWith(make, QUEUE)
    book.take(book.sweep(request('BUY', 100, 8)))
    const copy = make()
    for (const { id, owner, price, lots, shown, display } of book.orders('SELL')) {
      copy.restore(id, owner, 'SELL', price, shown, (lots - shown) as Lots, display)
    }
    copy.assertSound()
    expect(resting(copy, 'SELL')).toEqual(resting(book, 'SELL'))
    expect(told(copy.sweep(request('BUY', null, 99)))).toBe(
      told(book.sweep(request('BUY', null, 99))),
    )
  })

  test.each(reductions)(
    `T16 ${name}: reduced by %s it shows %s less: %s`,
    (lots, shownLess, rests, left) => {
      const book = bookWith(make, ['1 1 SELL 100 10 4', '2 1 SELL 100 3'])
      expect(book.reduce(1 as OrderId, lots as Lots)).toBe(shownLess)
      book.assertSound()
      expect(resting(book, 'SELL')).toEqual([rests, '2 100 3'])
      expect(book.lotsOf(1 as OrderId)).toBe(left)
      expect(book.depth('SELL', 1)).toEqual([[100, 7 - shownLess, 2]])
    },
  )

  // https://github.com/binance/binance-spot-api-docs, faqs/order_amend_keep_priority.md; a lot is 0.01.
  test(`T16 ${name}: the order of Binance’s example keeps its place when it is lowered`, () => {
    const bids = [
      '10 1 BUY 87000 100',
      '15 2 BUY 87000 550',
      '20 3 BUY 87000 400',
      '21 4 BUY 86999 200',
    ]
    const book = bookWith(make, bids)
    expect(book.reduce(15 as OrderId, 50 as Lots)).toBe(50)
    book.assertSound()
    expect(resting(book, 'BUY')).toEqual([
      '10 87000 100',
      '15 87000 500',
      '20 87000 400',
      '21 86999 200',
    ])
    expect(told(book.sweep(request('SELL', 87_000, 700)))).toBe(
      '10×100@87000 15×500@87000 20×100@87000',
    )
  })

  test.each<[string, number, number, string]>([
    ['by nothing', 1, 0, 'by some lots'],
    ['by all it has', 1, 10, 'keeps some lots'],
    ['by more', 1, 11, 'keeps some lots'],
    ['though it is not here', 2, 1, 'rests in this book'],
  ])(`${name}: reducing an order %s is a bug`, (_, id, lots, claim) => {
    const book = bookWith(make, ['1 1 SELL 100 10 4'])
    expect(() => book.reduce(id as OrderId, lots as Lots)).toThrow(claim)
  })

  test.each<[string, (book: Book) => unknown]>([
    ['an order was reduced', (book) => book.reduce(1 as OrderId, 1 as Lots)],
    [
      'an order was restored',
      (book) => book.restore(9 as OrderId, 1, 'BUY', 5 as Ticks, 1 as Lots, 2 as Lots, 1 as Lots),
    ],
  ])(`${name}: takes no sweep after %s`, (_, step) => {
    const book = bookWith(make, QUEUE)
    const sweep = book.sweep(request('BUY', null, 1))
    step(book)
    expect(() => book.take(sweep)).toThrow('before anything else changes')
  })
}

test('T7 thousands of icebergs at one price are measured in time that grows with the trades', () => {
  const [, make] = books[0] as (typeof books)[0]
  const few = bookWith(make, [])
  for (let id = 1; id <= 99; id += 1) {
    few.rest(id as OrderId, 1, 'SELL', 100 as Ticks, 2_000 as Lots, 1 as Lots)
  }
  const sweep = few.sweep(request('BUY', null, 99 * 2_000))
  expect([sweep.count, sweep.filledLots]).toEqual([198_000, 198_000])
  expect([...sweep.makerId.subarray(99 * 5, 99 * 5 + 3)]).toEqual([1, 2, 3])
  few.take(sweep)
  few.assertSound()
  expect(few.size).toBe(0)
})
