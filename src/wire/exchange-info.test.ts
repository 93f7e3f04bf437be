import { expect, test } from 'vitest'
import { profileDocument, profileVenue } from '../../test/gateway/profile-venue.ts'
import { present } from '../core/assert.ts'
import { TRADING_DEFAULT } from '../core/domain/order-rules-default.ts'
import { parseVenue } from '../core/domain/parse-venue.ts'
import type { CommissionAnswer } from '../core/domain/question.ts'
import { SYMBOL_STATES, type SymbolState } from '../core/domain/venue.ts'
import { decimal } from '../core/money/decimal.ts'
import type { Rate } from '../core/money/rate.ts'
import { commissionBody, orderCommissionBody } from './commission-answer.ts'
import { exchangeInfoBody, executionRulesBody } from './exchange-info.ts'
import { myFiltersBody } from './filter-rows.ts'

const venue = profileVenue()
const symbol = present(venue.symbols[0], 'the profile has a symbol')

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects.
function infoOf(of = venue, state: SymbolState = 'TRADING'): any {
  const states = of.symbols.map(() => ({ state, untilMs: null }))
  return exchangeInfoBody(of, of.symbols.slice(0, 1), { timestampMs: 1, rateLimits: [], states })
}

test.each<[SymbolState, string]>([
  ['TRADING', 'TRADING'],
  ['POST_ONLY', 'BREAK'],
  ['CANCEL_ONLY', 'CANCEL_ONLY'],
  ['HALTED', 'HALT'],
])('T20 a symbol that is %s has the status %s', (state, status) => {
  expect(infoOf(venue, state).symbols[0].status).toBe(status)
  expect(SYMBOL_STATES).toContain(state)
})

test('T26 a symbol lists every order type, permission and filter', () => {
  const [info] = infoOf().symbols
  expect(info).toMatchObject({
    orderTypes: [
      'LIMIT',
      'LIMIT_MAKER',
      'MARKET',
      'STOP_LOSS',
      'STOP_LOSS_LIMIT',
      'TAKE_PROFIT',
      'TAKE_PROFIT_LIMIT',
    ],
    icebergAllowed: true,
    ocoAllowed: true,
    otoAllowed: true,
    allowTrailingStop: true,
    cancelReplaceAllowed: true,
    amendAllowed: true,
    opoAllowed: false,
    pegInstructionsAllowed: false,
    defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
    allowedSelfTradePreventionModes: [
      'NONE',
      'EXPIRE_TAKER',
      'EXPIRE_MAKER',
      'EXPIRE_BOTH',
      'DECREMENT',
      'TRANSFER',
    ],
  })
  expect(info.filters.map((filter: { filterType: string }) => filter.filterType)).toEqual([
    'PRICE_FILTER',
    'LOT_SIZE',
    'ICEBERG_PARTS',
    'MARKET_LOT_SIZE',
    'TRAILING_DELTA',
    'PERCENT_PRICE_BY_SIDE',
    'NOTIONAL',
    'MAX_NUM_ORDERS',
    'MAX_NUM_ORDER_LISTS',
    'MAX_NUM_ALGO_ORDERS',
    'MAX_NUM_ICEBERG_ORDERS',
    'MAX_NUM_ORDER_AMENDS',
  ])
  expect(info.filters).toContainEqual({
    filterType: 'TRAILING_DELTA',
    minTrailingAboveDelta: 10,
    maxTrailingAboveDelta: 2000,
    minTrailingBelowDelta: 10,
    maxTrailingBelowDelta: 2000,
  })
})

test('T26 what limits a symbol only there is listed only there', () => {
  const limited = profileVenue({ maximumPosition: '12.5', maximumAmendments: 3 })
  const [{ filters }] = infoOf(limited).symbols
  expect(filters).toContainEqual({ filterType: 'MAX_POSITION', maxPosition: '12.50000000' })
  expect(filters).toContainEqual({ filterType: 'MAX_NUM_ORDER_AMENDS', maxNumOrderAmends: 3 })
})

