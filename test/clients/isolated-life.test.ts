import ccxt from 'ccxt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StartedVenue } from '../../src/index.ts'
import { startVenue } from '../../src/index.ts'

// `ccxt` as it comes from npm, told only where the venue is. Under `binance` both modes run side by side.
const SYMBOL = 'BTC/USDT'
const ISOLATED = { marginMode: 'isolated' } as const

let venue: StartedVenue
let exchange: InstanceType<typeof ccxt.binance>

beforeAll(async () => {
  venue = await startVenue({ seed: 7, policy: 'binance' })
  const user = await venue.sandbox.createUser({
    kyc: 'APPROVED',
    disclosure: true,
    wallets: { SPOT: { USDT: '60000' }, CROSS_MARGIN: { USDT: '20000' } },
    fundedDaysAgo: 8,
    mode: 'CROSS',
  })
  exchange = new ccxt.binance(venue.ccxt({ ...user, secretKey: user.secretKey ?? '' }))
  await exchange.loadMarkets()
})

afterAll(() => venue.close())

async function pair() {
  const { assets } = await exchange.sapiGetMarginIsolatedAccount({ symbols: 'BTCUSDT' })
  return assets[0]
}

test('S1 M3 a trader lives in an isolated pair with the released ccxt, beside cross margin', async () => {
  await exchange.transfer('USDT', 5_000, 'spot', SYMBOL)
  const balance = await exchange.fetchBalance(ISOLATED)
  expect(balance['USDT']).toMatchObject({ free: 5_000 })
  await exchange.borrowIsolatedMargin(SYMBOL, 'USDT', 10_000)
  expect(await pair()).toMatchObject({ quoteAsset: { borrowed: '10000', free: '15000' } })

  const { ask } = await exchange.fetchTicker(SYMBOL)
  const amount = Number((30_000 / (ask ?? 1)).toFixed(4))
  const bought = await exchange.createOrder(SYMBOL, 'market', 'buy', amount, undefined, {
    ...ISOLATED,
    sideEffectType: 'MARGIN_BUY',
  })
  expect(bought).toMatchObject({ status: 'closed', side: 'buy', amount })
  const { marginLevel, marginLevelStatus, liquidatePrice } = await pair()
  expect(Number(marginLevel)).toBeGreaterThan(1.15)
  expect(marginLevelStatus).toBe('EXCESSIVE')
  expect(Number(liquidatePrice)).toBeGreaterThan(0.8 * (ask ?? 0))

  const far = Number(((ask ?? 0) * 1.15).toFixed(2))
  const rest = await exchange.createOrder(SYMBOL, 'limit', 'sell', 0.01, far, ISOLATED)
  const open = await exchange.fetchOpenOrders(SYMBOL, undefined, undefined, ISOLATED)
  expect(open.map(({ id }) => id)).toEqual([rest.id])
  expect(await exchange.fetchOpenOrders(SYMBOL)).toEqual([])
  await exchange.cancelOrder(String(rest.id), SYMBOL, ISOLATED)
  const trades = await exchange.fetchMyTrades(SYMBOL, undefined, undefined, ISOLATED)
  expect(trades.every(({ side }) => side === 'buy')).toBe(true)

  await venue.sandbox.clock({ advanceMs: 3_600_000 })
  const interest = await exchange.fetchBorrowInterest('USDT', SYMBOL)
  expect(interest.length).toBeGreaterThanOrEqual(2)
  const rate = await exchange.fetchIsolatedBorrowRate(SYMBOL)
  expect(rate.quoteRate).toBeGreaterThan(0)

  const held = (await pair()).baseAsset.free
  await exchange.createOrder(SYMBOL, 'market', 'sell', Math.floor(held * 1e5) / 1e5, undefined, {
    ...ISOLATED,
    sideEffectType: 'AUTO_REPAY',
  })
  const { quoteAsset } = await pair()
  expect([quoteAsset.borrowed, quoteAsset.interest]).toEqual(['0', '0'])
  await exchange.sapiPostAssetTransfer({
    type: 'ISOLATED_MARGIN_MAIN',
    asset: 'USDT',
    amount: quoteAsset.free,
    fromSymbol: 'BTCUSDT',
  })
  expect((await pair()).quoteAsset.totalAsset).toBe('0')
  const cross = await exchange.fetchBalance({ marginMode: 'cross' })
  expect(cross['USDT']).toMatchObject({ total: 20_000 })
})

test('S2 what is too much for the pair is refused with Binance’s code', async () => {
  await exchange.transfer('USDT', 100, 'spot', SYMBOL)
  await expect(exchange.borrowIsolatedMargin(SYMBOL, 'USDT', 10_000)).rejects.toThrow('-3006')
  await expect(exchange.borrowIsolatedMargin('SOL/USDT', 'USDT', 10)).rejects.toThrow('-11001')
})
