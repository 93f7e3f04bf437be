import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { VENUE_MS, VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'

let venue: VenueUnderTest
let taker: Awaited<ReturnType<VenueUnderTest['user']>>
let trader: Awaited<ReturnType<VenueUnderTest['user']>>

const LIMITS = { ordersPer10s: 12, ordersPerDay: 100 }

beforeAll(async () => {
  venue = await VenueUnderTest.open({ limits: LIMITS })
  await venue.setPrices({ BTC: '30000', ETH: '2000' })
  taker = await venue.user({ BTC: '10', USDT: '1000000' })
})

beforeEach(async () => {
  trader = await venue.user({ BTC: '10', USDT: '1000000' })
})

afterAll(() => venue.close())

const BID = {
  symbol: 'BTCUSDT',
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '0.01',
  price: '29000',
}

async function bid(fields: Readonly<Record<string, string>> = {}) {
  const reply = await venue.signed(trader, 'POST /api/v3/order', { ...BID, ...fields })
  expect(reply.status).toBe(200)
  return reply.body
}

/** Fills a part of the best bid. */
async function sell(quantity: string) {
  const market = { symbol: 'BTCUSDT', side: 'SELL', type: 'MARKET', quantity }
  expect((await venue.signed(taker, 'POST /api/v3/order', market)).body.status).toBe('FILLED')
}

test.each([
  ['ONLY_NEW', false, 200],
  ['ONLY_NEW', true, 400],
  ['ONLY_PARTIALLY_FILLED', false, 400],
  ['ONLY_PARTIALLY_FILLED', true, 200],
])('T17 %s with a fill %s answers %i', async (cancelRestrictions, filled, status) => {
  const { orderId } = await bid()
  if (filled) await sell('0.004')
  const ask = { symbol: 'BTCUSDT', orderId, cancelRestrictions }
  const reply = await venue.signed(trader, 'DELETE /api/v3/order', ask)
  expect(reply.status).toBe(status)
  if (status === 400) {
    expect(reply.body).toEqual({
      code: -2011,
      msg: 'Order was not canceled due to cancel restrictions.',
      data: { status: filled ? 'PARTIALLY_FILLED' : 'NEW', cancelRestrictions },
    })
    await venue.signed(trader, 'DELETE /api/v3/order', { symbol: 'BTCUSDT', orderId })
  }
})

test('T17 an unknown restriction is refused', async () => {
  const ask = { symbol: 'BTCUSDT', orderId: 1, cancelRestrictions: 'MAYBE' }
  expect(await venue.signed(trader, 'DELETE /api/v3/order', ask)).toMatchObject({
    status: 400,
    body: { code: -1145, msg: 'Invalid cancelRestrictions' },
  })
})

test.each(['GET', 'DELETE'])('T25 both names of one order have to agree: %s', async (method) => {
  const { orderId } = await bid({ newClientOrderId: 'mine' })
  const ask = { symbol: 'BTCUSDT', orderId, origClientOrderId: 'other' }
  expect(await venue.signed(trader, `${method} /api/v3/order`, ask)).toMatchObject({
    status: 400,
    body: { code: -2039, msg: 'Client order ID is not correct for this order ID.' },
  })
  const named = { ...ask, origClientOrderId: 'mine' }
  expect((await venue.signed(trader, `${method} /api/v3/order`, named)).status).toBe(200)
  await venue.signed(trader, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
})

test('T16 an amended order keeps its id, changes its name, and tells its history', async () => {
  const { orderId } = await bid({ newClientOrderId: 'first', quantity: '0.03' })
  const amend = (fields: Readonly<Record<string, string | number>>) =>
    venue.signed(trader, 'PUT /api/v3/order/amend/keepPriority', {
      symbol: 'BTCUSDT',
      orderId,
      ...fields,
    })
  const once = await amend({ newQty: '0.02', newClientOrderId: 'second' })
  expect(once).toMatchObject({
    status: 200,
    body: {
      transactTime: VENUE_MS,
      executionId: expect.any(Number),
      amendedOrder: {
        orderId,
        orderListId: -1,
        origClientOrderId: 'first',
        clientOrderId: 'second',
        price: '29000.00000000',
        qty: '0.02000000',
        executedQty: '0.00000000',
        preventedQty: '0.00000000',
        cumulativeQuoteQty: '0.00000000',
        status: 'NEW',
        workingTime: VENUE_MS,
      },
    },
  })
  expect(once.body).not.toHaveProperty('listStatus')
  expect(once.headers).not.toHaveProperty('x-mbx-order-count-10s')
  await sell('0.004')
  const twice = await amend({ newQty: '0.01' })
  expect(twice.body.amendedOrder).toMatchObject({
    origClientOrderId: 'second',
    qty: '0.01000000',
    executedQty: '0.00400000',
    status: 'PARTIALLY_FILLED',
  })
  const seen = await venue.signed(trader, 'GET /api/v3/order', { symbol: 'BTCUSDT', orderId })
  expect(seen.body).toMatchObject({ origQty: '0.01000000', executedQty: '0.00400000' })
  const path = 'GET /api/v3/order/amendments'
  const listed = await venue.signed(trader, path, { symbol: 'BTCUSDT', orderId })
  const [first, second] = [once.body.executionId, twice.body.executionId]
  const latest = {
    symbol: 'BTCUSDT',
    orderId,
    executionId: second,
    origClientOrderId: 'second',
    newClientOrderId: twice.body.amendedOrder.clientOrderId,
    origQty: '0.02000000',
    newQty: '0.01000000',
    time: VENUE_MS,
  }
  expect(listed.body).toEqual([
    {
      ...latest,
      executionId: first,
      origClientOrderId: 'first',
      newClientOrderId: 'second',
      origQty: '0.03000000',
      newQty: '0.02000000',
    },
    latest,
  ])
  const from = { symbol: 'BTCUSDT', orderId, fromExecutionId: second }
  expect((await venue.signed(trader, path, from)).body).toEqual([latest])
  await venue.signed(trader, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
})

test.each<[string, Record<string, string>, number, string?]>([
  ['more', { newQty: '0.02' }, -2038, 'Order amend (quantity increase) is not supported.'],
  ['as much', { newQty: '0.01' }, -2038],
  ['less than is executed', { newQty: '0.003' }, -2038],
  ['nothing', { newQty: '0' }, -1013, 'Filter failure: LOT_SIZE'],
  ['part of a step', { newQty: '0.000001' }, -1013],
  ['no quantity', {}, -1102],
  ['another’s name', { newQty: '0.005', origClientOrderId: 'not-mine' }, -2039],
])('T16 an amendment to %s is refused', async (_, fields, code, msg) => {
  const { orderId } = await bid()
  await sell('0.004')
  const ask = { symbol: 'BTCUSDT', orderId, ...fields }
  const reply = await venue.signed(trader, 'PUT /api/v3/order/amend/keepPriority', ask)
  expect(reply).toMatchObject({ status: 400, body: { code, ...(msg !== undefined && { msg }) } })
  await venue.signed(trader, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
})

test('T16 an amendment of what is not there is refused', async () => {
  const ask = { symbol: 'BTCUSDT', orderId: 999_999, newQty: '1' }
  const reply = await venue.signed(trader, 'PUT /api/v3/order/amend/keepPriority', ask)
  expect(reply).toMatchObject({ status: 400, body: { code: -2011 } })
})

type Replaced = Readonly<Record<string, string | number>>

function replace(orderId: number, fields: Replaced = {}) {
  return venue.signed(trader, 'POST /api/v3/order/cancelReplace', {
    ...BID,
    cancelReplaceMode: 'STOP_ON_FAILURE',
    cancelOrderId: orderId,
    ...fields,
  })
}

test('T15 T17 a replacement keeps to the restriction of its cancellation', async () => {
  const { orderId } = await bid()
  const fields = { cancelRestrictions: 'ONLY_PARTIALLY_FILLED' }
  const restricted = { code: -2011, msg: 'Order was not canceled due to cancel restrictions.' }
  expect(await replace(orderId, fields)).toMatchObject({
    status: 400,
    body: {
      code: -2022,
      data: {
        cancelResult: 'FAILURE',
        newOrderResult: 'NOT_ATTEMPTED',
        cancelResponse: restricted,
        newOrderResponse: null,
      },
    },
  })
  await sell('0.004')
  expect(await replace(orderId, fields)).toMatchObject({
    status: 200,
    body: {
      cancelResponse: { status: 'CANCELED', executedQty: '0.00400000' },
      newOrderResponse: { status: 'NEW' },
    },
  })
  await venue.signed(trader, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
})

test('T15 a stop may take the place of an order', async () => {
  const { orderId } = await bid()
  const reply = await replace(orderId, {
    type: 'STOP_LOSS_LIMIT',
    price: '31000',
    stopPrice: '31000',
    newOrderRespType: 'RESULT',
  })
  expect(reply).toMatchObject({
    status: 200,
    body: {
      cancelResponse: { orderId, status: 'CANCELED' },
      newOrderResponse: { type: 'STOP_LOSS_LIMIT', stopPrice: '31000.00000000', workingTime: -1 },
    },
  })
  await venue.signed(trader, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
})

/** Orders until there is no room for one more. */
async function exhaust(): Promise<number> {
  const orders = []
  for (let count = 0; count < LIMITS.ordersPer10s; count += 1) {
    orders.push(await bid({ price: '20000' }))
  }
  return orders[0].orderId
}

const LIMIT_ERROR = {
  code: -1015,
  msg: 'Too many new orders; current limit is 12 orders per 10 SECOND.',
}

test.each<[string, string, boolean, number, object]>([
  ['STOP_ON_FAILURE', 'DO_NOTHING', true, 429, LIMIT_ERROR],
  [
    'STOP_ON_FAILURE',
    'CANCEL_ONLY',
    true,
    429,
    {
      code: -2021,
      data: {
        cancelResult: 'SUCCESS',
        newOrderResult: 'FAILURE',
        cancelResponse: { status: 'CANCELED' },
        newOrderResponse: LIMIT_ERROR,
      },
    },
  ],
  [
    'STOP_ON_FAILURE',
    'CANCEL_ONLY',
    false,
    429,
    {
      code: -2022,
      data: {
        cancelResult: 'FAILURE',
        newOrderResult: 'NOT_ATTEMPTED',
        cancelResponse: { code: -2011 },
        newOrderResponse: null,
      },
    },
  ],
  [
    'ALLOW_FAILURE',
    'CANCEL_ONLY',
    true,
    409,
    { code: -2021, data: { cancelResult: 'SUCCESS', newOrderResult: 'FAILURE' } },
  ],
  [
    'ALLOW_FAILURE',
    'CANCEL_ONLY',
    false,
    400,
    { code: -2022, data: { cancelResult: 'FAILURE', newOrderResult: 'FAILURE' } },
  ],
])(
  'T15 T28 past the limit %s with %s, an open order %s: %i',
  async (mode, exceeded, open, status, body) => {
    const orderId = await exhaust()
    const reply = await replace(open ? orderId : 999_999, {
      cancelReplaceMode: mode,
      orderRateLimitExceededMode: exceeded,
    })
    expect(reply).toMatchObject({ status, body })
  },
)

test('T28 a replacement that was not attempted counts all the same', async () => {
  const reply = await replace(999_999)
  expect(reply.headers['x-mbx-order-count-10s']).toBe('1')
})
