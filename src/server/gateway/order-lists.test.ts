import { afterAll, beforeAll, expect, test } from 'vitest'
import { VENUE_MS, VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'

let venue: VenueUnderTest
let maker: Awaited<ReturnType<VenueUnderTest['user']>>
let trader: Awaited<ReturnType<VenueUnderTest['user']>>

beforeAll(async () => {
  venue = await VenueUnderTest.open()
  await venue.setPrices({ BTC: '30000', ETH: '2000' })
  maker = await venue.user({ BTC: '10', USDT: '1000000' })
  trader = await venue.user({ BTC: '10', USDT: '1000000' })
  await rest('SELL', '30000', '0.001')
  await market(trader, 'BUY', '0.001')
})

afterAll(() => venue.close())

async function rest(side: 'BUY' | 'SELL', price: string, quantity: string) {
  const limit = { symbol: 'BTCUSDT', side, type: 'LIMIT', timeInForce: 'GTC', price, quantity }
  expect((await venue.signed(maker, 'POST /api/v3/order', limit)).status).toBe(200)
}

async function market(user: typeof maker, side: 'BUY' | 'SELL', quantity: string) {
  const order = { symbol: 'BTCUSDT', side, type: 'MARKET', quantity }
  expect((await venue.signed(user, 'POST /api/v3/order', order)).body.status).toBe('FILLED')
}

const OCO = {
  symbol: 'BTCUSDT',
  side: 'SELL',
  quantity: '0.01',
  aboveType: 'LIMIT_MAKER',
  abovePrice: '31000',
  aboveClientOrderId: 'take',
  belowType: 'STOP_LOSS_LIMIT',
  belowPrice: '28900',
  belowStopPrice: '29000',
  belowTimeInForce: 'GTC',
  belowClientOrderId: 'stop',
}

const OTO = {
  symbol: 'BTCUSDT',
  workingType: 'LIMIT',
  workingSide: 'BUY',
  workingPrice: '29500',
  workingQuantity: '0.01',
  workingTimeInForce: 'GTC',
  pendingType: 'LIMIT_MAKER',
  pendingSide: 'SELL',
  pendingQuantity: '0.01',
  pendingPrice: '32000',
}

test('T12 an OCO is placed, seen, and cancelled as one', async () => {
  const placed = await venue.signed(trader, 'POST /api/v3/orderList/oco', {
    ...OCO,
    listClientOrderId: 'list-1',
  })
  expect(placed).toMatchObject({
    status: 200,
    body: {
      contingencyType: 'OCO',
      listStatusType: 'EXEC_STARTED',
      listOrderStatus: 'EXECUTING',
      listClientOrderId: 'list-1',
      transactionTime: VENUE_MS,
      symbol: 'BTCUSDT',
      orders: [{ clientOrderId: 'take' }, { clientOrderId: 'stop' }],
      orderReports: [
        { type: 'LIMIT_MAKER', status: 'NEW', workingTime: VENUE_MS },
        { type: 'STOP_LOSS_LIMIT', stopPrice: '29000.00000000', workingTime: -1 },
      ],
    },
  })
  expect(placed.headers['x-mbx-order-count-10s']).toBe('2')
  const { orderListId, orders } = placed.body
  const { orderReports: _, ...list } = placed.body
  const byId = await venue.signed(trader, 'GET /api/v3/orderList', { orderListId })
  const byName = await venue.signed(trader, 'GET /api/v3/orderList', {
    origClientOrderId: 'list-1',
  })
  expect(byId.body).toEqual(list)
  expect(byName.body).toEqual(list)
  expect((await venue.signed(trader, 'GET /api/v3/openOrderList')).body).toEqual([list])
  const leg = await venue.signed(trader, 'GET /api/v3/order', {
    symbol: 'BTCUSDT',
    orderId: orders[1].orderId,
  })
  expect(leg.body).toMatchObject({ orderListId, isWorking: false })

  const canceled = await venue.signed(trader, 'DELETE /api/v3/orderList', {
    symbol: 'BTCUSDT',
    orderListId,
    newClientOrderId: 'cancel-1',
  })
  expect(canceled.body).toMatchObject({
    orderListId,
    listStatusType: 'ALL_DONE',
    listOrderStatus: 'ALL_DONE',
    orders: [{ clientOrderId: 'take' }, { clientOrderId: 'stop' }],
    orderReports: [
      { origClientOrderId: 'take', clientOrderId: 'cancel-1', status: 'CANCELED', orderListId },
      { origClientOrderId: 'stop', clientOrderId: 'cancel-1', status: 'CANCELED', orderListId },
    ],
  })
  expect((await venue.signed(trader, 'GET /api/v3/openOrderList')).body).toEqual([])
  const done = { ...list, listStatusType: 'ALL_DONE', listOrderStatus: 'ALL_DONE' }
  expect((await venue.signed(trader, 'GET /api/v3/orderList', { orderListId })).body).toEqual(done)
  expect((await venue.signed(trader, 'GET /api/v3/allOrderList')).body).toEqual([done])
  const again = { symbol: 'BTCUSDT', orderListId }
  expect(await venue.signed(trader, 'DELETE /api/v3/orderList', again)).toMatchObject({
    status: 400,
    body: { code: -2011, msg: 'Unknown order list sent.' },
  })
})

test('T12 the old request makes the same list', async () => {
  const { body } = await venue.signed(trader, 'POST /api/v3/order/oco', {
    symbol: 'BTCUSDT',
    side: 'SELL',
    quantity: '0.01',
    price: '31000',
    stopPrice: '29000',
    newOrderRespType: 'ACK',
  })
  expect(body.orderReports).toHaveLength(2)
  expect(body.orderReports[0]).not.toHaveProperty('status')
  const open = await venue.signed(trader, 'GET /api/v3/openOrders', { symbol: 'BTCUSDT' })
  expect(open.body).toMatchObject([
    { type: 'LIMIT_MAKER', orderListId: body.orderListId, price: '31000.00000000' },
    { type: 'STOP_LOSS', orderListId: body.orderListId, stopPrice: '29000.00000000' },
  ])
})

test('T14 an order that is cancelled takes its list with it, and answers for the list', async () => {
  const [open] = (await venue.signed(trader, 'GET /api/v3/openOrders')).body
  const canceled = await venue.signed(trader, 'DELETE /api/v3/order', {
    symbol: 'BTCUSDT',
    orderId: open.orderId,
  })
  expect(canceled.body).toMatchObject({
    orderListId: open.orderListId,
    listOrderStatus: 'ALL_DONE',
    orderReports: [{ status: 'CANCELED' }, { status: 'CANCELED' }],
  })
})

test('T14 all open orders of a symbol: single orders and lists, side by side', async () => {
  const single = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' }
  const priced = { ...single, price: '25000', quantity: '0.01' }
  const order = await venue.signed(trader, 'POST /api/v3/order', priced)
  const list = await venue.signed(trader, 'POST /api/v3/orderList/oco', OCO)
  const { body } = await venue.signed(trader, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
  expect(body).toMatchObject([
    { orderId: order.body.orderId, orderListId: -1, status: 'CANCELED' },
    {
      orderListId: list.body.orderListId,
      contingencyType: 'OCO',
      orderReports: [{ status: 'CANCELED' }, { status: 'CANCELED' }],
    },
  ])
  const [one, both] = body
  expect(both.orderReports[0].clientOrderId).toBe(one.clientOrderId)
})

test('T13 an OTO places its pending order once the working order is filled', async () => {
  const placed = await venue.signed(trader, 'POST /api/v3/orderList/oto', OTO)
  expect(placed.body).toMatchObject({
    contingencyType: 'OTO',
    orderReports: [
      { side: 'BUY', status: 'NEW' },
      { side: 'SELL', status: 'PENDING_NEW', workingTime: -1 },
    ],
  })
  const { orderListId, orders } = placed.body
  const pending = { symbol: 'BTCUSDT', orderId: orders[1].orderId }
  expect((await venue.signed(trader, 'GET /api/v3/order', pending)).body).toMatchObject({
    status: 'PENDING_NEW',
    isWorking: false,
  })
  await market(maker, 'SELL', '0.01')
  expect((await venue.signed(trader, 'GET /api/v3/order', pending)).body).toMatchObject({
    status: 'NEW',
    isWorking: true,
    workingTime: VENUE_MS,
  })
  // The working order is history by now, and still named.
  const open = await venue.signed(trader, 'GET /api/v3/openOrderList')
  expect(open.body).toMatchObject([{ orderListId, orders }])

  const amended = await venue.signed(trader, 'PUT /api/v3/order/amend/keepPriority', {
    ...pending,
    newQty: '0.005',
    newClientOrderId: 'less',
  })
  expect(amended.body).toMatchObject({
    amendedOrder: { orderListId, qty: '0.00500000', clientOrderId: 'less' },
    listStatus: {
      orderListId,
      contingencyType: 'OTO',
      listOrderStatus: 'EXECUTING',
      symbol: 'BTCUSDT',
      orders: [orders[0], { orderId: pending.orderId, clientOrderId: 'less' }],
    },
  })
  expect(amended.body.listStatus).not.toHaveProperty('listStatusType')
  const canceled = await venue.signed(trader, 'DELETE /api/v3/order', pending)
  expect(canceled.body).toMatchObject({
    orderListId,
    orders: [orders[0], { clientOrderId: 'less' }],
    orderReports: [{ origClientOrderId: 'less', status: 'CANCELED' }],
  })
})

test('T13 an OTOCO has three orders and counts as three', async () => {
  const { pendingType: _, pendingPrice: __, ...working } = OTO
  const counted = async () => {
    const { body } = await venue.signed(trader, 'GET /api/v3/rateLimit/order')
    return body[0].count
  }
  const before = await counted()
  const { body } = await venue.signed(trader, 'POST /api/v3/orderList/otoco', {
    ...working,
    pendingAboveType: 'LIMIT_MAKER',
    pendingAbovePrice: '32000',
    pendingBelowType: 'STOP_LOSS',
    pendingBelowStopPrice: '28000',
  })
  expect(body).toMatchObject({
    contingencyType: 'OTO',
    orders: [{}, {}, {}],
    orderReports: [{ status: 'NEW' }, { status: 'PENDING_NEW' }, { status: 'PENDING_NEW' }],
  })
  expect((await counted()) - before).toBe(3)
  const replaced = await venue.signed(trader, 'POST /api/v3/order/cancelReplace', {
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'LIMIT_MAKER',
    quantity: '0.01',
    price: '25000',
    cancelReplaceMode: 'STOP_ON_FAILURE',
    cancelOrderId: body.orders[0].orderId,
  })
  expect(replaced.body).toMatchObject({
    cancelResult: 'SUCCESS',
    cancelResponse: { orderListId: body.orderListId, orderReports: [{}, {}, {}] },
    newOrderResult: 'SUCCESS',
  })
  await venue.signed(trader, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
})

test.each<[string, string, Record<string, string>, number, string]>([
  [
    'prices on the wrong side of the last',
    'oco',
    { ...OCO, abovePrice: '29500' },
    -2010,
    'The relationship of the prices for the orders is not correct.',
  ],
  [
    'a limit order below in a sale',
    'oco',
    { ...OCO, belowType: 'LIMIT_MAKER', aboveType: 'TAKE_PROFIT' },
    -1166,
    'A limit order in a sell OCO must be above.',
  ],
  [
    'a market order by nothing',
    'oto',
    { ...OTO, pendingQuantity: '0' },
    -1013,
    'Filter failure: LOT_SIZE',
  ],
])('T12 T13 a list with %s is refused as a whole', async (_, path, fields, code, msg) => {
  const reply = await venue.signed(trader, `POST /api/v3/orderList/${path}`, fields)
  expect(reply).toMatchObject({ status: 400, body: { code, msg } })
  expect((await venue.signed(trader, 'GET /api/v3/openOrders')).body).toEqual([])
})

test('T12 the name of an open list is refused, with the list that has it', async () => {
  const named = { ...OCO, listClientOrderId: 'once' }
  const { body } = await venue.signed(trader, 'POST /api/v3/orderList/oco', named)
  const { aboveClientOrderId: _, belowClientOrderId: __, ...unnamed } = named
  expect(await venue.signed(trader, 'POST /api/v3/orderList/oco', unnamed)).toMatchObject({
    status: 400,
    body: { code: -2010, data: { orderListId: body.orderListId } },
  })
  await venue.signed(trader, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
})

test.each<[string, string, Record<string, string>, number]>([
  ['a list by no name', 'GET /api/v3/orderList', {}, -1102],
  ['a list that never was', 'GET /api/v3/orderList', { orderListId: '999999' }, -2018],
  ['the cancellation of no list', 'DELETE /api/v3/orderList', { symbol: 'BTCUSDT' }, -1102],
  ['a page and a time', 'GET /api/v3/allOrderList', { fromId: '1', startTime: '1' }, -1128],
  ['more than a day', 'GET /api/v3/allOrderList', { startTime: '0', endTime: '86400001' }, -1127],
])('T12 %s is refused', async (_, route, fields, code) => {
  expect(await venue.signed(trader, route, fields)).toMatchObject({ status: 400, body: { code } })
})

test('T12 all lists are listed from one on, or the latest', async () => {
  const all = (await venue.signed(trader, 'GET /api/v3/allOrderList')).body
  const ids = all.map((list: { orderListId: number }) => list.orderListId)
  expect(ids.length).toBeGreaterThan(4)
  expect(ids).toEqual([...ids].sort((a, b) => a - b))
  const from = await venue.signed(trader, 'GET /api/v3/allOrderList', { fromId: ids[1], limit: 2 })
  expect(from.body).toEqual(all.slice(1, 3))
  const latest = await venue.signed(trader, 'GET /api/v3/allOrderList', { limit: 1 })
  expect(latest.body).toEqual(all.slice(-1))
})
