import { expect, test } from 'vitest'
import { testVenue } from '../margin/fixture.ts'
import type { IndexPrice } from '../money/price.ts'
import type { SourceQuote } from './measure-index.ts'
import { measureIndex } from './measure-index.ts'

const NOW = 1_000_000

const policyOf = (weights: readonly string[], ownTradesWeight: string | null = null) =>
  testVenue({
    indexPrice: {
      sources: weights.map((weight, index) => ({ name: `source-${index}`, weight })),
      ownTradesWeight,
    },
  }).policy.indexPrice

const quote = (price: number, ageMs = 0): SourceQuote => ({
  price: BigInt(price) as IndexPrice,
  updatedMs: NOW - ageMs,
})

const measured = (
  quotes: readonly (SourceQuote | null)[],
  {
    weights = quotes.map(() => '1'),
    own = null as SourceQuote | null,
    share = null as string | null,
  } = {},
) => measureIndex({ policy: policyOf(weights, share), quotes, ownTrade: own, nowMs: NOW })

const shown = (index: ReturnType<typeof measured>) =>
  `${index.price} ${index.standing} ${index.sources.map((each) => each[1]).join('')}`

test.each([
  ['one that disagrees is clamped', [quote(100), quote(101), quote(130)], '101 GOOD OOLI'],
  ['5 % off is believed', [quote(10_000), quote(10_000), quote(10_500)], '10000 GOOD OOOI'],
  ['more is not', [quote(10_000), quote(10_000), quote(10_501)], '10000 GOOD OOLI'],
  ['nor below', [quote(9_499), quote(10_000), quote(10_000)], '10000 GOOD LOOI'],
  ['silent for less than 10 s', [quote(100), quote(101), quote(130, 9_999)], '101 GOOD OOLI'],
  ['silent for 10 s', [quote(100), quote(101), quote(130, 10_000)], '100 GOOD OOII'],
  ['one left of three', [quote(100, 10_000), null, quote(130)], 'null STALE IIOI'],
  ['half of the weight disagrees', [quote(100), quote(120)], '110 CONTESTED LLI'],
  ['the middle one alone', [quote(100), quote(110), quote(120)], '110 CONTESTED LOLI'],
])('X1 X3 sources: %s', (_what, quotes, expected) => {
  expect(shown(measured(quotes))).toBe(expected)
})

test.each([
  ['half of the weight away from the median', ['1', '1', '2'], [100, 100, 120], '110 CONTESTED'],
  ['a little less than half', ['1', '1.0001', '2'], [100, 100, 120], '100 GOOD'],
])('X3 contested by weight: %s', (_what, weights, prices, expected) => {
  const quotes = prices.map((price) => quote(price))
  expect(shown(measured(quotes, { weights }))).toContain(expected)
})

test('X1 garbage among eleven sources leaves the index where the good ones are', () => {
  const quotes = [
    ...[9_150, 9_152, 9_149, 9_151, 7_000].map((price) => quote(price)),
    quote(3_000, 300_000),
    ...new Array<null>(5).fill(null),
  ]
  expect(shown(measured(quotes))).toBe('9150 GOOD OOOOLIIIIIII')
})

test.each([
  ['beside one outside source it does not count', [quote(100)], ['1'], '100 GOOD OI'],
  ['nor beside one live of two', [quote(100), quote(90, 10_000)], ['1', '1'], 'null STALE OII'],
  ['between two that differ it tips', [quote(100), quote(104)], ['1', '1'], '104 GOOD OOO'],
  [
    'beside three it moves nothing',
    [quote(100), quote(102), quote(104)],
    ['1', '1', '1'],
    '102 GOOD OOOO',
  ],
])('X1 own trades: %s', (_what, quotes, weights, expected) => {
  expect(shown(measured(quotes, { weights, own: quote(104), share: '0.1' }))).toBe(expected)
})

test('X1 own trades never decide whether the index is contested', () => {
  const contested = measured([quote(100), quote(120)], { own: quote(100), share: '0.1' })
  expect(shown(contested)).toBe('100 CONTESTED OLO')
})

test('X1 own trades weigh a tenth of the whole and no more', () => {
  // Of 1,000: 100 its own, 450 on each side of it but for one unit of weight.
  const at = (weights: string[]) =>
    measured([quote(100), quote(200)], { weights, own: quote(150), share: '0.1' }).price
  expect([at(['5', '4']), at(['4.99', '4.01']), at(['4', '5'])]).toEqual([125n, 150n, 175n])
})

test('X1 the index changes by silence alone when the first live source has been silent for 10 s', () => {
  expect(measured([quote(100, 3_000), quote(100, 20_000), quote(100, 1_000)]).untilMs).toBe(
    NOW + 7_000,
  )
  expect(measured([null, null]).untilMs).toBe(Number.POSITIVE_INFINITY)
})
