import { afterAll, beforeAll, expect, test } from 'vitest'
import { VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'

let venue: VenueUnderTest
let trader: Awaited<ReturnType<VenueUnderTest['user']>>

const isolated = { symbol: 'BTCUSDT', isIsolated: 'TRUE' }
const call = (route: string, fields: Readonly<Record<string, string | number>> = {}) => {
  const [method = '', path = ''] = route.split(' ')
  return venue.signed(trader, `${method} /sapi/v1/${path}`, fields)
}

beforeAll(async () => {
  venue = await VenueUnderTest.open()
  await venue.setPrices({ BTC: '30000', ETH: '2000' })
  const maker = await venue.user({ BTC: '100', ETH: '100', USDT: '10000000' })
  const rest = { symbol: 'BTCUSDT', type: 'LIMIT', timeInForce: 'GTC', quantity: '50' }
  await venue.signed(maker, 'POST /api/v3/order', { ...rest, side: 'SELL', price: '30000' })
  await venue.signed(maker, 'POST /api/v3/order', { ...rest, side: 'BUY', price: '29999' })
  trader = await venue.marginUser({ USDT: '60000' })
  const left = await venue.signed(trader, 'POST /fulcrum/v1/margin/mode', { mode: 'ISOLATED' })
  expect(left.body).toMatchObject({ mode: 'ISOLATED', blockers: [] })
})

afterAll(() => venue.close())

test('S5 an account is enabled, told, limited and disabled', async () => {
  expect(await call('POST margin/isolated/account', { symbol: 'ETHUSDT' })).toMatchObject({
    status: 200,
    body: { success: true, symbol: 'ETHUSDT' },
  })
  expect(await call('POST margin/isolated/create', { base: 'ETH', quote: 'BTC' })).toMatchObject({
    body: { success: true, symbol: 'ETHBTC' },
  })
  expect((await call('GET margin/isolated/accountLimit')).body).toEqual({
    enabledAccount: 2,
    maxAccount: 20,
  })
  const disabled = await call('DELETE margin/isolated/account', { symbol: 'ETHUSDT' })
  expect(disabled.body).toEqual({ success: true, symbol: 'ETHUSDT' })
  const asked = await call('GET margin/isolated/account', { symbols: 'ETHUSDT,SOLUSDT' })
  expect(asked.body).toMatchObject({
    assets: [
      { symbol: 'ETHUSDT', isolatedCreated: true, enabled: false, marginLevel: '999' },
      { symbol: 'SOLUSDT', isolatedCreated: false, enabled: false, liquidatePrice: '0' },
    ],
  })
  expect(asked.body.totalAssetOfBtc).toBeUndefined()
  const six = 'BTCUSDT,ETHUSDT,BNBUSDT,SOLUSDT,XRPUSDT,ADAUSDT'
  const many = await call('GET margin/isolated/account', { symbols: six })
  expect(many).toMatchObject({ status: 400, body: { code: -1130 } })
})

test('S1 funds move into a pair and between pairs, by every spelling, and are listed', async () => {
  const into = { asset: 'USDT', toSymbol: 'BTCUSDT' }
  for (const type of ['MAIN_ISOLATED_MARGIN', 'MAIN_ISOLATEDMARGIN']) {
    const moved = await call('POST asset/transfer', { ...into, type, amount: '1000' })
    expect(moved).toMatchObject({ status: 200, body: { tranId: expect.any(Number) } })
  }
  const between = { type: 'ISOLATEDMARGIN_ISOLATEDMARGIN', asset: 'USDT', amount: '100' }
  const pairs = { fromSymbol: 'BTCUSDT', toSymbol: 'BNBUSDT' }
  expect((await call('POST asset/transfer', { ...between, ...pairs })).status).toBe(200)
  const old = { asset: 'USDT', symbol: 'BTCUSDT', amount: '900' }
  const ends = { transFrom: 'ISOLATED_MARGIN', transTo: 'SPOT' }
  expect((await call('POST margin/isolated/transfer', { ...old, ...ends })).status).toBe(200)
  const listed = await call('GET asset/transfer', { type: 'MAIN_ISOLATED_MARGIN', ...into })
  expect(listed.body).toMatchObject({ total: 2, rows: [{ toSymbol: 'BTCUSDT' }, {}] })
  const rolled = await call('GET margin/transfer', { isolatedSymbol: 'BTCUSDT', type: 'ROLL_OUT' })
  expect(rolled.body).toMatchObject({
    total: 2,
    rows: [
      { type: 'ROLL_OUT', transFrom: 'ISOLATED_MARGIN', transTo: 'SPOT', fromSymbol: 'BTCUSDT' },
      { transTo: 'ISOLATED_MARGIN', toSymbol: 'BNBUSDT' },
    ],
  })
  const history = { symbol: 'BTCUSDT', transFrom: 'SPOT', transTo: 'ISOLATED_MARGIN' }
  expect((await call('GET margin/isolated/transfer', history)).body.total).toBe(2)
  // The account's own page of cross margin knows nothing of them.
  expect((await call('GET margin/transfer')).body).toEqual({ rows: [], total: 0 })
})

test('S2 B1 I1 a loan in a pair: what may be, what is, and its history', async () => {
  const usdt = { asset: 'USDT', isolatedSymbol: 'BTCUSDT' }
  const most = await call('GET margin/maxBorrowable', usdt)
  expect(Number(most.body.amount)).toBeGreaterThan(4_900)
  expect(Number(most.body.amount)).toBeLessThanOrEqual(5_000)
  expect((await call('GET margin/maxTransferable', usdt)).body).toEqual({ amount: '1000.00000000' })
  const borrowed = await call('POST margin/borrow-repay', {
    ...isolated,
    asset: 'USDT',
    amount: '500',
    type: 'BORROW',
  })
  expect(borrowed.body).toEqual({ tranId: expect.any(Number) })
  const rows = await call('GET margin/borrow-repay', { ...usdt, type: 'BORROW' })
  expect(rows.body).toMatchObject({
    total: 1,
    rows: [{ isolatedSymbol: 'BTCUSDT', principal: '500.00000000', txId: borrowed.body.tranId }],
  })
  expect((await call('GET margin/borrow-repay', { type: 'BORROW' })).body.total).toBe(0)
  const interest = await call('GET margin/interestHistory', usdt)
  expect(interest.body).toMatchObject({ total: 1, rows: [{ isolatedSymbol: 'BTCUSDT' }] })
  expect(interest.body.rows[0].rawAsset).toBeUndefined()
  const repaid = { ...isolated, asset: 'USDT', amount: '100', type: 'REPAY' }
  expect((await call('POST margin/borrow-repay', repaid)).status).toBe(200)
})

test('B4 orders in a pair: placed, told as isolated, traded and cancelled', async () => {
  const market = { ...isolated, side: 'BUY', type: 'MARKET', quantity: '0.1' }
  const bought = await call('POST margin/order', { ...market, sideEffectType: 'MARGIN_BUY' })
  expect(bought).toMatchObject({
    status: 200,
    body: { status: 'FILLED', isIsolated: true, marginBuyBorrowAsset: 'USDT' },
  })
  const rest = { ...isolated, type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', side: 'SELL' }
  const placed = await call('POST margin/order', { ...rest, price: '33000' })
  expect(placed.body).toMatchObject({ status: 'NEW', isIsolated: true })
  const { orderId } = placed.body
  expect((await call('GET margin/order', { ...isolated, orderId })).body).toMatchObject({
    orderId,
    isIsolated: true,
  })
  expect((await call('GET margin/openOrders', isolated)).body).toMatchObject([{ orderId }])
  expect((await call('GET margin/openOrders', { isIsolated: 'TRUE' })).body.code).toBe(-1102)
  expect((await call('GET margin/openOrders')).body).toEqual([])
  const canceled = await call('DELETE margin/order', { ...isolated, orderId })
  expect(canceled.body).toMatchObject({ status: 'CANCELED', isIsolated: true })
  const oco = { quantity: '0.01', side: 'SELL', price: '33000', stopPrice: '28000' }
  const list = await call('POST margin/order/oco', { ...isolated, ...oco })
  expect(list.body).toMatchObject({ isIsolated: true, contingencyType: 'OCO' })
  const { orderListId } = list.body
  expect((await call('GET margin/openOrderList', isolated)).body).toMatchObject([{ orderListId }])
  expect((await call('GET margin/orderList', { ...isolated, orderListId })).status).toBe(200)
  expect((await call('DELETE margin/openOrders', isolated)).status).toBe(200)
  expect((await call('GET margin/allOrderList', isolated)).body).toHaveLength(1)
  expect((await call('GET margin/allOrders', isolated)).body).toHaveLength(4)
  expect((await call('GET margin/myTrades', isolated)).body).toMatchObject([
    { isIsolated: true, isBuyer: true },
  ])
})

test('S4 the account is answered with level, status, and the price of its liquidation', async () => {
  const { body } = await call('GET margin/isolated/account')
  expect(body.assets.map(({ symbol }: { symbol: string }) => symbol)).toEqual([
    'BTCUSDT',
    'ETHUSDT',
    'BNBUSDT',
    'ETHBTC',
  ])
  expect(body.assets[0]).toMatchObject({
    baseAsset: { asset: 'BTC', free: '0.0999', borrowed: '0' },
    quoteAsset: { asset: 'USDT', free: '0' },
    marginLevelStatus: 'EXCESSIVE',
    marginRatio: '6',
    indexPrice: '30000',
    tradeEnabled: true,
  })
  const { marginLevel, liquidatePrice, liquidateRate } = body.assets[0]
  expect(Number(marginLevel)).toBeGreaterThan(1.4)
  expect(Number(liquidatePrice)).toBeGreaterThan(22_000)
  expect(Number(liquidateRate)).toBeLessThan(0)
  expect(Number(body.totalNetAssetOfBtc)).toBeGreaterThan(0)
  const risk = await venue.signed(trader, 'GET /fulcrum/v1/margin/risk', isolated)
  expect(risk.body).toMatchObject({
    symbol: 'BTCUSDT',
    tier: 1,
    status: 'EXCESSIVE',
    bands: { transferOut: '2', borrow: '1.2', marginCall: '1.15', liquidation: '1.1' },
  })
  const preview = await venue.signed(trader, 'POST /fulcrum/v1/margin/order/preview', {
    ...isolated,
    side: 'SELL',
    type: 'MARKET',
    quantity: '0.05',
    sideEffectType: 'AUTO_REPAY',
  })
  expect(Number(preview.body.after.marginLevel)).toBeGreaterThan(Number(marginLevel))
})

test('S3 what a pair may borrow and by which tiers', async () => {
  const data = await call('GET margin/isolatedMarginData', { symbol: 'BTCUSDT' })
  expect(data.body).toMatchObject([
    { vipLevel: 0, symbol: 'BTCUSDT', leverage: '6', data: [{ coin: 'BTC' }, { coin: 'USDT' }] },
  ])
  const tiers = await call('GET margin/isolatedMarginTier', { symbol: 'BTCUSDT' })
  expect(tiers.body).toMatchObject([
    { symbol: 'BTCUSDT', tier: 1, effectiveMultiple: '6', liquidationRiskRatio: '1.1' },
  ])
  const second = { symbol: 'BTCUSDT', tier: '2' }
  expect((await call('GET margin/isolatedMarginTier', second)).body).toEqual([])
  const pair = await venue.get('/sapi/v1/margin/isolated/pair?symbol=BTCUSDT')
  expect(pair.body).toMatchObject({ symbol: 'BTCUSDT', isMarginTrade: true })
  expect((await call('GET margin/available-inventory', { type: 'ISOLATED' })).status).toBe(200)
})

test('M3 S1 cross margin is refused meanwhile, and an unknown account says so', async () => {
  const loan = { asset: 'USDT', amount: '10', type: 'BORROW', isIsolated: 'FALSE' }
  expect((await call('POST margin/borrow-repay', loan)).body.code).toBe(-31002)
  const unknown = { symbol: 'SOLUSDT', isIsolated: 'TRUE' }
  expect((await call('GET margin/openOrders', unknown)).body).toMatchObject({
    code: -11001,
    msg: 'Isolated margin account does not exist.',
  })
  const order = { ...unknown, side: 'BUY', type: 'MARKET', quantity: '1' }
  expect((await call('POST margin/order', order)).body.code).toBe(-11001)
})
