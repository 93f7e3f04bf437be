import { afterAll, beforeAll, expect, test } from 'vitest'
import { VENUE_MS, VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'

let venue: VenueUnderTest
let maker: Awaited<ReturnType<VenueUnderTest['user']>>
let trader: Awaited<ReturnType<VenueUnderTest['user']>>

beforeAll(async () => {
  venue = await VenueUnderTest.open()
  await venue.setPrices({ BTC: '30000', ETH: '2000', SOL: '150' })
  maker = await venue.user({ BTC: '100', USDT: '10000000' })
  const limit = { symbol: 'BTCUSDT', type: 'LIMIT', timeInForce: 'GTC', quantity: '1' }
  await venue.signed(maker, 'POST /api/v3/order', { ...limit, side: 'SELL', price: '30000' })
  await venue.signed(maker, 'POST /api/v3/order', { ...limit, side: 'BUY', price: '29990' })
  trader = await venue.marginUser({ USDT: '60000' })
  const inward = { type: 'MAIN_MARGIN', asset: 'USDT', amount: '20000' }
  await venue.signed(trader, 'POST /sapi/v1/asset/transfer', inward)
  await margin('POST order', { side: 'BUY', type: 'MARKET', quantity: '0.1' })
})

afterAll(() => venue.close())

/** On BTCUSDT unless another symbol is named. */
function margin(route: string, fields: Readonly<Record<string, string | number>> = {}) {
  const [method, path] = route.split(' ')
  const named = { symbol: 'BTCUSDT', ...fields }
  return venue.signed(trader, `${method} /sapi/v1/margin/${path}`, named)
}

const STOP = { side: 'SELL', quantity: '0.01', stopPrice: '29000' }

test('T8 a margin order waits, is seen and is cancelled like a spot order', async () => {
  const placed = await margin('POST order', {
    ...STOP,
    type: 'STOP_LOSS_LIMIT',
    price: '28900',
    timeInForce: 'GTC',
    newOrderRespType: 'RESULT',
  })
  expect(placed).toMatchObject({
    status: 200,
    body: { isIsolated: false, stopPrice: '29000.00000000', workingTime: -1 },
  })
  const { orderId } = placed.body
  const seen = await margin('GET order', { orderId })
  expect(seen.body).toMatchObject({ isIsolated: false, isWorking: false, status: 'NEW' })
  expect((await margin('GET openOrders')).body).toEqual([seen.body])
  const canceled = await margin('DELETE order', { orderId })
  expect(canceled.body).toMatchObject({ isIsolated: false, status: 'CANCELED' })
})

test('T12 T14 a margin OCO by the old request, seen and cancelled', async () => {
  const placed = await margin('POST order/oco', { ...STOP, price: '31000' })
  expect(placed).toMatchObject({
    status: 200,
    body: {
      contingencyType: 'OCO',
      isIsolated: false,
      transactionTime: VENUE_MS,
      orderReports: [
        { type: 'LIMIT_MAKER', isIsolated: false },
        { type: 'STOP_LOSS', isIsolated: false },
      ],
    },
  })
  const { orderListId } = placed.body
  const { orderReports: _, ...list } = placed.body
  expect((await margin('GET orderList', { orderListId })).body).toEqual(list)
  expect((await margin('GET openOrderList')).body).toEqual([list])
  const canceled = await margin('DELETE orderList', { orderListId })
  expect(canceled.body).toMatchObject({ isIsolated: false, listOrderStatus: 'ALL_DONE' })
  expect((await margin('GET allOrderList')).body).toMatchObject([
    { orderListId, listOrderStatus: 'ALL_DONE' },
  ])
  // Spot has lists of its own.
  expect((await venue.signed(trader, 'GET /api/v3/allOrderList')).body).toEqual([])
})

const OTO = {
  workingType: 'LIMIT',
  workingSide: 'BUY',
  workingPrice: '29000',
  workingQuantity: '0.01',
  workingTimeInForce: 'GTC',
  pendingType: 'MARKET',
  pendingSide: 'SELL',
  pendingQuantity: '0.01',
}

test('T13 B4 a margin OTO may borrow, and repays nothing by itself', async () => {
  for (const sideEffectType of ['AUTO_REPAY', 'AUTO_BORROW_REPAY']) {
    expect(await margin('POST order/oto', { ...OTO, sideEffectType })).toMatchObject({
      status: 400,
      body: { code: -1130 },
    })
  }
  // No position may be so large that it needs a loan (rule P3): other bids take up what is there.
  const bid = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' }
  for (const [symbol, quantity, price] of [
    ['ETHUSDT', '4.9', '1990'],
    ['SOLUSDT', '45', '149'],
  ] as const) {
    const placed = await margin('POST order', { ...bid, symbol, quantity, price })
    expect(placed.status).toBe(200)
  }
  const placed = await margin('POST order/oto', {
    ...OTO,
    workingQuantity: '0.1',
    sideEffectType: 'MARGIN_BUY',
  })
  expect(placed).toMatchObject({
    status: 200,
    body: { isIsolated: false, marginBuyBorrowAsset: 'USDT', orderReports: [{}, {}] },
  })
  expect(placed.headers['x-sapi-used-uid-weight-1m']).toBe('3006')
  expect((await margin('DELETE openOrders')).body).toMatchObject([
    { orderListId: placed.body.orderListId, isIsolated: false },
  ])
  for (const symbol of ['ETHUSDT', 'SOLUSDT']) await margin('DELETE openOrders', { symbol })
})

test('T13 a margin OTOCO has three orders', async () => {
  const { pendingType: _, ...working } = OTO
  const { body } = await margin('POST order/otoco', {
    ...working,
    pendingAboveType: 'LIMIT_MAKER',
    pendingAbovePrice: '31000',
    pendingBelowType: 'STOP_LOSS',
    pendingBelowStopPrice: '28000',
  })
  expect(body.orderReports).toHaveLength(3)
  await margin('DELETE openOrders')
})

test('T15 T16 a margin order is tested, amended and replaced, which Binance’s is not', async () => {
  const bid = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.02', price: '29000' }
  expect(await margin('POST order/test', bid)).toMatchObject({ status: 200, body: {} })
  const { body: order } = await margin('POST order', bid)
  const path = 'PUT order/amend/keepPriority'
  const amended = await margin(path, { orderId: order.orderId, newQty: '0.01' })
  expect(amended.body.amendedOrder).toMatchObject({ qty: '0.01000000', isIsolated: false })
  const replaced = await margin('POST order/cancelReplace', {
    ...bid,
    cancelReplaceMode: 'STOP_ON_FAILURE',
    cancelOrderId: order.orderId,
  })
  expect(replaced.body).toMatchObject({
    cancelResult: 'SUCCESS',
    cancelResponse: { isIsolated: false, origQty: '0.01000000' },
    newOrderResponse: { isIsolated: false, status: 'NEW' },
  })
  await margin('DELETE openOrders')
})

test('T6 a margin self-trade that was prevented is listed', async () => {
  const bid = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '29995' }
  await margin('POST order', bid)
  const ask = { ...bid, side: 'SELL', selfTradePreventionMode: 'EXPIRE_TAKER' }
  const { body } = await margin('POST order', ask)
  expect(body).toMatchObject({ status: 'EXPIRED_IN_MATCH', preventedQuantity: '0.01000000' })
  const listed = await margin('GET myPreventedMatches', { orderId: body.orderId })
  expect(listed.body).toMatchObject([{ takerOrderId: body.orderId, preventedMatchId: 1 }])
  await margin('DELETE openOrders')
})