test('T26 the exchange’s own filters are listed apart', () => {
  expect(infoOf().exchangeFilters).toEqual([
    { filterType: 'EXCHANGE_MAX_NUM_ORDERS', maxNumOrders: TRADING_DEFAULT.maximumOrders },
    {
      filterType: 'EXCHANGE_MAX_NUM_ALGO_ORDERS',
      maxNumAlgoOrders: TRADING_DEFAULT.maximumAlgoOrders,
    },
    {
      filterType: 'EXCHANGE_MAX_NUM_ICEBERG_ORDERS',
      maxNumIcebergOrders: TRADING_DEFAULT.maximumIcebergOrders,
    },
    {
      filterType: 'EXCHANGE_MAX_NUM_ORDER_LISTS',
      maxNumOrderLists: TRADING_DEFAULT.maximumOrderLists,
    },
  ])
})

test('T26 an asset’s filter is in myFilters', () => {
  const document = profileDocument()
  const assets = document.assets.map((asset) =>
    asset.code === 'USDT' ? { ...asset, maximumPerOrder: '1000000' } : asset,
  )
  const limited = parseVenue({ ...document, assets })
  const first = present(limited.symbols[0], 'the profile has a symbol')
  expect(myFiltersBody(first, limited)).toMatchObject({
    exchangeFilters: [{ filterType: 'EXCHANGE_MAX_NUM_ORDERS' }, {}, {}, {}],
    assetFilters: [{ filterType: 'MAX_ASSET', asset: 'USDT', limit: '1000000.00000000' }],
  })
  expect(myFiltersBody(symbol, venue)).toMatchObject({ assetFilters: [] })
})

test('T18 the execution band is a rule of its symbol', () => {
  const executionBand = { bidUp: '1.15', bidDown: '0.85', askUp: '1.2', askDown: '0.8' }
  expect(executionRulesBody(profileVenue({ executionBand }).symbols.slice(0, 1))).toEqual({
    symbolRules: [
      {
        symbol: 'BTCUSDT',
        rules: [
          {
            ruleType: 'PRICE_RANGE',
            bidLimitMultUp: '1.15',
            bidLimitMultDown: '0.85',
            askLimitMultUp: '1.2',
            askLimitMultDown: '0.8',
          },
        ],
      },
    ],
  })
  expect(executionRulesBody([symbol])).toEqual({ symbolRules: [{ symbol: 'BTCUSDT', rules: [] }] })
})

const rate = (text: string) => decimal(text, 12) as Rate
const rates = ([maker, taker, buyer, seller]: readonly [string, string, string, string]) => ({
  maker: rate(maker),
  taker: rate(taker),
  buyer: rate(buyer),
  seller: rate(seller),
})

// The rates and both answers are those of Binance's faqs/commission_faq.md, discounts apart.
const COMMISSION: CommissionAnswer = {
  tier: 0,
  volume: 0n as CommissionAnswer['volume'],
  standard: rates(['0.0000004', '0.0000005', '0.0000001', '0.0000001']),
  special: rates(['0.04', '0.05', '0.01', '0.01']),
  tax: rates(['0.00000128', '0.0000013', '0.000001', '0.000001']),
}

test('T27 a test order answers both rates with the part of its side in them', () => {
  expect(orderCommissionBody('SELL', COMMISSION)).toMatchObject({
    standardCommissionForOrder: { maker: '0.00000050', taker: '0.00000060' },
    specialCommissionForOrder: { maker: '0.05000000', taker: '0.06000000' },
    taxCommissionForOrder: { maker: '0.00000228', taker: '0.00000230' },
    discount: { enabledForAccount: false, enabledForSymbol: false },
  })
})

test('T27 the rates of an account are told part by part', () => {
  expect(commissionBody(symbol, COMMISSION)).toMatchObject({
    symbol: 'BTCUSDT',
    standardCommission: {
      maker: '0.00000040',
      taker: '0.00000050',
      buyer: '0.00000010',
      seller: '0.00000010',
    },
    specialCommission: { maker: '0.04000000', seller: '0.01000000' },
    taxCommission: { taker: '0.00000130', buyer: '0.00000100' },
  })
})
