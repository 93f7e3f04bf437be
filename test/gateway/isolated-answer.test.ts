import { expect, test } from 'vitest'
import type { SymbolIndex } from '../../src/core/domain/ids.ts'
import type { BalanceLine, IsolatedAnswer } from '../../src/core/domain/question.ts'
import { assetOf, rate, symbolOf, testVenue, units } from '../../src/core/margin/fixture.ts'
import { isolatedLevel } from '../../src/core/margin/isolated-level.ts'
import type { IndexPrice } from '../../src/core/money/price.ts'
import { isolatedAccountBody, isolatedTierBodies } from '../../src/wire/isolated-answer.ts'

/** Prices in BTC have more places than an index price: a whole BTC is 10¹⁶ of them here. */
const BTC_PRICE = 10n ** 16n

const venue = testVenue()
const token = symbolOf(venue, 'TOKENUSDT')

function line(code: string, [free, locked, borrowed, interest]: readonly string[]): BalanceLine {
  const sum = (text = '0') => units(text)
  return {
    asset: assetOf(venue, code).index,
    free: sum(free),
    locked: sum(locked),
    borrowed: sum(borrowed),
    interest: sum(interest),
  }
}

test('S4 the account that a user of Binance’s pasted is answered digit for digit', () => {
  const base = line('TOKEN', ['1463.4144', '491.3', '0', '0'])
  const quote = line('USDT', ['20.65536756', '0', '889.66509394', '0.05560407'])
  const prices = { base: 106_866_540_560n as IndexPrice, quote: 177_800_000_000n as IndexPrice }
  const indexPrice = units('0.60221962')
  const answer: IsolatedAnswer = {
    pair: token.index as SymbolIndex,
    created: true,
    enabled: true,
    base,
    quote,
    prices,
    indexPrice,
    ...isolatedLevel({
      base: { held: units('1954.7144'), owed: units('0') },
      quote: { held: units('20.65536756'), owed: units('889.72069801') },
      baseWorth: prices.base,
      quoteWorth: prices.quote,
      indexPrice,
      liquidation: rate('1.1575'),
    }),
    status: 'EXCESSIVE',
    tier: 2,
    multiple: units('4.2'),
    canTrade: true,
  }
  expect(isolatedAccountBody(answer, venue, BTC_PRICE)).toEqual({
    baseAsset: {
      asset: 'TOKEN',
      borrowEnabled: true,
      borrowed: '0',
      free: '1463.4144',
      interest: '0',
      locked: '491.3',
      netAsset: '1954.7144',
      netAssetOfBtc: '0.02088936',
      repayEnabled: true,
      totalAsset: '1954.7144',
    },
    quoteAsset: {
      asset: 'USDT',
      borrowEnabled: true,
      borrowed: '889.66509394',
      free: '20.65536756',
      interest: '0.05560407',
      locked: '0',
      netAsset: '-869.06533045',
      netAssetOfBtc: '-0.01545198',
      repayEnabled: true,
      totalAsset: '20.65536756',
    },
    symbol: 'TOKENUSDT',
    isolatedCreated: true,
    enabled: true,
    marginLevel: '1.34371923',
    marginLevelStatus: 'EXCESSIVE',
    marginRatio: '4.2',
    indexPrice: '0.60221962',
    liquidatePrice: '0.51628838',
    liquidateRate: '-14.269087',
    tradeEnabled: true,
  })
})

test('S3 a pair’s tiers are told from 1, each with its multiple, ratios and limits', () => {
  const tier = { marginCall: '1.19', liquidation: '1.15' }
  const tiered = testVenue({
    isolated: {
      tiers: {
        TOKENUSDT: [
          { ...tier, borrow: '1.25', baseMaximum: '100', quoteMaximum: '500' },
          { ...tier, borrow: '1.3125', baseMaximum: '200', quoteMaximum: null },
        ],
      },
    },
  })
  expect(isolatedTierBodies(symbolOf(tiered, 'TOKENUSDT'), tiered)).toEqual([
    {
      symbol: 'TOKENUSDT',
      tier: 1,
      effectiveMultiple: '5',
      initialRiskRatio: '1.25',
      liquidationRiskRatio: '1.15',
      baseAssetMaxBorrowable: '100',
      quoteAssetMaxBorrowable: '500',
    },
    {
      symbol: 'TOKENUSDT',
      tier: 2,
      effectiveMultiple: '4.2',
      initialRiskRatio: '1.3125',
      liquidationRiskRatio: '1.15',
      baseAssetMaxBorrowable: '200',
      quoteAssetMaxBorrowable: '1000000000',
    },
  ])
})
