import { afterAll, beforeAll, expect, test } from 'vitest'
import { VENUE_MS, VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'

let venue: VenueUnderTest
let trader: Awaited<ReturnType<VenueUnderTest['user']>>

beforeAll(async () => {
  venue = await VenueUnderTest.open()
  await venue.setPrices({ BTC: '30000', ETH: '2000' })
  trader = await venue.marginUser({ USDT: '60000' })
  const inward = { type: 'MAIN_MARGIN', asset: 'USDT', amount: '20000' }
  await venue.signed(trader, 'POST /sapi/v1/asset/transfer', inward)
  const loan = { type: 'BORROW', asset: 'BTC', amount: '0.1' }
  await venue.signed(trader, 'POST /sapi/v1/margin/borrow-repay', loan)
})

afterAll(() => venue.close())

test('what the venue lends, at what price and against what', async () => {
  const pairs = await venue.get('/sapi/v1/margin/allPairs')
  expect(pairs.body).toContainEqual({
    base: 'BTC',
    id: 1,
    isBuyAllowed: true,
    isMarginTrade: true,
    isSellAllowed: true,
    quote: 'USDT',
    symbol: 'BTCUSDT',
  })
  const isolated = await venue.get('/sapi/v1/margin/isolated/allPairs')
  expect(isolated.body).toHaveLength(20)
  expect(isolated.body[0]).toEqual({
    base: 'BTC',
    isBuyAllowed: true,
    isMarginTrade: true,
    isSellAllowed: true,
    quote: 'USDT',
    symbol: 'BTCUSDT',
  })
  expect((await venue.get('/sapi/v1/margin/allAssets')).body).toHaveLength(12)
  expect((await venue.get('/sapi/v1/margin/asset?asset=BTC')).body).toMatchObject({
    assetName: 'BTC',
    isBorrowable: true,
  })
  expect((await venue.get('/sapi/v1/margin/priceIndex?symbol=ETHBTC')).body).toEqual({
    calcTime: VENUE_MS,
    price: '0.06666666',
    symbol: 'ETHBTC',
  })
  expect((await venue.get('/sapi/v1/margin/priceIndex?symbol=SOLUSDT')).body).toMatchObject({
    code: -3042,
  })
  const ratios = (await venue.get('/sapi/v1/margin/crossMarginCollateralRatio')).body
  expect(ratios.flatMap((row: { assetNames: string[] }) => row.assetNames)).toHaveLength(12)
  const coefficients = await venue.signed(trader, 'GET /sapi/v1/margin/tradeCoeff')
  expect(coefficients.body).toEqual({
    normalBar: '1.25',
    marginCallBar: '1.16',
    forceLiquidationBar: '1.1',
  })
  const rates = await venue.signed(trader, 'GET /sapi/v1/margin/next-hourly-interest-rate', {
    assets: 'BTC,USDT',
    isIsolated: 'FALSE',
  })
  expect(rates.body).toMatchObject([
    { asset: 'BTC' },
    { asset: 'USDT', nextHourlyInterestRate: '0.00001250' },
  ])
  const data = await venue.signed(trader, 'GET /sapi/v1/margin/crossMarginData', { coin: 'USDT' })
  expect(data.body).toMatchObject([
    { coin: 'USDT', dailyInterest: '0.00030000', yearlyInterest: '0.10950000', borrowable: true },
  ])
  const history = await venue.signed(trader, 'GET /sapi/v1/margin/interestRateHistory', {
    asset: 'USDT',
  })
  expect(history.body[0]).toMatchObject({
    asset: 'USDT',
    dailyInterestRate: '0.00030000',
    vipLevel: 0,
  })
  const inventory = await venue.signed(trader, 'GET /sapi/v1/margin/available-inventory', {
    type: 'MARGIN',
  })
  expect(Number(inventory.body.assets.USDT)).toBeGreaterThan(0)
  expect(
    (await venue.signed(trader, 'POST /sapi/v1/margin/max-leverage', { maxLeverage: '3' })).body,
  ).toEqual({ success: true })
})

test('wallets and rights', async () => {
  const coins = await venue.signed(trader, 'GET /sapi/v1/capital/config/getall')
  expect(coins.body[0]).toMatchObject({ coin: 'USDT', free: '40000', networkList: [] })
  const assets = await venue.signed(trader, 'POST /sapi/v3/asset/getUserAsset')
  expect(assets.body).toMatchObject([
    { asset: 'USDT', free: '40000.00000000', btcValuation: '1.33333333' },
  ])
  expect((await venue.signed(trader, 'POST /sapi/v1/asset/get-funding-asset')).body).toEqual([])
  const wallets = await venue.signed(trader, 'GET /sapi/v1/asset/wallet/balance', {
    quoteAsset: 'USDT',
  })
  expect(wallets.body).toMatchObject([
    { walletName: 'Spot', balance: '40000' },
    { walletName: 'Funding', balance: '0' },
    { walletName: 'Cross Margin' },
    { walletName: 'Isolated Margin', balance: '0' },
    { walletName: 'Earn', balance: '0' },
  ])
  const rights = await venue.signed(trader, 'GET /sapi/v1/account/apiRestrictions')
  expect(rights.body).toMatchObject({
    enableMargin: true,
    enableWithdrawals: false,
    ipRestrict: false,
  })
  expect(
    (await venue.signed(trader, 'GET /sapi/v1/asset/tradeFee', { symbol: 'BTCUSDT' })).body,
  ).toEqual([{ symbol: 'BTCUSDT', makerCommission: '0.001', takerCommission: '0.001' }])
})