test.each([
  ['GET orderList', -11001],
  ['GET openOrderList', -11001],
  ['GET allOrderList', -11001],
  ['GET myPreventedMatches', -11001],
  ['GET openOrders', -11001],
  ['DELETE order', -2011],
  ['DELETE openOrders', -2011],
  ['DELETE orderList', -2011],
  ['PUT order/amend/keepPriority', -2011],
])('S1 an isolated %s of a pair without an account is answered %i', async (route, code) => {
  const known = { orderId: '1', orderListId: '1', newQty: '0.01' }
  expect(await margin(route, { ...known, symbol: 'BTCUSDT', isIsolated: 'TRUE' })).toMatchObject({
    status: 400,
    body: { code },
  })
})

const countdown = (fields: Readonly<Record<string, string | number>>) =>
  venue.signed(trader, 'POST /fulcrum/v1/cancel-all-after', fields)

test('T22 the countdown is set, told and stopped', async () => {
  expect(await countdown({ countdownTime: 5_000 })).toMatchObject({
    status: 200,
    body: {
      wallet: 'CROSS_MARGIN',
      symbol: null,
      countdownTime: 5_000,
      dueTime: VENUE_MS + 5_000,
    },
  })
  const one = { wallet: 'SPOT', symbol: 'BTCUSDT', countdownTime: 1 }
  expect((await countdown(one)).body).toEqual({ ...one, dueTime: VENUE_MS + 1 })
  for (const fields of [{ ...one, countdownTime: 0 }, { countdownTime: 0 }]) {
    expect((await countdown(fields)).body).toMatchObject({ countdownTime: 0, dueTime: null })
  }
})

test.each<[string, Record<string, string>, number]>([
  ['no time', {}, -1102],
  ['more than thirty days', { countdownTime: String(30 * 86_400_000 + 1) }, -1130],
  ['another wallet', { countdownTime: '1', wallet: 'FUNDING' }, -1130],
  ['an unknown symbol', { countdownTime: '1', symbol: 'NONE' }, -1121],
])('T22 a countdown of %s is refused', async (_, fields, code) => {
  expect(await countdown(fields)).toMatchObject({ status: 400, body: { code } })
})

test('T22 what is open when the countdown ends is cancelled', async () => {
  const bid = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '29000' }
  const { body } = await margin('POST order', bid)
  await countdown({ countdownTime: 1_000 })
  venue.clock.advance(1_000)
  await venue.submit({ type: 'AdvanceTime' })
  expect((await margin('GET order', { orderId: body.orderId })).body.status).toBe('CANCELED')
})
