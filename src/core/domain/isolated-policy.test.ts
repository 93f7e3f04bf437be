import { expect, test } from 'vitest'
import type { Amount } from '../money/amount.ts'
import { effectiveMultiple, isolatedFaults, isolatedTiers } from './isolated-policy.ts'
import type { IsolatedTierDocument, SymbolDocument } from './venue-document.ts'

const PAIR = { symbol: 'BTCUSDT', margin: true } as SymbolDocument

const tier = (changed: Partial<IsolatedTierDocument> = {}): IsolatedTierDocument => ({
  ...{ borrow: '1.25', marginCall: '1.19', liquidation: '1.15' },
  ...{ baseMaximum: '7.2', quoteMaximum: '90000' },
  ...changed,
})
const higher = tier({ borrow: '1.3125', baseMaximum: '14.4', quoteMaximum: '180000' })

test('S2 S3 a pair without tiers of its own has one: five times the equity, called at 1.15, closed at 1.1', () => {
  const [only, ...more] = isolatedTiers(PAIR, undefined)
  expect(more).toEqual([])
  expect(only).toMatchObject({ baseMaximum: null, quoteMaximum: null })
  expect(only?.levels).toMatchObject({
    borrow: 1_200_000_000_000n,
    marginCall: 1_150_000_000_000n,
    liquidation: 1_100_000_000_000n,
    stopEarly: null,
  })
  expect(isolatedTiers({ ...PAIR, margin: false }, undefined)).toEqual([])
})

test.each([
  ['1.111', 10],
  ['1.1264', 8.91],
  ['1.1572', 7.36],
  ['1.2496', 5],
  ['1.25', 5],
  ['1.3125', 4.2],
  ['1.375', 3.66],
  ['1.2', 6],
])('S3 a ratio of %s is a multiple of %d', (borrow, multiple) => {
  const [only] = isolatedTiers(PAIR, { tiers: { BTCUSDT: [tier({ borrow })] } })
  const found: Amount | undefined = only && effectiveMultiple(only.levels)
  expect(Number(found) / 1e8).toBe(multiple)
})

test.each([
  ['as they should be', { tiers: { BTCUSDT: [tier(), higher] } }, []],
  ['of a pair that this venue does not have', { tiers: { ETHBTC: [tier()] } }, []],
  ['with none', { tiers: { BTCUSDT: [] } }, ['policy.isolated.tiers.BTCUSDT']],
  [
    'with a call above borrowing',
    { tiers: { BTCUSDT: [tier({ marginCall: '1.25' })] } },
    ['policy.isolated.tiers.BTCUSDT[0].borrow'],
  ],
  [
    'that do not rise',
    { tiers: { BTCUSDT: [higher, tier()] } },
    [
      'policy.isolated.tiers.BTCUSDT[1].baseMaximum',
      'policy.isolated.tiers.BTCUSDT[1].quoteMaximum',
      'policy.isolated.tiers.BTCUSDT[1].borrow',
    ],
  ],
  [
    'that go on after one without end',
    { tiers: { BTCUSDT: [tier({ baseMaximum: null }), higher] } },
    ['policy.isolated.tiers.BTCUSDT[1].baseMaximum'],
  ],
  ['liquidated at 1', { liquidation: '1' }, ['policy.isolated.liquidation']],
  ['lent too much', { borrowMultiple: '7' }, ['policy.isolated.borrowMultiple']],
  ['free to go at the borrow level', { transferOut: '1.2' }, ['policy.isolated.transferOut']],
])('L1 S3 tiers %s', (_, policy, paths) => {
  expect(isolatedFaults(policy).map(({ path }) => path)).toEqual(paths)
})
