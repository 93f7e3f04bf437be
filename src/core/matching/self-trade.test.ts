import { expect, test } from 'vitest'
import type { OrderId } from '../domain/ids.ts'
import type { SelfTradePrevention } from '../domain/order.ts'
import { books, bookWith, request, resting, TAKER, told } from './book-cases.ts'

const prevention: [SelfTradePrevention, number, string, number, string[]][] = [
  // the makers are 2 at 100 (another's), 1 at 101 (the taker's own), 3 at 101 (another's), 5 at 102 (own)
  // mode, lots, what happens, filled lots, what rests afterwards
  ['NONE', 9, '2×3@100 1×5@101 3×1@101', 9, ['3 101 3', '5 102 2']],
  ['EXPIRE_TAKER', 3, '2×3@100', 3, ['1 101 5', '3 101 4', '5 102 2']],
  ['EXPIRE_TAKER', 4, '2×3@100 1-1/0 !', 3, ['1 101 5', '3 101 4', '5 102 2']],
  ['EXPIRE_TAKER', 9, '2×3@100 1-6/0 !', 3, ['1 101 5', '3 101 4', '5 102 2']],
  ['EXPIRE_MAKER', 3, '2×3@100', 3, ['1 101 5', '3 101 4', '5 102 2']],
  ['EXPIRE_MAKER', 4, '2×3@100 1-0/5 3×1@101', 4, ['3 101 3', '5 102 2']],
  ['EXPIRE_MAKER', 7, '2×3@100 1-0/5 3×4@101', 7, ['5 102 2']],
  ['EXPIRE_MAKER', 8, '2×3@100 1-0/5 3×4@101 5-0/2', 7, []],
  ['EXPIRE_BOTH', 3, '2×3@100', 3, ['1 101 5', '3 101 4', '5 102 2']],
  ['EXPIRE_BOTH', 4, '2×3@100 1-1/5 !', 3, ['3 101 4', '5 102 2']],
  ['EXPIRE_BOTH', 9, '2×3@100 1-6/5 !', 3, ['3 101 4', '5 102 2']],
  ['DECREMENT', 3, '2×3@100', 3, ['1 101 5', '3 101 4', '5 102 2']],
  ['DECREMENT', 4, '2×3@100 1-1/1 !', 3, ['1 101 4', '3 101 4', '5 102 2']],
  ['DECREMENT', 7, '2×3@100 1-4/4 !', 3, ['1 101 1', '3 101 4', '5 102 2']],
  ['DECREMENT', 8, '2×3@100 1-5/5 !', 3, ['3 101 4', '5 102 2']],
  ['DECREMENT', 9, '2×3@100 1-5/5 3×1@101', 4, ['3 101 3', '5 102 2']],
  ['DECREMENT', 13, '2×3@100 1-5/5 3×4@101 5-1/1 !', 7, ['5 102 1']],
  ['DECREMENT', 14, '2×3@100 1-5/5 3×4@101 5-2/2 !', 7, []],
  ['DECREMENT', 15, '2×3@100 1-5/5 3×4@101 5-2/2', 7, []],
  ['TRANSFER', 8, '2×3@100 1-5/5 !', 3, ['3 101 4', '5 102 2']],
  ['TRANSFER', 9, '2×3@100 1-5/5 3×1@101', 4, ['3 101 3', '5 102 2']],
]

/** What hides goes first: the order shows less only when it must, and keeps its place. */
const icebergs: [SelfTradePrevention, number, string, string[]][] = [
  // the makers at 100 are 1 (own, 10 lots of which 4 show) and 2 (another's, 3 lots)
  ['EXPIRE_TAKER', 5, '1-5/0 !', ['1 100 4+6', '2 100 3']],
  ['EXPIRE_MAKER', 5, '1-0/10 2×3@100', []],
  ['EXPIRE_BOTH', 5, '1-5/10 !', ['2 100 3']],
  ['DECREMENT', 5, '1-5/5 !', ['1 100 4+1', '2 100 3']],
  ['DECREMENT', 6, '1-6/6 !', ['1 100 4', '2 100 3']],
  ['DECREMENT', 7, '1-7/7 !', ['1 100 3', '2 100 3']],
  ['DECREMENT', 9, '1-9/9 !', ['1 100 1', '2 100 3']],
  ['DECREMENT', 10, '1-10/10 !', ['2 100 3']],
  ['DECREMENT', 11, '1-10/10 2×1@100', ['2 100 2']],
]

