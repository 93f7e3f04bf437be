import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Amount } from '../money/amount.ts'
import type { Value } from '../money/price.ts'
import { rate, units } from './fixture.ts'
import type { IsolatedSide } from './isolated-level.ts'
import { isolatedLevel } from './isolated-level.ts'
import { levelAtOrBelow } from './level.ts'

const side = (held: string, owed: string): IsolatedSide => ({
  held: units(held),
  owed: units(owed),
})

// What a user of Binance's pasted in public. Its prices in BTC have more places than an amount: 10⁻¹⁶ here.
const LIVE = {
  base: side('1954.7144', '0'),
  quote: side('20.65536756', '889.72069801'),
  baseWorth: 106_866_540_560n,
  quoteWorth: 177_800_000_000n,
  indexPrice: units('0.60221962'),
  liquidation: rate('1.1575'),
}

test('S4 L3 Binance’s live account comes out digit for digit', () => {
  expect(isolatedLevel(LIVE)).toEqual({
    marginLevel: '1.34371923',
    liquidationPrice: units('0.51628838'),
    liquidationRate: -14_269_087n,
  })
})

test('S4 the unit of worth cancels: whatever BTC costs, the level is the same', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), (btc) => {
      const { baseWorth, quoteWorth } = LIVE
      const elsewhere = { ...LIVE, baseWorth: baseWorth * btc, quoteWorth: quoteWorth * btc }
      expect(isolatedLevel(elsewhere)).toEqual(isolatedLevel(LIVE))
    }),
  )
})

test.each([
  ['no debt', side('1', '0'), side('0', '0'), '999', null],
  ['long: 10,000 own and 20,000 owed', side('1', '0'), side('0', '20000'), '1.50000000', '22000'],
  [
    'short: 0.4 owed, sold at 30,000',
    side('0', '0.4'),
    side('18000', '0'),
    '1.50000000',
    '40909.0909091',
  ],
  ['cash alone against a debt in cash', side('0', '0'), side('150', '100'), '1.50000000', null],
  [
    'worth more than it owes at any price',
    side('1', '0'),
    side('120', '100'),
    '301.20000000',
    null,
  ],
])('L3 S4 the price of liquidation of %s', (_, base, quote, level, price) => {
  const input = {
    base,
    quote,
    baseWorth: 30_000n,
    quoteWorth: 1n,
    indexPrice: units('30000'),
    liquidation: rate('1.1'),
  }
  const found = isolatedLevel(input)
  expect([found.marginLevel, found.liquidationPrice]).toEqual([
    level,
    price === null ? null : units(price.slice(0, price.indexOf('.') + 9 || undefined)),
  ])
})

const amount = fc.bigInt({ min: 0n, max: 10n ** 14n }).map((sum) => sum as Amount)

test('L3 S4 at the price of liquidation the account is at or below its level, and one unit nearer the index above', () => {
  const account = fc.record({ held: amount, owed: amount })
  let found = 0
  fc.assert(
    fc.property(account, account, (base, quote) => {
      const k = rate('1.1')
      const at = (price: bigint): boolean => {
        const assets = base.held * price + quote.held * 10n ** 8n
        const debts = base.owed * price + quote.owed * 10n ** 8n
        return levelAtOrBelow(assets as Value, debts as Value, k)
      }
      const { liquidationPrice: price } = isolatedLevel({
        ...{ base, quote, baseWorth: 1n, quoteWorth: 1n },
        ...{ indexPrice: units('1'), liquidation: k },
      })
      if (price === null) return
      found += 1
      const netLong = base.held * 10n > base.owed * 11n
      expect([at(price), at(netLong ? price + 1n : price - 1n)]).toEqual([true, false])
    }),
    { numRuns: 500 },
  )
  expect(found).toBeGreaterThan(100)
})
