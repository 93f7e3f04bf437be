import { expect, test } from 'vitest'
import type { OrderId } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import type { Ticks } from '../money/price.ts'
import type { AnyStopBook } from './reference-stop-book.ts'
import { ReferenceStopBook } from './reference-stop-book.ts'
import type { StopOrder } from './stop-book.ts'
import { StopBook } from './stop-book.ts'

// What any stop book must do. The fast one and the slow, obvious one are held to the same rows.
const books: [string, () => AnyStopBook][] = [
  ['StopBook', () => new StopBook()],
  ['ReferenceStopBook', () => new ReferenceStopBook()],
]

/** `id side condition stop bips`, such as `7 SELL FALL 100 0`; `-` is no stop price. */
function stop(text: string): StopOrder {
  const [id, side, condition, stopPrice, bips] = text.split(' ')
  return {
    id: Number(id) as OrderId,
    side: side as Side,
    condition: condition as 'RISE' | 'FALL',
    stopPrice: (stopPrice === '-' ? 0 : Number(stopPrice)) as Ticks | 0,
    trailingBips: Number(bips),
  }
}

/** Tells the book of a trade at `price`, or of a price between two ticks, and takes out what is in the queue. */
function observed(book: AnyStopBook, low: number, high = low): number[] {
  book.observe(low as Ticks, high as Ticks)
  book.assertSound()
  return taken(book)
}

function taken(book: AnyStopBook): number[] {
  const ids: number[] = []
  for (let id = book.takeTriggered(); id !== null; id = book.takeTriggered()) ids.push(id)
  return ids
}

const conditions: [string, number, number, boolean][] = [
  // order, low, high, triggers
  ['1 BUY RISE 100 0', 99, 99, false],
  ['1 BUY RISE 100 0', 99, 100, false],
  ['1 BUY RISE 100 0', 100, 100, true],
  ['1 BUY RISE 100 0', 100, 101, true],
  ['1 BUY RISE 100 0', 101, 101, true],
  ['1 SELL RISE 100 0', 99, 100, false],
  ['1 SELL RISE 100 0', 100, 100, true],
  ['1 SELL FALL 100 0', 101, 101, false],
  ['1 SELL FALL 100 0', 100, 101, false],
  ['1 SELL FALL 100 0', 100, 100, true],
  ['1 SELL FALL 100 0', 99, 100, true],
  ['1 SELL FALL 100 0', 99, 99, true],
  ['1 BUY FALL 100 0', 100, 101, false],
  ['1 BUY FALL 100 0', 100, 100, true],
  ['1 BUY RISE 1 0', 0, 1, false],
  ['1 BUY FALL 1 0', 0, 1, true],
  [`1 BUY RISE ${2 ** 30 - 1} 0`, 2 ** 30 - 2, 2 ** 30 - 1, false],
  [`1 BUY RISE ${2 ** 30 - 1} 0`, 2 ** 30 - 1, 2 ** 30, true],
]

/**
 * The scenarios of https://github.com/binance/binance-spot-api-docs, faqs/trailing-stop-faq.md, in ticks of half a
 * unit: what was traded in turn, and at what price the order triggers, which the tick before it does not.
 */
const scenarios: [string, string, number | null, number[], number][] = [
  ['A', '1 BUY RISE 44000 500', 40_000, [40_000, 37_000, 44_000, 45_000, 46_000, 42_000], 44_100],
  ['B', '1 SELL FALL 39000 1000', 40_000, [40_000, 41_500, 39_000, 37_000, 41_000], 36_900],
  ['C', '1 BUY FALL 38000 850', 40_000, [40_000, 42_000, 38_000, 37_000, 39_000, 38_000], 40_145],
  [
    'D',
    '1 SELL RISE 42000 750',
    40_000,
    [40_000, 41_500, 39_000, 42_000, 45_000, 44_000, 46_500],
    43_012.5,
  ],
  ['E', '1 SELL FALL - 700', 40_000, [42_000, 39_500, 45_500], 42_315],
]

const TICKS_PER_UNIT = 2

/** In turn: the prices observed; the price, below or above the last, up to which nothing triggers; and the first that does. */
const trails: [string, string, number | null, number[], number, number][] = [
  ['a sale that starts from the last price', '1 SELL FALL - 1000', 100, [], 91, 90],
  ['a sale that starts from the next price', '1 SELL FALL - 1000', null, [200], 181, 180],
  ['a sale whose price rose', '1 SELL FALL - 1000', 100, [150, 200, 190], 181, 180],
  ['a purchase that starts from the last price', '1 BUY RISE - 1000', 100, [], 109, 110],
  ['a purchase that starts from the next price', '1 BUY RISE - 1000', null, [200], 219, 220],
  ['a purchase whose price fell', '1 BUY RISE - 1000', 100, [80, 50, 54], 54, 55],
  ['a sale whose limit lies between ticks', '1 SELL FALL - 1', 99, [], 99, 98],
  ['a purchase whose limit lies between ticks', '1 BUY RISE - 1', 99, [], 99, 100],
  ['the greatest sale', '1 SELL FALL - 9999', 2 ** 30 - 1, [], 107_375, 107_374],
  ['a purchase of a tick', '1 BUY FALL - 9999', 1, [], 1, 2],
  ['a sale that takes profit', '1 SELL RISE 100 1000', 50, [20, 99, 100], 91, 90],
  ['a sale that begins beyond its stop price', '1 SELL RISE 100 1000', 50, [120], 109, 108],
  ['a purchase that takes profit', '1 BUY FALL 100 1000', 150, [300, 101, 100], 109, 110],
]

