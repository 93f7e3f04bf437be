import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccountId, AssetIndex } from '../domain/ids.ts'
import { BUCKET, VENUE_ACCOUNT } from '../ledger/chart.ts'
import { Ledger } from '../ledger/ledger.ts'
import { accountWith, addTo, pricesOf, rate, units } from '../margin/fixture.ts'
import { levelAtOrBelow } from '../margin/level.ts'
import type { Prices } from '../margin/prices.ts'
import { valueAccount } from '../margin/valuation.ts'
import type { IndexPrice } from '../money/price.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { venue, Watch } from './watch-fixture.ts'

/** Whom a list that knows nothing yet finds. */
function flagged(ledger: Ledger, accounts: readonly AccountId[], prices: Prices, level = 1.1) {
  return new Watch(ledger, accounts, () => level).review(prices).found
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
  const watch = new Watch(ledger, [account], () => 1.1)
  const known = pricesOf(venue, { BTC: '50' })
  const unknown = pricesOf(venue, {})
  expect([unknown, known, known, unknown].map((at) => watch.review(at).found)).toEqual([
    [account],
    [],
    [],
    [account],
  ])
})

test('Q1 an account that owes nothing is never at risk', () => {
  const { ledger, account } = accountWith(venue, { BTC: { free: '1' } })
  const empty = ledger.openAccount()
  expect(flagged(ledger, [account, empty], pricesOf(venue, { BTC: '1' }))).toEqual([])
})

test('Q1 each account is measured against its own level, which may change', () => {
  const { ledger, account } = accountWith(venue, { USDT: { free: '12', principal: '10' } })
  const other = ledger.openAccount()
  addTo(ledger, other, venue, { USDT: { free: '12', principal: '10' } })
  const third = ledger.openAccount()
  addTo(ledger, third, venue, { USDT: { free: '1', principal: '10' } })
  let own = 1.1
  const watch = new Watch(ledger, [third, account, other], (of) => (of === other ? 1.3 : own))
  const at = pricesOf(venue, {})
  expect(watch.review(at).found).toEqual([other, third])
  own = 1.25
  watch.list.note(account)
  expect(watch.review(at).found).toEqual([account, other, third])
  own = 1.1
  watch.rules = {}
  expect(watch.review(at).found).toEqual([other, third])
})

// Owes 10,000 USDT at a level of 1.1 and holds 1 BTC, so that it is at its level at 11,000.
test.each([
  ['falls nearly to it', ['20000', '11000.01'], []],
  ['falls exactly to it', ['20000', '11000'], ['11000']],
  ['falls past it at once', ['20000', '1'], ['1']],
  ['comes near step by step', ['20000', '15000', '12000', '11100', '11001', '11000'], ['11000']],
  ['stays', ['20000', '11000', '11000', '11000.01', '11000'], ['11000', '11000', '11000']],
  ['rises, and falls a long way', ['20000', '80000', '11001', '10999'], ['10999']],
  [
    'goes to and fro around it',
    ['20000', '10999', '11001', '10999', '11001', '10999'],
    ['10999', '10999', '10999'],
  ],
])('Q1 an account whose price %s', (_how, path, expected) => {
  const { ledger, account } = accountWith(venue, {
    BTC: { free: '1' },
    USDT: { principal: '10000' },
  })
  const watch = new Watch(ledger, [account], () => 1.1)
  const hits = path.filter((BTC) => watch.review(pricesOf(venue, { BTC })).found.length > 0)
  expect(hits).toEqual(expected)
})

// Holds 22,000 USDT and owes 1 BTC: at its level at 20,000.
test.each([
  ['rises nearly to it', ['11000', '19999.99'], []],
  ['rises exactly to it', ['11000', '20000'], ['20000']],
  ['rises past it at once', ['11000', '10000000'], ['10000000']],
  ['falls, and rises a long way', ['11000', '1', '19999', '20001'], ['20001']],
])('Q1 an account that is short of what %s', (_how, path, expected) => {
  const { ledger, account } = accountWith(venue, {
    BTC: { principal: '1' },
    USDT: { free: '22000' },
  })
  const watch = new Watch(ledger, [account], () => 1.1)
  const hits = path.filter((BTC) => watch.review(pricesOf(venue, { BTC })).found.length > 0)
  expect(hits).toEqual(expected)
})

