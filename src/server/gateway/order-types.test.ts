import { afterAll, beforeAll, expect, test } from 'vitest'
import { profileDocument } from '../../../test/gateway/profile-venue.ts'
import { VENUE_MS, VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'

let venue: VenueUnderTest
let maker: Awaited<ReturnType<VenueUnderTest['user']>>
let trader: Awaited<ReturnType<VenueUnderTest['user']>>

const NONE = { maker: '0', taker: '0', buyer: '0', seller: '0' }

beforeAll(async () => {
  const document = profileDocument()
  const orderRules = {
    executionBand: { bidUp: '1.1', bidDown: '0.9', askUp: '1.1', askDown: '0.9' },
    taxCommission: { ...NONE, taker: '0.0005', seller: '0.0001' },
  }
  const symbols = document.symbols.map((symbol) =>
    symbol.symbol === 'BTCUSDT' ? { ...symbol, orderRules } : symbol,
  )
  venue = await VenueUnderTest.open({ document: { ...document, symbols } })
  await venue.setPrices({ BTC: '30000', ETH: '2000' })
  maker = await venue.user({ BTC: '10', USDT: '1000000' })
  trader = await venue.user({ BTC: '10', USDT: '1000000' })
  await rest('SELL', '30000')
  await order({ side: 'BUY', type: 'MARKET', quantity: '0.001' })
})

afterAll(() => venue.close())

async function rest(side: 'BUY' | 'SELL', price: string, quantity = '0.01') {
  const limit = { symbol: 'BTCUSDT', side, type: 'LIMIT', timeInForce: 'GTC', price, quantity }
  const reply = await venue.signed(maker, 'POST /api/v3/order', limit)
  expect(reply.status).toBe(200)
}

function order(fields: Readonly<Record<string, string>>) {
  return venue.signed(trader, 'POST /api/v3/order', { symbol: 'BTCUSDT', ...fields })
}

async function seen(orderId: number) {
  const reply = await venue.signed(trader, 'GET /api/v3/order', { symbol: 'BTCUSDT', orderId })
  return reply.body
}

const STOP = { quantity: '0.001', stopPrice: '29000', newOrderRespType: 'RESULT' }
const LIMITED = { timeInForce: 'GTC', price: '28900' }

test.each<[string, Record<string, string>, object]>([
  ['STOP_LOSS', { side: 'SELL', ...STOP }, { stopPrice: '29000.00000000' }],
  [
    'STOP_LOSS_LIMIT',
    { side: 'SELL', ...STOP, ...LIMITED, icebergQty: '0.0005' },
    { price: '28900.00000000', icebergQty: '0.00050000' },
  ],
  ['TAKE_PROFIT', { side: 'BUY', ...STOP }, { stopPrice: '29000.00000000' }],
  ['TAKE_PROFIT_LIMIT', { side: 'BUY', ...STOP, ...LIMITED }, { timeInForce: 'GTC' }],
  [
    'STOP_LOSS',
    { side: 'SELL', quantity: '0.001', trailingDelta: '200', newOrderRespType: 'RESULT' },
    { trailingDelta: 200, stopPrice: '0.00000000' },
  ],
])('T8 %s %o waits, is seen, and is cancelled', async (type, fields, expected) => {
  const placed = await order({ type, ...fields })
  const waiting = { type, status: 'NEW', workingTime: -1, ...expected }
  expect(placed).toMatchObject({ status: 200, body: waiting })
  expect(await seen(placed.body.orderId)).toMatchObject({ ...waiting, isWorking: false })
  const named = { symbol: 'BTCUSDT', orderId: placed.body.orderId }
  const canceled = await venue.signed(trader, 'DELETE /api/v3/order', named)
  expect(canceled.body).toMatchObject({ type, status: 'CANCELED', ...expected })
  expect(await seen(placed.body.orderId)).toMatchObject({ status: 'CANCELED', isWorking: false })
})

test.each([
  ['STOP_LOSS', 'BUY', '30000'],
  ['STOP_LOSS', 'SELL', '30000'],
  ['TAKE_PROFIT', 'SELL', '29999'],
  ['TAKE_PROFIT', 'BUY', '30001'],
])('T8 %s to %s at %s would trigger at once', async (type, side, stopPrice) => {
  expect(await order({ type, side, quantity: '0.001', stopPrice })).toMatchObject({
    status: 400,
    body: { code: -2010, msg: 'Order would trigger immediately.' },
  })
})

test('T8 an order of an acknowledging type answers five fields', async () => {
  const { body } = await order({
    type: 'STOP_LOSS',
    side: 'SELL',
    quantity: '0.001',
    stopPrice: '29000',
  })
  expect(Object.keys(body)).toEqual([
    'symbol',
    'orderId',
    'orderListId',
    'clientOrderId',
    'transactTime',
  ])
  await venue.signed(trader, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
})

test('T11 a stop that triggers has worked since then', async () => {
  const { body } = await order({ type: 'STOP_LOSS', side: 'SELL', ...STOP, stopPrice: '29900' })
  await rest('BUY', '29900', '0.002')
  await order({ side: 'SELL', type: 'MARKET', quantity: '0.001' })
  expect(await seen(body.orderId)).toMatchObject({
    status: 'FILLED',
    executedQty: '0.00100000',
    isWorking: true,
    workingTime: VENUE_MS,
  })
  await rest('BUY', '29990', '0.001')
})

test('T7 an iceberg shows a part of itself', async () => {
  const iceberg = { type: 'LIMIT_MAKER', side: 'SELL', price: '29999', quantity: '1' }
  const { body } = await order({ ...iceberg, icebergQty: '0.1' })
  const depth = await venue.get('/api/v3/depth?symbol=BTCUSDT&limit=5')
  expect(depth.body.asks[0]).toEqual(['29999.00000000', '0.10000000'])
  expect(await seen(body.orderId)).toMatchObject({
    icebergQty: '0.10000000',
    origQty: '1.00000000',
  })
  await venue.signed(trader, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
})

test('T6 a self-trade that was prevented is in the answer, in both orders, and listed by either', async () => {
  const bid = { type: 'LIMIT', side: 'BUY', timeInForce: 'GTC', price: '29995', quantity: '0.006' }
  const first = await order(bid)
  const second = await order({
    ...bid,
    side: 'SELL',
    quantity: '0.002',
    selfTradePreventionMode: 'DECREMENT',
  })
  const match = {
    preventedMatchId: 1,
    makerSymbol: 'BTCUSDT',
    makerOrderId: first.body.orderId,
    price: '29995.00000000',
    takerPreventedQuantity: '0.00200000',
    makerPreventedQuantity: '0.00200000',
  }
  expect(second.body).toMatchObject({
    status: 'EXPIRED_IN_MATCH',
    fills: [],
    preventedQuantity: '0.00200000',
    preventedMatches: [match],
  })
  const prevented = { preventedMatchId: 1, preventedQuantity: '0.00200000' }
  expect(await seen(first.body.orderId)).toMatchObject({ status: 'NEW', ...prevented })
  expect(await seen(second.body.orderId)).toMatchObject({
    status: 'EXPIRED_IN_MATCH',
    ...prevented,
  })
  const listed = {
    ...match,
    symbol: 'BTCUSDT',
    takerOrderId: second.body.orderId,
    tradeGroupId: -1,
    selfTradePreventionMode: 'DECREMENT',
    transactTime: VENUE_MS,
  }
  for (const which of [
    { preventedMatchId: 1 },
    { orderId: first.body.orderId },
    { orderId: second.body.orderId, fromPreventedMatchId: 1, limit: 10 },
  ]) {
    const path = 'GET /api/v3/myPreventedMatches'
    const reply = await venue.signed(trader, path, { symbol: 'BTCUSDT', ...which })
    expect(reply.body).toEqual([listed])
  }
  await venue.signed(trader, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
})

test.each<[string, Record<string, string>, number]>([
  ['nothing that names a match', {}, -1102],
  ['both names', { preventedMatchId: '1', orderId: '1' }, -1128],
  ['a page of one match', { preventedMatchId: '1', fromPreventedMatchId: '1' }, -1128],
])('T6 prevented matches by %s are refused', async (_, which, code) => {
  const path = 'GET /api/v3/myPreventedMatches'
  const reply = await venue.signed(trader, path, { symbol: 'BTCUSDT', ...which })
  expect(reply).toMatchObject({ status: 400, body: { code } })
})

test('T18 what would trade outside the band expires, and says why', async () => {
  await rest('SELL', '33001')
  const buy = { type: 'LIMIT', side: 'BUY', timeInForce: 'IOC', price: '33001', quantity: '0.05' }
  const { body } = await order(buy)
  const expired = { status: 'EXPIRED', expiryReason: 'EXECUTION_RULE_PRICE_RANGE_EXCEEDED' }
  expect(body).toMatchObject(expired)
  expect(await seen(body.orderId)).toMatchObject(expired)
})

test('T27 a test order answers its commission, and is refused for faults of its own', async () => {
  const sell = { symbol: 'BTCUSDT', side: 'SELL', type: 'MARKET' }
  const asked = { ...sell, quantity: '0.5', computeCommissionRates: true }
  const rates = await venue.signed(trader, 'POST /api/v3/order/test', asked)
  expect(rates.body).toEqual({
    standardCommissionForOrder: { maker: '0.00100000', taker: '0.00100000' },
    specialCommissionForOrder: { maker: '0.00000000', taker: '0.00000000' },
    taxCommissionForOrder: { maker: '0.00010000', taker: '0.00060000' },
    discount: {
      enabledForAccount: false,
      enabledForSymbol: false,
      discountAsset: 'BNB',
      discount: '0.00000000',
    },
  })
  const plain = await venue.signed(trader, 'POST /api/v3/order/test', { ...sell, quantity: '99' })
  expect(plain).toMatchObject({ status: 200, body: {} })
  const wrong = { ...sell, quantity: '500' }
  expect(await venue.signed(trader, 'POST /api/v3/order/test', wrong)).toMatchObject({
    status: 400,
    body: { code: -1013 },
  })
  const commission = await venue.signed(trader, 'GET /api/v3/account/commission', {
    symbol: 'BTCUSDT',
  })
  expect(commission.body).toMatchObject({
    symbol: 'BTCUSDT',
    standardCommission: { maker: '0.00100000', taker: '0.00100000' },
    taxCommission: { taker: '0.00050000', seller: '0.00010000' },
  })
})

test('T25 the id of an open order is refused with the order that has it', async () => {
  const bid = { type: 'LIMIT', side: 'BUY', timeInForce: 'GTC', price: '28000', quantity: '0.001' }
  const { body } = await order({ ...bid, newClientOrderId: 'once' })
  expect(await order({ ...bid, newClientOrderId: 'once' })).toMatchObject({
    status: 400,
    body: { code: -2010, msg: 'Duplicate order sent.', data: { orderId: body.orderId } },
  })
})
