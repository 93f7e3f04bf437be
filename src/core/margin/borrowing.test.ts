import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvariantViolation } from '../assert.ts'
import type { Asset, Levels } from '../domain/venue.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import type { IndexPrice } from '../money/price.ts'
import { INDEX_PRICE_SCALE, valueAt, ZERO_VALUE } from '../money/price.ts'
import type { MaxBorrowable, MaxBorrowableInput, MissingPrice } from './borrowing.ts'
import { maxBorrowable, maxTransferable, passesInitial } from './borrowing.ts'
import type { Account, Stock } from './fixture.ts'
import { accountWith, addTo, assetOf, pricesOf, rate, testVenue, units } from './fixture.ts'
import { hourlyInterest } from './interest.ts'
import { valueAccount } from './valuation.ts'

const venue = testVenue()
const PLENTY = units('20000000000')
const { 3: LEVELS_3X, 5: LEVELS_5X } = venue.policy.levels

function ask(
  stocks: Readonly<Record<string, Stock>>,
  asset: Asset,
  levels: Levels,
  more: Partial<MaxBorrowableInput> = {},
): MaxBorrowable | MissingPrice {
  return maxBorrowable({
    ...accountWith(venue, stocks),
    venue,
    prices: pricesOf(venue, { BTC: '50000', ETH: '2000', TOKEN: '2', JUNK: '1' }),
    asset,
    levels,
    inFull: false,
    dailyRate: asset.dailyInterestRate,
    userBorrowLimit: asset.userBorrowLimit,
    owedByVenue: ZERO,
    poolFree: PLENTY,
    ...more,
  })
}

const usdt = assetOf(venue, 'USDT')
const free: Asset = { ...usdt, dailyInterestRate: rate('0') }

// Derived from Binance's published rule, (C − IRR·D)/(IRR − 1), for a loan without interest.
test.each([
  ['10,000 at 3x', { USDT: { free: '10000' } }, LEVELS_3X, '20000'],
  ['10,000 at 5x', { USDT: { free: '10000' } }, LEVELS_5X, '40000'],
  ['30,000 with a debt of 20,000 at 5x', OWING('30000', '20000'), LEVELS_5X, '20000'],
  ['a debt exactly at the borrow level', OWING('12500', '10000'), LEVELS_5X, '0'],
  ['a debt below the borrow level', OWING('12499.99999999', '10000'), LEVELS_5X, '0'],
  ['one unit above it', OWING('12500.00000001', '10000'), LEVELS_5X, '0.00000004'],
  ['nothing', {}, LEVELS_5X, '0'],
  ['collateral without weight', { JUNK: { free: '1000' } }, LEVELS_5X, '0'],
])('B2 the headroom of %s', (_what, stocks, levels, headroom) => {
  expect(ask(stocks, free, levels)).toMatchObject({ headroom: units(headroom) })
})

function OWING(held: string, principal: string): Readonly<Record<string, Stock>> {
  return { USDT: { free: held, principal } }
}

test('I1 B2 the hour charged with the loan is part of it', () => {
  // Owed with the hour, rounded up: 39,998.40007996; 1.25 times that is 49,998.00009995.
  expect(ask({ USDT: { free: '10000' } }, usdt, LEVELS_5X)).toMatchObject({
    headroom: units('39998.00009995'),
  })
})

test('C2 B2 an asset with a haircut brings less collateral than it owes', () => {
  // 950 of collateral; each ETH lent brings 1,900 and requires 2,500.
  const eth = { ...assetOf(venue, 'ETH'), dailyInterestRate: rate('0') }
  expect(ask({ ETH: { free: '0.5' } }, eth, LEVELS_5X)).toMatchObject({
    headroom: units('1.58333333'),
  })
})

test.each([
  ['headroom', {}, {}, '39998.00009995'],
  ['user_limit', { userBorrowLimit: units('100') }, {}, '100'],
  ['pool', { poolReserve: units('10') }, { poolFree: units('60') }, '50'],
  ['pool', { poolReserve: units('10') }, { poolFree: units('5') }, '0'],
  ['venue_cap', { venueBorrowCap: units('500') }, { owedByVenue: units('493') }, '7'],
  ['venue_cap', { venueBorrowCap: units('500') }, { owedByVenue: units('501') }, '0'],
] as const)('B2 B3 the least bound is named: %s', (binding, asset, more, amount) => {
  const max = ask({ USDT: { free: '10000' } }, { ...usdt, ...asset }, LEVELS_5X, more)
  expect(max).toMatchObject({ binding, amount: units(amount) })
})

test('B2 the user’s limit counts the principal owed already', () => {
  const asset = { ...free, userBorrowLimit: units('20001') }
  const max = ask(OWING('30000', '20000'), asset, LEVELS_5X)
  expect(max).toMatchObject({
    binding: 'user_limit',
    amount: units('1'),
    userLimit: units('1'),
    borrowLimit: units('20001'),
  })
})

