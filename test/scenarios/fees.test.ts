import { expect, test } from 'vitest'
import type { Event } from '../../src/core/domain/event.ts'
import type { UserId } from '../../src/core/domain/ids.ts'
import type {
  OrderRulesDocument,
  TradingDocument,
  VenueDocument,
} from '../../src/core/domain/venue-document.ts'
import { only, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { loadProfile } from '../../src/venue/profile.ts'

const DAY_MS = 86_400_000

function venue(
  rules: Partial<OrderRulesDocument>,
  trading: Partial<TradingDocument> = {},
): VenueDocument {
  const classic = loadProfile('classic')
  return {
    ...classic,
    symbols: classic.symbols.map((symbol) =>
      symbol.symbol === 'BTCUSDT'
        ? { ...symbol, orderRules: { ...symbol.orderRules, ...rules } }
        : symbol,
    ),
    policy: { ...classic.policy, trading: { ...classic.policy.trading, ...trading } },
  }
}

function traded(
  exchange: TestExchange,
  maker: UserId,
  taker: UserId,
  [rests, takes]: [string, string],
): readonly Event[] {
  exchange.must(exchange.order(maker, rests, { wallet: 'SPOT' }))
  return exchange.must(exchange.order(taker, takes, { wallet: 'SPOT' })).events
}

const FUNDS = { SPOT: { USDT: '90000000', BTC: '1000' } }

test('T27 the worked example of Binance’s commission document: standard, tax and special rates of one sale', () => {
  // binance-spot-api-docs, faqs/commission_faq.md: SELL 0.49975 at 35,000 as taker.
  const exchange = new TestExchange(
    venue({
      standardCommission: {
        maker: '0.0000001',
        taker: '0.0000002',
        buyer: '0.0000003',
        seller: '0.0000004',
      },
      taxCommission: {
        maker: '0.00000112',
        taker: '0.00000114',
        buyer: '0.00000118',
        seller: '0.00000116',
      },
      specialCommission: { maker: '0.01', taker: '0.02', buyer: '0.03', seller: '0.04' },
    }),
  )
  exchange.prices({ BTC: '35000' })
  const [maker, taker] = [exchange.stranger(FUNDS), exchange.stranger(FUNDS)]
  const events = traded(exchange, maker, taker, [
    'BUY 0.49975 BTCUSDT @ 35000',
    'SELL 0.49975 BTCUSDT',
  ])
  const trade = only(
    events.filter((event) => event.type === 'TradeExecuted'),
    'TradeExecuted',
  )
  // 0.01049475 standard + 0.04022988 tax (0.040229875) + 1049.475 special, in the asset received, rounded up.
  expect(trade.taker).toMatchObject({ fee: 104_952_572_463n, feeAsset: exchange.asset('USDT') })
  // The maker buys: 0.49975 × (0.0000004 + 0.0000023 + 0.04) of the base.
  expect(trade.maker).toMatchObject({ fee: 1_999_135n, feeAsset: exchange.asset('BTC') })
})

test.each<[string, Partial<OrderRulesDocument>, bigint]>([
  [
    'the standard part alone',
    {
      standardCommission: {
        maker: '0.0000001',
        taker: '0.0000002',
        buyer: '0.0000003',
        seller: '0.0000004',
      },
    },
    1_049_475n,
  ],
  [
    'no rate at all',
    { standardCommission: { maker: '0', taker: '0', buyer: '0', seller: '0' } },
    0n,
  ],
  ['the policy’s own', {}, 1_749_125_000n],
])('T27 a symbol charges %s', (_what, rules, fee) => {
  const exchange = new TestExchange(venue(rules))
  exchange.prices({ BTC: '35000' })
  const [maker, taker] = [exchange.stranger(FUNDS), exchange.stranger(FUNDS)]
  const events = traded(exchange, maker, taker, [
    'BUY 0.49975 BTCUSDT @ 35000',
    'SELL 0.49975 BTCUSDT',
  ])
  expect(
    only(
      events.filter((event) => event.type === 'TradeExecuted'),
      'TradeExecuted',
    ).taker.fee,
  ).toBe(fee)
})

test('T27 the tier follows the volume of the last thirty full days, from the next midnight on', () => {
  const exchange = new TestExchange(
    venue(
      {},
      {
        feeTiers: [
          { volume: '10000', maker: '0.0008', taker: '0.0009' },
          { volume: '30000', maker: '0.0006', taker: '0.0007' },
        ],
      },
    ),
  )
  exchange.prices({ BTC: '10000' })
  const [maker, taker] = [exchange.stranger(FUNDS), exchange.stranger(FUNDS)]
  const feeOf = (lots: string) => {
    const events = traded(exchange, maker, taker, [
      `BUY ${lots} BTCUSDT @ 10000`,
      `SELL ${lots} BTCUSDT @ 10000`,
    ])
    return only(
      events.filter((event) => event.type === 'TradeExecuted'),
      'TradeExecuted',
    ).taker.fee
  }
  const day = () => {
    exchange.pass(DAY_MS)
    exchange.prices({ BTC: '10000' })
  }
  const tier = () =>
    exchange.ask('commission', { userId: taker, symbol: exchange.symbol('BTCUSDT').index }).tier
  expect(feeOf('1')).toBe(1_000_000_000n)
  expect(tier()).toBe(0)
  day()
  expect(tier()).toBe(1)
  expect(feeOf('1')).toBe(900_000_000n)
  expect(feeOf('1')).toBe(900_000_000n)
  day()
  expect(tier()).toBe(2)
  for (let passed = 0; passed < 29; passed += 1) day()
  // The first day's 10,000 are out of sight, the second's 20,000 not yet.
  expect(tier()).toBe(1)
  day()
  expect(tier()).toBe(0)
})
