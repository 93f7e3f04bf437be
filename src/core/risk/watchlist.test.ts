import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccountId, AssetIndex } from '../domain/ids.ts'
import { BUCKET, VENUE_ACCOUNT } from '../ledger/chart.ts'
import { Ledger } from '../ledger/ledger.ts'
import { accountWith, addTo, pricesOf, rate, testVenue, units } from '../margin/fixture.ts'
import { levelAtOrBelow } from '../margin/level.ts'
import type { Prices } from '../margin/prices.ts'
import { valueAccount } from '../margin/valuation.ts'
import type { IndexPrice } from '../money/price.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { screenAtRisk } from './watchlist.ts'

const venue = testVenue()
const screened = (prices: Prices): Float64Array =>
  Float64Array.from(prices, (price) => (price === null ? Number.NaN : Number(price)))

function flagged(ledger: Ledger, accounts: readonly AccountId[], prices: Prices, level = 1.1) {
  const into: AccountId[] = []
  screenAtRisk(ledger, accounts, screened(prices), () => level, into)
  return into
}

test.each([
  ['below', '10999', true],
  ['a unit below', '10999.99999999', true],
  ['exactly at', '11000', true],
  // Nearer than a double can tell apart: an exact look decides.
  ['a unit above', '11000.00000001', true],
  ['clearly above', '11000.1', false],
])('Q1 an account %s its level', (_what, held, expected) => {
  const { ledger, account } = accountWith(venue, { USDT: { free: held, principal: '10000' } })
  expect(flagged(ledger, [account], pricesOf(venue, {}))).toEqual(expected ? [account] : [])
})

test.each([
  ['held', { BTC: { free: '1' }, USDT: { principal: '1' } }],
  ['owed', { BTC: { principal: '1' }, USDT: { free: '99' } }],
])('Q1 an account with an asset %s that has no price is looked at', (_how, stocks) => {
  const { ledger, account } = accountWith(venue, stocks)
  expect(flagged(ledger, [account], pricesOf(venue, {}))).toEqual([account])
})

test('Q1 an account that owes nothing is never at risk', () => {
  const { ledger, account } = accountWith(venue, { BTC: { free: '1' } })
  const empty = ledger.openAccount()
  expect(flagged(ledger, [account, empty], pricesOf(venue, { BTC: '1' }))).toEqual([])
})

test('Q1 each account is measured against its own level, in the order given', () => {
  const { ledger, account } = accountWith(venue, { USDT: { free: '12', principal: '10' } })
  const other = ledger.openAccount()
  addTo(ledger, other, venue, { USDT: { free: '12', principal: '10' } })
  const third = ledger.openAccount()
  addTo(ledger, third, venue, { USDT: { free: '1', principal: '10' } })
  const into: AccountId[] = [VENUE_ACCOUNT.pool]
  const levels = (of: AccountId): number => (of === other ? 1.3 : 1.1)
  const accounts = Int32Array.from([third, account, other])
  screenAtRisk(ledger, accounts, screened(pricesOf(venue, {})), levels, into)
  expect(into).toEqual([VENUE_ACCOUNT.pool, third, other])
})

const atoms = fc.oneof(fc.bigInt(0n, 2n ** 59n), fc.bigInt(0n, units('1000')), fc.constant(0n))
const stock = fc.record({ free: atoms, locked: atoms, principal: atoms, interest: atoms })
const portfolio = fc.record({ USDT: stock, BTC: stock, ETH: stock, TOKEN: stock })
const price = fc.bigInt(1n, units('1000000')).map((v) => v as unknown as IndexPrice)
const level = fc.bigInt(RATE_SCALE + 1n, 2n * RATE_SCALE).map((v) => rate('0') + v)

test('Q1 whoever is exactly at or below the level is flagged, at any size', () => {
  fc.assert(
    fc.property(portfolio, price, price, price, level, (stocks, btc, eth, token, k) => {
      const { ledger, account } = accountWith(venue, stocks)
      const set = { BTC: btc, ETH: eth, TOKEN: token } as Record<string, IndexPrice>
      const prices = pricesOf(venue, {}).map(
        (known, place) => known ?? set[venue.assets[place]!.code] ?? null,
      )
      // Whatever else is owed, so much more USDT debt that the account is exactly at its level, or just under.
      const { assets, debts } = valueAccount(ledger, account, venue, prices)
      const gap = (assets * RATE_SCALE) / k - debts
      const more = gap / 100_000_000n + 1n
      if (more > 0n && more < 2n ** 58n) {
        ledger.move(venue.usdt, account, BUCKET.principal, VENUE_ACCOUNT.loans, BUCKET.free, more)
      }
      const after = valueAccount(ledger, account, venue, prices)
      const breached = levelAtOrBelow(after.assets, after.debts, k as never)
      const found = flagged(ledger, [account], prices, Number(k) / Number(RATE_SCALE))
      if (breached) expect(found).toEqual([account])
    }),
    { numRuns: 500 },
  )
})

test('Q1 exactness: accounts at the level to the last unit are all flagged', () => {
  const ledger = new Ledger(venue.assets.length)
  const accounts: AccountId[] = []
  for (let size = 1n; size < 2n ** 56n; size *= 3n) {
    const account = ledger.openAccount()
    const asset = venue.usdt as AssetIndex
    ledger.move(asset, VENUE_ACCOUNT.external, BUCKET.free, account, BUCKET.free, 11n * size)
    ledger.move(asset, account, BUCKET.principal, VENUE_ACCOUNT.loans, BUCKET.free, 10n * size)
    accounts.push(account)
  }
  expect(flagged(ledger, accounts, pricesOf(venue, {}))).toEqual(accounts)
})