test.each([
  ['the asset asked for', assetOf(venue, 'USDC'), { USDT: { free: '1' } }, 'USDC'],
  ['an asset held', usdt, { USDC: { free: '1' } }, 'USDC'],
  ['an asset owed', usdt, { USDC: { principal: '1' } }, 'USDC'],
])('X3 B2 without a price for %s nothing is decided', (_what, asset, stocks, missing) => {
  expect(ask(stocks, asset, LEVELS_5X)).toEqual({ missing: assetOf(venue, missing).index })
})

test('L1 levels out of order are never used', () => {
  const levels = { ...LEVELS_5X, borrow: rate('1') }
  expect(() => ask({ USDT: { free: '1' } }, usdt, levels)).toThrow(InvariantViolation)
})

const sum = fc.bigInt(0n, units('5000000'))
const small = fc.bigInt(0n, units('800000'))
const few = fc.bigInt(0n, units('9000'))
const portfolio = fc.record({
  USDT: fc.record({ free: sum, principal: small, interest: fc.bigInt(0n, 1_000_000n) }),
  BTC: fc.record({ free: fc.bigInt(0n, units('6000')), principal: fc.bigInt(0n, units('10')) }),
  ETH: fc.record({ free: few, locked: few, principal: fc.bigInt(0n, units('300')) }),
  TOKEN: fc.record({ free: sum, principal: small }),
})
const price = (low: string, high: string) =>
  fc.bigInt(units(low), units(high)).map((atoms) => atoms as unknown as IndexPrice)
const quotes = fc.record({
  BTC: price('10000', '90000'),
  ETH: price('100', '5000'),
  TOKEN: price('1', '9'),
})
const pricesAt = (set: Readonly<Record<string, IndexPrice>>) =>
  venue.assets.map(({ code }) =>
    code === 'USDT' ? (100_000_000n as IndexPrice) : (set[code] ?? null),
  )
const borrowedCode = fc.constantFrom('USDT', 'BTC', 'ETH', 'TOKEN')
const leverage = fc.constantFrom(LEVELS_3X, LEVELS_5X)

function passesAfterLoan(
  { ledger, account }: Account,
  asset: Asset,
  prices: ReturnType<typeof pricesAt>,
  lent: bigint,
  levels: Levels,
  owedPrices = prices,
): boolean {
  return ledger.rehearse(() => {
    const interest = hourlyInterest(lent as Amount, asset.dailyInterestRate)
    addTo(ledger, account, venue, { [asset.code]: { free: lent, principal: lent, interest } })
    return passesInitial(valueAccount(ledger, account, venue, prices, owedPrices), levels)
  })
}

