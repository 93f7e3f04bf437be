import { afterAll, beforeAll, expect, test } from 'vitest'
import { VENUE_MS, VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'
import { ORDER_TYPES } from '../../core/domain/order.ts'

let venue: VenueUnderTest
let maker: Awaited<ReturnType<VenueUnderTest['user']>>
let taker: Awaited<ReturnType<VenueUnderTest['user']>>

beforeAll(async () => {
  venue = await VenueUnderTest.open()
  await venue.setPrices({ BTC: '30000', ETH: '2000' })
  maker = await venue.user({ BTC: '10', USDT: '1000000' })
  taker = await venue.user({ BTC: '10', USDT: '1000000' })
})

afterAll(() => venue.close())

const LIMIT = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' }

test('an order rests, is seen, trades in parts, and is told of in full', async () => {
  const placed = await venue.signed(maker, 'POST /api/v3/order', {
    ...LIMIT,
    side: 'SELL',
    quantity: '0.5',
    price: '30000',
    newClientOrderId: 'rest-1',
  })
  expect(placed.status).toBe(200)
  expect(placed.body).toMatchObject({
    symbol: 'BTCUSDT',
    orderListId: -1,
    clientOrderId: 'rest-1',
    transactTime: VENUE_MS,
    price: '30000.00000000',
    origQty: '0.50000000',
    executedQty: '0.00000000',
    cummulativeQuoteQty: '0.00000000',
    status: 'NEW',
    timeInForce: 'GTC',
    type: 'LIMIT',
    side: 'SELL',
    fills: [],
  })
  expect(placed.headers['x-mbx-order-count-10s']).toBe('1')

  const depth = await venue.get('/api/v3/depth?symbol=BTCUSDT&limit=5')
  expect(depth.body.asks).toEqual([['30000.00000000', '0.50000000']])

  const taken = await venue.signed(
    taker,
    'POST /api/v3/order',
    { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.2' },
    'body',
  )
  expect(taken.body).toMatchObject({
    status: 'FILLED',
    executedQty: '0.20000000',
    cummulativeQuoteQty: '6000.00000000',
    fills: [
      {
        price: '30000.00000000',
        qty: '0.20000000',
        commission: '0.00020000',
        commissionAsset: 'BTC',
        tradeId: 1,
      },
    ],
  })

  const { orderId } = placed.body
  const seen = await venue.signed(maker, 'GET /api/v3/order', { symbol: 'BTCUSDT', orderId })
  expect(seen.body).toMatchObject({
    orderId,
    status: 'PARTIALLY_FILLED',
    executedQty: '0.20000000',
  })
  const open = await venue.signed(maker, 'GET /api/v3/openOrders')
  expect(open.body).toEqual([seen.body])

  const canceled = await venue.signed(maker, 'DELETE /api/v3/order', {
    symbol: 'BTCUSDT',
    origClientOrderId: 'rest-1',
    newClientOrderId: 'cancel-1',
  })
  expect(canceled.body).toMatchObject({
    origClientOrderId: 'rest-1',
    clientOrderId: 'cancel-1',
    orderId,
    status: 'CANCELED',
    executedQty: '0.20000000',
    origQty: '0.50000000',
  })

  const after = await venue.signed(maker, 'GET /api/v3/order', { symbol: 'BTCUSDT', orderId })
  expect(after.body).toMatchObject({ status: 'CANCELED', executedQty: '0.20000000' })
  const all = await venue.signed(maker, 'GET /api/v3/allOrders', { symbol: 'BTCUSDT' })
  expect(all.body.map((order: { orderId: number }) => order.orderId)).toEqual([orderId])
  const trades = await venue.signed(maker, 'GET /api/v3/myTrades', { symbol: 'BTCUSDT' })
  expect(trades.body).toMatchObject([
    {
      id: 1,
      orderId,
      isMaker: true,
      isBuyer: false,
      commission: '6.00000000',
      commissionAsset: 'USDT',
    },
  ])
})

test('the market sees the trade', async () => {
  const trades = await venue.get('/api/v3/trades?symbol=BTCUSDT')
  expect(trades.body).toMatchObject([
    { id: 1, price: '30000.00000000', qty: '0.20000000', isBuyerMaker: false },
  ])
  expect((await venue.get('/api/v3/historicalTrades?symbol=BTCUSDT&fromId=1')).body).toEqual(
    trades.body,
  )
  expect((await venue.get('/api/v3/aggTrades?symbol=BTCUSDT')).body).toMatchObject([
    { a: 1, f: 1, l: 1, p: '30000.00000000' },
  ])
  const klines = await venue.get('/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1')
  expect(klines.body).toEqual([
    [
      VENUE_MS,
      '30000.00000000',
      '30000.00000000',
      '30000.00000000',
      '30000.00000000',
      '0.20000000',
      VENUE_MS + 59_999,
      '6000.00000000',
      1,
      '0.20000000',
      '6000.00000000',
      '0',
    ],
  ])
  expect((await venue.get('/api/v3/ticker/price?symbol=BTCUSDT')).body).toEqual({
    symbol: 'BTCUSDT',
    price: '30000.00000000',
  })
  expect((await venue.get('/api/v3/ticker/24hr?symbol=BTCUSDT')).body).toMatchObject({
    lastPrice: '30000.00000000',
    priceChange: '0.00000000',
    priceChangePercent: '0.000',
    weightedAvgPrice: '30000.00000000',
    count: 1,
  })
  const day = await venue.get('/api/v3/ticker/tradingDay?symbol=BTCUSDT&timeZone=-1')
  expect(day.body).toMatchObject({
    lastPrice: '30000.00000000',
    volume: '0.20000000',
    openTime: Date.UTC(2026, 0, 15, 1),
    closeTime: Date.UTC(2026, 0, 16, 1) - 1,
    count: 1,
  })
  const none = await venue.get('/api/v3/ticker/tradingDay?symbol=ETHUSDT&type=MINI')
  expect(none.body).toMatchObject({ openPrice: '0.00000000', count: 0 })
  expect((await venue.get('/api/v3/ticker/24hr')).body).toHaveLength(20)
  expect(
    (
      await venue.get(
        '/api/v3/ticker/bookTicker?symbols=["BTCUSDT","ETHUSDT"]'.replaceAll('"', '%22'),
      )
    ).body,
  ).toHaveLength(2)
  expect((await venue.get('/api/v3/avgPrice?symbol=BTCUSDT')).body).toMatchObject({
    mins: 5,
    price: '30000.00000000',
  })
})

test('the account tells balances, fees and rights', async () => {
  const account = await venue.signed(taker, 'GET /api/v3/account', { omitZeroBalances: true })
  expect(account.body).toMatchObject({
    makerCommission: 10,
    takerCommission: 10,
    commissionRates: { maker: '0.00100000', taker: '0.00100000' },
    canTrade: true,
    accountType: 'SPOT',
    uid: taker.userId,
  })
  expect(account.body.balances).toEqual([
    { asset: 'USDT', free: '994000.00000000', locked: '0.00000000' },
    { asset: 'BTC', free: '10.19980000', locked: '0.00000000' },
  ])
  expect((await venue.signed(taker, 'GET /api/v3/account')).body.balances).toHaveLength(12)
})

test.each([
  ['ACK', ['symbol', 'orderId', 'orderListId', 'clientOrderId', 'transactTime']],
  ['RESULT', ['status', 'executedQty']],
  ['FULL', ['fills']],
])('%s answers as much as it says', async (newOrderRespType, fields) => {
  const { body } = await venue.signed(maker, 'POST /api/v3/order', {
    ...LIMIT,
    quantity: '0.001',
    price: '20000',
    newOrderRespType,
  })
  for (const field of fields) expect(body).toHaveProperty(field)
  expect('fills' in body).toBe(newOrderRespType === 'FULL')
  expect('status' in body).toBe(newOrderRespType !== 'ACK')
  expect(body.clientOrderId).toMatch(/^[a-zA-Z0-9_-]{22}$/)
})

test('all open orders of a symbol are cancelled at once; then there is none to cancel', async () => {
  const canceled = await venue.signed(maker, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
  expect(canceled.body).toHaveLength(3)
  expect(canceled.body[0]).toMatchObject({ status: 'CANCELED', type: 'LIMIT', timeInForce: 'GTC' })
  const again = await venue.signed(maker, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
  expect(again).toMatchObject({ status: 400, body: { code: -2011, msg: 'Unknown order sent.' } })
})

test('cancel-replace answers both halves, under 200, 400 or 409', async () => {
  const order = { ...LIMIT, quantity: '0.001', price: '20000' }
  const first = await venue.signed(maker, 'POST /api/v3/order', order)
  const replace = (cancelOrderId: number, changes: Record<string, string> = {}) =>
    venue.signed(maker, 'POST /api/v3/order/cancelReplace', {
      ...order,
      cancelReplaceMode: 'STOP_ON_FAILURE',
      cancelOrderId,
      ...changes,
    })
  const done = await replace(first.body.orderId)
  expect(done).toMatchObject({
    status: 200,
    body: {
      cancelResult: 'SUCCESS',
      newOrderResult: 'SUCCESS',
      cancelResponse: { orderId: first.body.orderId, status: 'CANCELED' },
      newOrderResponse: { status: 'NEW' },
    },
  })
  expect(await replace(first.body.orderId)).toMatchObject({
    status: 400,
    body: {
      code: -2022,
      data: {
        cancelResult: 'FAILURE',
        newOrderResult: 'NOT_ATTEMPTED',
        cancelResponse: { code: -2011 },
        newOrderResponse: null,
      },
    },
  })
  const second = done.body.newOrderResponse.orderId
  expect(await replace(second, { quantity: '5000' })).toMatchObject({
    status: 409,
    body: { code: -2021, data: { cancelResult: 'SUCCESS', newOrderResult: 'FAILURE' } },
  })
  expect(
    await replace(second, { cancelReplaceMode: 'ALLOW_FAILURE', quantity: '5000' }),
  ).toMatchObject({
    status: 400,
    body: { code: -2022, data: { cancelResult: 'FAILURE', newOrderResult: 'FAILURE' } },
  })
  expect(await replace(second, { cancelReplaceMode: 'ALLOW_FAILURE' })).toMatchObject({
    status: 409,
    body: { code: -2021, data: { cancelResult: 'FAILURE', newOrderResult: 'SUCCESS' } },
  })
  expect(await replace(second, { cancelReplaceMode: 'MAYBE' })).toMatchObject({
    body: { code: -1130 },
  })
  await venue.signed(maker, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
})

test('a market order by quote spends that much; with nothing on the book it expires', async () => {
  await venue.signed(maker, 'POST /api/v3/order', {
    ...LIMIT,
    side: 'SELL',
    quantity: '1',
    price: '30000',
  })
  const bought = await venue.signed(taker, 'POST /api/v3/order', {
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'MARKET',
    quoteOrderQty: '3000',
  })
  expect(bought.body).toMatchObject({
    status: 'FILLED',
    origQty: '0.10000000',
    origQuoteOrderQty: '3000.00000000',
  })
  const none = await venue.signed(taker, 'POST /api/v3/order', {
    symbol: 'ETHUSDT',
    side: 'BUY',
    type: 'MARKET',
    quantity: '1',
  })
  expect(none).toMatchObject({
    status: 200,
    body: { status: 'EXPIRED', executedQty: '0.00000000' },
  })
  await venue.signed(maker, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
})

test('exchangeInfo lists every symbol with its filters, or the ones asked for', async () => {
  const { body } = await venue.get('/api/v3/exchangeInfo')
  expect(body.symbols).toHaveLength(20)
  const [btc] = (await venue.get('/api/v1/exchangeInfo?symbol=BTCUSDT')).body.symbols
  expect(btc).toMatchObject({
    symbol: 'BTCUSDT',
    status: 'TRADING',
    orderTypes: [...ORDER_TYPES],
    isMarginTradingAllowed: true,
    permissionSets: [['SPOT', 'MARGIN']],
  })
  const filters = Object.fromEntries(
    btc.filters.map((f: { filterType: string }) => [f.filterType, f]),
  )
  expect(filters['PRICE_FILTER']).toMatchObject({ tickSize: '0.01000000' })
  expect(filters['LOT_SIZE']).toMatchObject({ stepSize: '0.00001000', minQty: '0.00001000' })
  expect(filters['NOTIONAL']).toMatchObject({ minNotional: '5.00000000' })
  expect(
    (await venue.get('/api/v3/exchangeInfo?permissions=MARGIN')).body.symbols.length,
  ).toBeGreaterThan(0)
  expect((await venue.get('/api/v3/exchangeInfo?permissions=LEVERAGED')).body.symbols).toEqual([])
})
