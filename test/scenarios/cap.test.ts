import { expect, test } from 'vitest'
import { amountOf, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { loadProfile } from '../../src/venue/profile.ts'

const PRICES = { BTC: '30000', ETH: '2000', SOL: '100', LTC: '100', LINK: '10' }

/** A venue without fees, so that a position stays exactly what was bought. */
function exchangeWith(prices: Record<string, string> = PRICES) {
  const classic = loadProfile('classic')
  const policy = { ...classic.policy, makerFee: '0', takerFee: '0' }
  const exchange = new TestExchange({ ...classic, policy })
  exchange.prices(prices)
  const funds = Object.fromEntries(Object.keys(prices).map((code) => [code, '1000000']))
  const maker = exchange.stranger({ SPOT: { USDT: '1000000000', ...funds } })
  for (const [code, price] of Object.entries(prices)) {
    const size = String(Math.floor(4_000_000 / Number(price)))
    exchange.quote(maker, `${code}USDT`, [[String(Number(price) - 0.1), size]], [[price, size]])
  }
  return exchange
}

test.each`
  order                    | verdict
  ${'BUY 1 BTCUSDT'}       | ${'accepted'}
  ${'BUY 1.00001 BTCUSDT'} | ${'6000.06000000 over 6000.00000000, at most 1.00000000'}
  ${'BUY 0.99999 BTCUSDT'} | ${'accepted'}
`('P2 P3 P5 with 60,000 USDT of own funds, $order: $verdict', ({ order, verdict }) => {
  const exchange = exchangeWith()
  const userId = exchange.user({ CROSS_MARGIN: { USDT: '60000' } })
  const { refusal } = exchange.do(exchange.order(userId, order))
  const show = (sum: bigint) =>
    `${sum / 100_000_000n}.${(sum % 100_000_000n).toString().padStart(8, '0')}`
  const said =
    refusal?.reason === 'position_cap'
      ? `${show(refusal.asked)} over ${show(refusal.cap)}, at most ${show(refusal.maxQuantity)}`
      : (refusal?.reason ?? 'accepted')
  expect(said).toBe(verdict)
})

test('P3 resting orders count: what rests and what is asked are bounded together', () => {
  const exchange = exchangeWith()
  const userId = exchange.user({ CROSS_MARGIN: { USDT: '60000' } })
  exchange.must(exchange.order(userId, 'BUY 0.6 BTCUSDT @ 29000'))
  const { refusal } = exchange.do(exchange.order(userId, 'BUY 0.40001 BTCUSDT @ 29000'))
  expect(refusal).toMatchObject({ reason: 'position_cap', maxQuantity: amountOf('0.4') })
  expect(exchange.do(exchange.order(userId, 'BUY 0.4 BTCUSDT @ 29000')).refusal).toBeNull()
})

test('P4 five pairs at ten per cent each, borrowing in total far above ten per cent', () => {
  const exchange = exchangeWith()
  const userId = exchange.user({ CROSS_MARGIN: { USDT: '60000' } })
  const orders = ['1 BTCUSDT', '15 ETHUSDT', '300 SOLUSDT', '300 LTCUSDT', '3000 LINKUSDT']
  for (const size of orders) {
    // Each loan's first hour of interest lowers E by a little; what is already owed is the slack asked for.
    const [quantity, name] = size.split(' ') as [string, string]
    const symbol = exchange.symbol(name)
    const preview = exchange.ask('previewOrder', {
      place: exchange.order(userId, `BUY ${size}`, { sideEffect: 'MARGIN_BUY' }),
    })
    const max =
      preview.cap?.maxQuantity ??
      (preview.refusal?.reason === 'position_cap' ? preview.refusal.maxQuantity : 0n)
    const most = max < amountOf(quantity) ? max : amountOf(quantity)
    const lots = Number(most / symbol.stepSize)
    const text = (BigInt(lots) * symbol.stepSize).toString().padStart(9, '0')
    const asked = `${text.slice(0, -8)}.${text.slice(-8)}`
    exchange.must(exchange.order(userId, `BUY ${asked} ${name}`, { sideEffect: 'MARGIN_BUY' }))
  }
  const positions = exchange.ask('positions', { userId })
  expect(positions).toHaveLength(5)
  for (const { capUsed } of positions) expect(Number(capUsed)).toBeGreaterThan(0.99)
  const borrowed = exchange
    .ask('balances', { userId, wallet: 'CROSS_MARGIN' })
    .map((b) => b.borrowed)
  const total = borrowed.reduce((sum, b) => sum + b, 0n)
  expect(total).toBeGreaterThan(amountOf('85000'))
})

test('P1 P3 buying back a short and selling what is held are never stopped by the cap', () => {
  const exchange = exchangeWith()
  const userId = exchange.user({ CROSS_MARGIN: { USDT: '60000', ETH: '100' } })
  // 60,000 + 200,000 of own funds: a cap of 26,000 USDT of initial margin.
  exchange.must(exchange.order(userId, 'SELL 4 BTCUSDT', { sideEffect: 'MARGIN_BUY' }))
  expect(exchange.ask('positions', { userId })).toMatchObject([
    { side: 'SHORT', quantity: amountOf('4') },
  ])
  // The account loses most of its worth; the same sizes would now be far beyond the cap.
  exchange.prices({ ETH: '100' })
  const sell = exchange.do(exchange.order(userId, 'SELL 100 ETHUSDT @ 100'))
  expect(sell.refusal).toBeNull()
  expect(exchange.ask('positions', { userId }).map((p) => p.side)).toEqual(['SHORT'])
  expect(
    exchange.do(exchange.order(userId, 'BUY 4 BTCUSDT', { sideEffect: 'AUTO_REPAY' })).refusal,
  ).toBeNull()
})
