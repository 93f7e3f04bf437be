import type { UserId } from '../../src/core/domain/ids.ts'
import type { PolicyDocument, VenueDocument } from '../../src/core/domain/venue-document.ts'
import { amountOf, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { formatDecimal } from '../../src/core/money/decimal.ts'
import { loadProfile } from '../../src/venue/profile.ts'

/** No fees, no interest, no cap: so that levels are round numbers. */
export function plainVenue(policy: Partial<PolicyDocument> = {}): VenueDocument {
  const classic = loadProfile('classic')
  return {
    ...classic,
    assets: classic.assets.map((asset) => ({ ...asset, dailyInterestRate: '0' })),
    policy: {
      ...classic.policy,
      makerFee: '0',
      takerFee: '0',
      positionInitialMarginCap: null,
      minimumAverageBalance: null,
      ...policy,
    },
  }
}

export interface Stage {
  readonly exchange: TestExchange
  readonly maker: UserId
  readonly trader: UserId
}

/** Long 1 BTC and 10 ETH, short 100 SOL, on 10,000 USDT: assets 30,000, debts 20,000. */
export function portfolio(policy: Partial<PolicyDocument> = {}): Stage {
  const exchange = new TestExchange(plainVenue(policy))
  exchange.prices({ BTC: '10000', ETH: '1000', SOL: '100' })
  const maker = exchange.stranger({
    SPOT: { USDT: '10000000', BTC: '100', ETH: '1000', SOL: '10000' },
  })
  exchange.quote(maker, 'BTCUSDT', [], [['10000', '50']])
  exchange.quote(maker, 'ETHUSDT', [], [['1000', '50']])
  exchange.quote(maker, 'SOLUSDT', [['100', '500']], [])
  const trader = exchange.user({ CROSS_MARGIN: { USDT: '10000' } })
  const sideEffect = 'MARGIN_BUY'
  exchange.must(exchange.order(trader, 'BUY 1 BTCUSDT', { sideEffect }))
  exchange.must(exchange.order(trader, 'BUY 10 ETHUSDT', { sideEffect }))
  exchange.must(exchange.order(trader, 'SELL 100 SOLUSDT', { sideEffect }))
  quoteAll(exchange, maker, { BTC: '10000', ETH: '1000', SOL: '100' })
  return { exchange, maker, trader }
}

/** Both sides at one price, a tick apart: the ask is the price itself for buys, the bid for sells. */
export function quoteAll(
  exchange: TestExchange,
  maker: UserId,
  prices: Record<string, string>,
  size = '500',
): void {
  for (const [code, price] of Object.entries(prices)) {
    exchange.quote(maker, `${code}USDT`, [], [])
    const quantity = code === 'SOL' ? size : String(Number(size) / 10)
    exchange.quote(maker, `${code}USDT`, [[price, quantity]], [])
    exchange.quote(
      maker,
      `${code}USDT`,
      [[price, quantity]],
      [[aboveBy(exchange, code, price), quantity]],
    )
  }
}

function aboveBy(exchange: TestExchange, code: string, price: string): string {
  return formatDecimal(amountOf(price) + exchange.symbol(`${code}USDT`).tickSize, 8)
}

/** The index falls past an empty book; then there are quotes again, and the next price. */
export function gap(exchange: TestExchange, maker: UserId, prices: Record<string, string>) {
  for (const code of Object.keys(prices)) exchange.quote(maker, `${code}USDT`, [], [])
  const fallen = exchange.prices(prices).events
  quoteAll(exchange, maker, prices)
  return [...fallen, ...exchange.prices(prices).events]
}