// Half of each account's room is given to a watch at 15,500; with what changes then, it is at its level just before.
test.each([
  ['owes more', { BTC: { free: '1' }, USDT: { principal: '10000' } }, 'principal', '4100', '15505'],
  ['has less', { BTC: { principal: '1' }, USDT: { free: '22000' } }, 'free', '5000', '15460'],
] as const)('Q1 an account that %s than when it was measured', (_how, stocks, bucket, sum, to) => {
  const { ledger, account } = accountWith(venue, stocks)
  const watch = new Watch(ledger, [account], () => 1.1)
  const start = pricesOf(venue, { BTC: bucket === 'free' ? '11000' : '20000' })
  expect(watch.review(start)).toEqual({ found: [], measured: 1 })
  const { external, loans } = VENUE_ACCOUNT
  const beside = bucket === 'free' ? external : loans
  ledger.move(venue.usdt, account, BUCKET[bucket], beside, BUCKET.free, units(sum))
  watch.list.note(account)
  expect(watch.review(start)).toEqual({ found: [], measured: 1 })
  expect(watch.review(pricesOf(venue, { BTC: to })).found).toEqual([account])
})

test('Q1 what a move costs grows with the accounts near their level, not with all', () => {
  const ledger = new Ledger(venue.assets.length)
  const accounts = Array.from({ length: 2_000 }, (_, n) => {
    const account = ledger.openAccount()
    // Every hundredth is at its level at 19,980 BTC, and so within 0.1 %; the others are at half the price or below.
    const owed = n % 100 === 0 ? '18163.6' : String(1_000 + 4 * n)
    addTo(ledger, account, venue, { BTC: { free: '1' }, USDT: { principal: owed } })
    return account
  })
  const watch = new Watch(ledger, accounts, () => 1.1)
  expect(watch.review(pricesOf(venue, { BTC: '20000' })).measured).toBe(2_000)
  expect(watch.review(pricesOf(venue, { BTC: '20000' })).measured).toBe(0)
  // Of another asset, and away from every level.
  expect(watch.review(pricesOf(venue, { BTC: '20000', ETH: '7' })).measured).toBe(0)
  expect(watch.review(pricesOf(venue, { BTC: '20010', ETH: '3' })).measured).toBe(0)
  expect(watch.review(pricesOf(venue, { BTC: '19990', ETH: '3' })).measured).toBe(20)
  const { found, measured } = watch.review(pricesOf(venue, { BTC: '19979', ETH: '3' }))
  expect([found.length, measured]).toEqual([20, 20])
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

test('Q1 what a rehearsal moves is not watched', () => {
  const { ledger, account } = accountWith(venue, { USDT: { free: '12', principal: '10' } })
  const watch = new Watch(ledger, [account], () => 1.1)
  ledger.drainTouched(() => {})
  expect(() => ledger.rehearse(() => watch.review(pricesOf(venue, {})))).toThrow('taken back')
})

test('Q1 when more need watches than are placed at once, the others are measured until their turn', () => {
  const ledger = new Ledger(venue.assets.length)
  const accounts = Array.from({ length: 140_000 }, () => {
    const account = ledger.openAccount()
    addTo(ledger, account, venue, { BTC: { free: '1' }, USDT: { principal: '10000' } })
    return account
  })
  const watch = new Watch(ledger, accounts, () => 1.1)
  const review = (BTC: string) => {
    const { found, measured } = watch.review(pricesOf(venue, { BTC }))
    return [found.length, measured]
  }
  expect(review('20000')).toEqual([0, 140_000])
  const rest = 140_000 - 2 ** 17
  expect(review('20000')).toEqual([0, rest])
  expect(review('20000')).toEqual([0, 0])
  expect(review('14000')).toEqual([0, 140_000])
  expect(review('11000')).toEqual([140_000, 140_000])
})