const budgets: [SelfTradePrevention, bigint, string][] = [
  // the makers are 1 (another's, 3 at 100), 2 (own, 5 at 101) and 3 (another's, 5 at 102)
  ['EXPIRE_MAKER', 400n, '1×3@100'],
  ['EXPIRE_MAKER', 401n, '1×3@100 2-0/5'],
  ['EXPIRE_MAKER', 402n, '1×3@100 2-0/5 3×1@102'],
  ['EXPIRE_TAKER', 805n, '1×3@100 2-5/0 !'],
  ['DECREMENT', 400n, '1×3@100'],
  ['DECREMENT', 401n, '1×3@100 2-1/1 !'],
  ['DECREMENT', 804n, '1×3@100 2-4/4 !'],
  ['DECREMENT', 805n, '1×3@100 2-5/5 !'],
  // 101 are left of which a lot at 101 could be paid, but no such lot is there, and none at 102.
  ['DECREMENT', 906n, '1×3@100 2-5/5'],
  ['DECREMENT', 907n, '1×3@100 2-5/5 3×1@102'],
]

for (const [name, make] of books) {
  test.each(prevention)(
    `T6 ${name}: %s, %s lots: %s`,
    (selfTradePrevention, lots, happens, filled, rests) => {
      const book = bookWith(make, [
        `1 ${TAKER} SELL 101 5`,
        '2 2 SELL 100 3',
        '3 1 SELL 101 4',
        `5 ${TAKER} SELL 102 2`,
      ])
      const sweep = book.sweep({ ...request('BUY', 102, lots), selfTradePrevention })
      expect(told(sweep)).toBe(happens)
      expect(sweep.filledLots).toBe(filled)
      expect(sweep.crosses).toBe(true)
      expect(sweep.preventedLots).toBe(
        sweep.preventedTakerLots.subarray(0, sweep.preventedCount).reduce((sum, n) => sum + n, 0),
      )
      book.take(sweep)
      book.assertSound()
      expect(resting(book, 'SELL')).toEqual(rests)
    },
  )

  test.each(icebergs)(
    `T6 T7 ${name}: %s, %s lots on an iceberg of their own: %s`,
    (selfTradePrevention, lots, happens, rests) => {
      const book = bookWith(make, [`1 ${TAKER} SELL 100 10 4`, '2 2 SELL 100 3'])
      const sweep = book.sweep({ ...request('BUY', 100, lots), selfTradePrevention })
      expect(told(sweep)).toBe(happens)
      book.take(sweep)
      book.assertSound()
      expect(resting(book, 'SELL')).toEqual(rests)
    },
  )

  test.each(budgets)(
    `T5 T6 ${name}: %s with a budget of %s: %s`,
    (selfTradePrevention, quoteBudget, happens) => {
      const book = bookWith(make, ['1 2 SELL 100 3', `2 ${TAKER} SELL 101 5`, '3 2 SELL 102 5'])
      const ask = { ...request('BUY', null, 1), lots: null, quoteBudget, selfTradePrevention }
      const sweep = book.sweep(ask)
      expect(told(sweep)).toBe(happens)
      book.take(sweep)
      book.assertSound()
    },
  )

  test(`T6 ${name}: no price is left to want when prevention has ended the order`, () => {
    const book = bookWith(make, [`1 ${TAKER} SELL 100 3`, '2 2 SELL 105 3'])
    const ask = request('BUY', 102, 3)
    const nextPrices = (['NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER', 'DECREMENT'] as const).map(
      (selfTradePrevention) => book.sweep({ ...ask, selfTradePrevention }).nextPrice,
    )
    expect(nextPrices).toEqual([null, null, 105, null])
  })

  test(`T23 ${name}: those excluded are passed over as they are met, and leave when it is taken`, () => {
    const make4 = () =>
      bookWith(make, ['1 1 SELL 100 2', '2 1 SELL 100 5 2', '3 1 SELL 100 2', '4 1 SELL 101 2'])
    const excluded = new Set([2, 4, 77] as OrderId[])
    const rows: [number, string, string[]][] = [
      [2, '1×2@100', ['2 100 2+3', '3 100 2', '4 101 2']],
      [3, '1×2@100 3×1@100 ~2', ['3 100 1', '4 101 2']],
      [4, '1×2@100 3×2@100 ~2', ['4 101 2']],
      [5, '1×2@100 3×2@100 ~2 ~4', []],
    ]
    for (const [lots, happens, rests] of rows) {
      const book = make4()
      const sweep = book.sweep({ ...request('BUY', 101, lots), excluded })
      expect(told(sweep)).toBe(happens)
      expect(sweep.crosses).toBe(true)
      book.take(sweep)
      book.assertSound()
      expect(resting(book, 'SELL')).toEqual(rests)
    }
  })

  test(`T23 ${name}: of one that is excluded no self-trade is prevented`, () => {
    const book = bookWith(make, [`1 ${TAKER} SELL 100 2`, '2 1 SELL 100 2'])
    const excluded = new Set([1 as OrderId])
    const ask = {
      ...request('BUY', 100, 1),
      excluded,
      selfTradePrevention: 'EXPIRE_TAKER',
    } as const
    expect(told(book.sweep(ask))).toBe('2×1@100 ~1')
  })
}