test('B1 B2 I1 the headroom passes on the ledger itself, one unit more does not', () => {
  fc.assert(
    fc.property(portfolio, quotes, borrowedCode, leverage, (stocks, set, code, levels) => {
      const opened = accountWith(venue, stocks)
      opened.ledger.drainTouched(() => {})
      const prices = pricesAt(set)
      const asset = assetOf(venue, code)
      const max = maxBorrowable({
        ...opened,
        venue,
        prices,
        asset,
        levels,
        inFull: false,
        dailyRate: asset.dailyInterestRate,
        userBorrowLimit: asset.userBorrowLimit,
        owedByVenue: ZERO,
        poolFree: PLENTY,
      }) as MaxBorrowable
      expect(passesAfterLoan(opened, asset, prices, max.headroom + 1n, levels)).toBe(false)
      if (max.headroom > 0n) {
        expect(passesAfterLoan(opened, asset, prices, max.headroom, levels)).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})

test('C4 B1 B2 with debts at prices of their own the headroom passes on the ledger, one unit more does not', () => {
  const above = fc.array(fc.bigInt(0n, 10n ** 13n), { minLength: 6, maxLength: 6 })
  fc.assert(
    fc.property(
      portfolio,
      quotes,
      above,
      borrowedCode,
      leverage,
      (stocks, set, more, code, levels) => {
        const opened = accountWith(venue, stocks)
        opened.ledger.drainTouched(() => {})
        const prices = pricesAt(set)
        const owedPrices = prices.map((each, place) =>
          each === null ? null : ((each + (more[place] ?? 0n)) as IndexPrice),
        )
        const asset = assetOf(venue, code)
        const pool = { owedByVenue: ZERO, poolFree: PLENTY }
        const input = {
          ...opened,
          venue,
          prices,
          owedPrices,
          asset,
          dailyRate: asset.dailyInterestRate,
          userBorrowLimit: asset.userBorrowLimit,
          inFull: false,
          levels,
          ...pool,
        }
        const { headroom } = maxBorrowable(input) as MaxBorrowable
        const passes = (lent: bigint) =>
          passesAfterLoan(opened, asset, prices, lent, levels, owedPrices)
        expect(passes(headroom + 1n)).toBe(false)
        if (headroom > 0n) expect(passes(headroom)).toBe(true)
      },
    ),
    { numRuns: 300 },
  )
})

// Binance, "Maximum transfer-out amount": debt 5,000 and interest 150.
test.each([
  ['assets of 8,000, level 1.55', '8000', '0'],
  ['assets of 20,000, level 3.88', '20000', '9700'],
  ['assets exactly at 2', '10300', '0'],
  ['a unit above 2', '10300.00000001', '0.00000001'],
])('L2 with a debt of 5,150 and %s', (_what, held, max) => {
  const stocks = { USDT: { free: held, principal: '5000', interest: '150' } }
  expect(transferable(stocks, 'USDT')).toBe(units(max))
})

function transferable(
  stocks: Readonly<Record<string, Stock>>,
  code: string,
  prices = {},
  openOrdersLoss = ZERO_VALUE,
) {
  return maxTransferable({
    ...accountWith(venue, stocks),
    venue,
    prices: pricesOf(venue, prices),
    asset: assetOf(venue, code),
    levels: LEVELS_5X,
    inFull: false,
    openOrdersLoss,
  })
}

test('L2 without debt all that is free may leave, with or without a price', () => {
  expect(transferable({ ETH: { free: '3', locked: '2' } }, 'ETH')).toBe(units('3'))
})

test('L2 L6 what open orders may lose against the index stays in the account', () => {
  const stocks = { USDT: { free: '20000', principal: '5000', interest: '150' } }
  const lost = valueAt(units('700'), INDEX_PRICE_SCALE as IndexPrice)
  expect(transferable(stocks, 'USDT', {}, lost)).toBe(units('9000'))
})

test('L2 with debt never more than what is free', () => {
  const stocks = { USDT: { free: '5', locked: '20000', principal: '100' } }
  expect(transferable(stocks, 'USDT')).toBe(units('5'))
})

test('L2 C2 an asset leaves by its weight, one without any leaves whole', () => {
  const stocks = {
    ETH: { free: '30' },
    JUNK: { free: '9' },
    USDT: { principal: '9500' },
  }
  const prices = { ETH: '1000', JUNK: '50' }
  // C is 28,500, twice the debt 19,000: 9,500 of collateral is 10 ETH.
  expect(transferable(stocks, 'ETH', prices)).toBe(units('10'))
  expect(transferable(stocks, 'JUNK', prices)).toBe(units('9'))
})

test('L2 below the transfer-out level not even worthless collateral leaves', () => {
  const stocks = { JUNK: { free: '9' }, USDT: { free: '19999', principal: '10000' } }
  expect(transferable(stocks, 'JUNK', { JUNK: '50' })).toBe(0n)
})

test('X3 L2 with debt and without a price nothing is decided', () => {
  const stocks = { ETH: { free: '30' }, USDT: { free: '100', principal: '1' } }
  expect(transferable(stocks, 'USDT')).toEqual({ missing: assetOf(venue, 'ETH').index })
})

test('L2 what may leave keeps C at the transfer-out level, one unit more does not', () => {
  fc.assert(
    fc.property(portfolio, quotes, borrowedCode, (stocks, set, code) => {
      const { ledger, account } = accountWith(venue, stocks)
      ledger.drainTouched(() => {})
      const prices = pricesAt(set)
      const asset = assetOf(venue, code)
      const openOrdersLoss = ZERO_VALUE
      const input = {
        ledger,
        account,
        venue,
        prices,
        asset,
        levels: LEVELS_5X,
        inFull: false,
        openOrdersLoss,
      }
      const max = maxTransferable(input) as Amount
      const keeps = (taken: bigint): boolean =>
        ledger.rehearse(() => {
          if (taken > 0n) ledger.move(asset.index, account, 0, 0 as typeof account, 0, taken)
          const { collateral, debts } = valueAccount(ledger, account, venue, prices)
          return collateral >= 2n * debts
        })
      const freeNow = ledger.free(account, asset.index)
      expect(max <= freeNow).toBe(true)
      if (max > 0n) expect(keeps(max)).toBe(true)
      if (max < freeNow) expect(keeps(max + 1n)).toBe(false)
    }),
    { numRuns: 300 },
  )
})

test('B2 of equal bounds the account’s own is named', () => {
  const asset = { ...free, userBorrowLimit: units('40000') }
  const poolFree = units('40000')
  const max = ask({ USDT: { free: '10000' } }, asset, LEVELS_5X, { poolFree })
  expect(max).toMatchObject({ amount: units('40000'), binding: 'headroom' })
})