for (const [name, make] of books) {
  test.each(conditions)(`T8 ${name}: %s at %s to %s: %s`, (text, low, high, triggers) => {
    const book = make()
    book.add(stop(text), 50 as Ticks)
    expect(observed(book, low, high)).toEqual(triggers ? [1] : [])
    expect([book.size, book.has(1 as OrderId)]).toEqual(triggers ? [0, false] : [1, true])
  })

  test.each(scenarios)(
    `T9 ${name}: Binance’s scenario %s: %s`,
    (_, text, last, prices, triggersAt) => {
      const book = make()
      const order = stop(text)
      const inTicks = (price: number) => (price * TICKS_PER_UNIT) as Ticks
      const stopPrice = inTicks(order.stopPrice)
      book.add({ ...order, stopPrice }, last === null ? null : inTicks(last))
      for (const price of prices) expect(observed(book, inTicks(price))).toEqual([])
      const before = inTicks(triggersAt) + (order.side === 'SELL' ? 1 : -1)
      expect(observed(book, before)).toEqual([])
      expect(observed(book, inTicks(triggersAt))).toEqual([1])
    },
  )

  // Binance's own units: 44,099 is a whole unit before.
  test(`T9 ${name}: scenario A triggers at 44,100 and not at 44,099`, () => {
    const book = make()
    book.add(stop('1 BUY RISE 44000 500'), 40_000 as Ticks)
    for (const price of [37_000, 44_000, 46_000, 42_000, 44_099]) {
      expect(observed(book, price)).toEqual([])
    }
    expect(observed(book, 44_100)).toEqual([1])
  })

  test.each(trails)(`T9 ${name}: %s`, (_, text, last, prices, holds, triggers) => {
    const book = make()
    book.add(stop(text), last as Ticks | null)
    for (const price of prices) expect(observed(book, price)).toEqual([])
    expect(observed(book, holds)).toEqual([])
    expect(observed(book, triggers)).toEqual([1])
  })

  test(`T9 ${name}: between ticks an extreme moves less and an order triggers later`, () => {
    const book = make()
    book.add(stop('1 SELL FALL - 1000'), 95 as Ticks)
    book.add(stop('2 BUY RISE - 1000'), 105 as Ticks)
    expect(observed(book, 100, 101)).toEqual([])
    expect(observed(book, 99, 100)).toEqual([])
    // The highest is 100, the lowest 100.
    expect(observed(book, 90, 91)).toEqual([])
    expect(observed(book, 89, 90)).toEqual([1])
    expect([...book.stops()].map(({ extreme }) => extreme)).toEqual([90])
    expect(observed(book, 98, 99)).toEqual([])
    expect(observed(book, 99, 99)).toEqual([2])
  })

  test(`T8 T9 ${name}: a price beyond all prices of orders counts as 2^30`, () => {
    const book = make()
    book.add(stop(`1 BUY RISE ${2 ** 30 - 1} 0`), null)
    book.add(stop('2 SELL FALL - 5000'), (2 ** 40) as Ticks)
    expect(observed(book, 2 ** 50, 2 ** 50 + 1)).toEqual([1])
    expect(observed(book, 2 ** 29 + 1)).toEqual([])
    expect(observed(book, 2 ** 29)).toEqual([2])
  })

  test(`T9 ${name}: the price that an order begins to track at does not trigger it`, () => {
    const book = make()
    book.add(stop('1 SELL FALL 100 1'), 200 as Ticks)
    expect(observed(book, 50)).toEqual([])
    expect(observed(book, 50)).toEqual([])
    expect(observed(book, 49)).toEqual([1])
  })

  test(`T9 ${name}: orders that began apart track together once the price has passed both`, () => {
    const book = make()
    book.add(stop('1 SELL FALL - 1000'), 100 as Ticks)
    book.observe(95 as Ticks, 95 as Ticks)
    book.add(stop('2 SELL FALL - 1000'), 95 as Ticks)
    book.add(stop('3 SELL FALL - 500'), 95 as Ticks)
    expect(observed(book, 91)).toEqual([])
    expect(observed(book, 90)).toEqual([1, 3])
    book.add(stop('4 SELL FALL - 2000'), 90 as Ticks)
    expect(observed(book, 200)).toEqual([])
    expect([...book.stops()].map(({ id, extreme }) => [id, extreme])).toEqual([
      [2, 200],
      [4, 200],
    ])
    expect(observed(book, 180)).toEqual([2])
    expect(observed(book, 161)).toEqual([])
    expect(observed(book, 160)).toEqual([4])
  })

  test(`T10 ${name}: what a price triggers queues oldest first, behind what was there`, () => {
    const book = make()
    for (const text of [
      '5 SELL FALL 100 0',
      '3 SELL FALL 90 0',
      '4 BUY FALL 95 0',
      '1 BUY RISE 110 0',
      '2 SELL FALL - 500',
      '6 BUY RISE 108 0',
    ]) {
      book.add(stop(text), 100 as Ticks)
    }
    book.observe(105 as Ticks, 105 as Ticks)
    book.observe(95 as Ticks, 95 as Ticks)
    expect([book.triggeredCount, book.size]).toEqual([3, 6])
    book.observe(120 as Ticks, 120 as Ticks)
    book.observe(80 as Ticks, 80 as Ticks)
    expect(taken(book)).toEqual([2, 4, 5, 1, 6, 3])
    expect([book.triggeredCount, book.size]).toEqual([0, 0])
  })

  test(`T10 ${name}: an order triggers once, whatever the price does while it is in the queue`, () => {
    const book = make()
    book.add(stop('1 SELL FALL 100 0'), null)
    for (const price of [100, 99, 101, 100]) book.observe(price as Ticks, price as Ticks)
    expect([book.triggeredCount, book.has(1 as OrderId)]).toEqual([1, true])
    expect(taken(book)).toEqual([1])
  })

  test.each<[string, string, number[]]>([
    ['waits', '1 SELL FALL 100 0', []],
    ['waits to rise', '1 BUY RISE 300 0', []],
    ['waits to track', '1 SELL FALL 100 500', []],
    ['tracks', '1 SELL FALL - 500', []],
    ['has begun to track', '1 SELL RISE 150 500', [160]],
    ['is in the queue', '1 SELL FALL 180 0', [170]],
  ])(`${name}: an order that %s can be taken out`, (_, text, prices) => {
    const book = make()
    book.add(stop(text), 200 as Ticks)
    book.add(stop('2 SELL FALL 100 0'), 200 as Ticks)
    book.add(stop('3 SELL FALL - 5000'), 200 as Ticks)
    for (const price of prices) book.observe(price as Ticks, price as Ticks)
    book.remove(1 as OrderId)
    book.assertSound()
    expect([book.has(1 as OrderId), book.size]).toEqual([false, 2])
    expect(() => book.remove(1 as OrderId)).toThrow('waits in this book')
    expect(observed(book, 400)).toEqual([])
    expect(observed(book, 1)).toEqual([2, 3])
  })

  test(`${name}: tells all it needs to be restored, by id and then by the queue`, () => {
    const book = make()
    for (const text of [
      '9 SELL FALL 50 0',
      '3 BUY RISE - 700',
      '4 SELL FALL 60 300',
      '8 SELL FALL 100 0',
      '6 BUY FALL 90 0',
      '7 SELL FALL 100 0',
    ]) {
      book.add(stop(text), 120 as Ticks)
    }
    book.observe(100 as Ticks, 100 as Ticks)
    book.observe(90 as Ticks, 90 as Ticks)
    const records = [...book.stops()]
    expect(records.map(({ id, state, extreme }) => `${id} ${state} ${extreme}`)).toEqual([
      '3 TRACKING 90',
      '4 WAITING 0',
      '9 WAITING 0',
      '7 TRIGGERED 0',
      '8 TRIGGERED 0',
      '6 TRIGGERED 0',
    ])
    const copy = make()
    for (const record of records) copy.restore(record)
    copy.assertSound()
    expect([...copy.stops()]).toEqual(records)
    expect(taken(copy)).toEqual(taken(book))
    expect(observed(copy, 97)).toEqual(observed(book, 97))
    expect(observed(copy, 50)).toEqual(observed(book, 50))
  })

  test.each<[string, Partial<Record<keyof StopOrder, number>>, string]>([
    ['without a stop price or a distance', { stopPrice: 0 }, 'has a stop price or trails'],
    ['with a price of 2^30', { stopPrice: 2 ** 30 }, 'a stop price is 1'],
    ['with a negative price', { stopPrice: -1 }, 'a stop price is 1'],
    ['with a negative distance', { trailingBips: -1 }, 'less than all of the price'],
    ['with a distance of all the price', { trailingBips: 10_000 }, 'less than all of the price'],
    ['without an id', { id: 0 }, 'safe integer'],
    ['twice', { id: 2 }, 'an order waits once'],
  ])(`${name}: an order %s is a bug`, (_, change, claim) => {
    const book = make()
    book.add(stop('2 SELL FALL 9 0'), null)
    const order = { ...stop('1 SELL FALL 5 0'), ...change } as StopOrder
    expect(() => book.add(order, null)).toThrow(claim)
  })

  test.each([
    ['that is not whole', 1.5, 2],
    ['whose ticks are the wrong way round', 3, 2],
    ['below 0', -1, 0],
    ['without end', 1, Number.POSITIVE_INFINITY],
  ])(`${name}: a price %s is a bug`, (_, low, high) => {
    expect(() => make().observe(low as Ticks, high as Ticks)).toThrow('a price')
  })
}
