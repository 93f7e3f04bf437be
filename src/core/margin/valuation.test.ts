import { expect, test } from 'vitest'
import { accountWith, assetOf, pricesOf, testVenue, value } from './fixture.ts'
import { equityOf, valueAccount } from './valuation.ts'

const venue = testVenue()
const prices = pricesOf(venue, { BTC: '50000', ETH: '2500.12345678', USDC: '0.9998' })

test('sums what is held, locked or free, and what is owed, interest included', () => {
  const { ledger, account } = accountWith(venue, {
    USDT: { free: '100', locked: '50', principal: '30', interest: '0.00000001' },
    BTC: { free: '1', locked: '0.5' },
    USDC: { principal: '10' },
  })
  const valuation = valueAccount(ledger, account, venue, prices)
  expect(valuation).toEqual({
    assets: value('75150'),
    debts: value('39.99800001'),
    collateral: value('75150'),
    missing: null,
  })
  expect(equityOf(valuation)).toBe(value('75110.00199999'))
})

test('C2 haircuts lower the collateral and leave the assets as they are', () => {
  const { ledger, account } = accountWith(venue, {
    ETH: { free: '2' },
    JUNK: { free: '7' },
  })
  const priced = pricesOf(venue, { ETH: '1000', JUNK: '3' })
  const { assets, collateral } = valueAccount(ledger, account, venue, priced)
  expect(assets).toBe(value('2021'))
  expect(collateral).toBe(value('1900'))
})

test('keeps every digit of amount times price', () => {
  const { ledger, account } = accountWith(venue, { ETH: { free: '0.00000003' } })
  expect(valueAccount(ledger, account, venue, prices).assets).toBe(3n * 250012345678n)
})

test.each([
  ['held', { TOKEN: { free: '1' } }],
  ['locked', { TOKEN: { locked: '1' } }],
  ['owed', { TOKEN: { principal: '1' } }],
  ['owed as interest', { TOKEN: { interest: '0.00000001' } }],
])('an asset %s without a price counts nothing and is named', (_how, stocks) => {
  const { ledger, account } = accountWith(venue, { ...stocks, USDT: { free: '5' } })
  const valuation = valueAccount(ledger, account, venue, prices)
  expect(valuation.missing).toBe(assetOf(venue, 'TOKEN').index)
  expect(valuation.assets).toBe(value('5'))
  expect(valuation.debts).toBe(0n)
})

test('an asset once held and gone needs no price', () => {
  const { ledger, account } = accountWith(venue, { TOKEN: { free: '1' } })
  ledger.move(assetOf(venue, 'TOKEN').index, account, 0, 0 as typeof account, 0, 100_000_000n)
  expect(valueAccount(ledger, account, venue, prices).missing).toBe(null)
})
