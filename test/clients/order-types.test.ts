import { MainClient } from 'binance'
import ccxt from 'ccxt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StartedVenue } from '../../src/index.ts'
import { startVenue } from '../../src/index.ts'

// `ccxt` and `binance` as they come from npm, told only where the venue is.
const SYMBOL = 'BTC/USDT'

let venue: StartedVenue
let exchange: InstanceType<typeof ccxt.binance>
let rest: MainClient
/** What the market was at; nothing here trades within a fifth of it. */
let last: number

beforeAll(async () => {
  venue = await startVenue({ seed: 7, policy: 'binance' })
  const user = await venue.sandbox.createUser({
    kyc: 'APPROVED',
    disclosure: true,
    wallets: { SPOT: { USDT: '500000', BTC: '5' }, CROSS_MARGIN: { USDT: '50000' } },
    fundedDaysAgo: 8,
    mode: 'CROSS',
  })
  const secretKey = user.secretKey ?? ''
  exchange = new ccxt.binance(venue.ccxt({ ...user, secretKey }))
  await exchange.loadMarkets()
  rest = new MainClient({ api_key: user.apiKey, api_secret: secretKey, baseUrl: venue.url })
  await exchange.createOrder(SYMBOL, 'market', 'buy', 0.01)
  last = Number((await exchange.fetchTicker(SYMBOL)).last)
})

afterAll(() => venue.close())

const at = (multiple: number) => Number((last * multiple).toFixed(2))

test.each([
  ['STOP_LOSS', 'sell', undefined, { stopLossPrice: 0.8 }],
  ['STOP_LOSS_LIMIT', 'sell', 0.79, { stopLossPrice: 0.8 }],
  ['TAKE_PROFIT', 'sell', undefined, { takeProfitPrice: 1.2 }],
  ['TAKE_PROFIT_LIMIT', 'buy', 0.79, { takeProfitPrice: 0.8 }],
] as const)('T8 ccxt places a %s to %s', async (type, side, price, trigger) => {
  const params = Object.fromEntries(
    Object.entries(trigger).map(([name, multiple]) => [name, at(multiple)]),
  )
  const plain = price === undefined ? 'market' : 'limit'
  const limit = price === undefined ? undefined : at(price)
  const placed = await exchange.createOrder(SYMBOL, plain, side, 0.01, limit, params)
  const seen = await exchange.fetchOrder(String(placed.id), SYMBOL)
  expect(seen).toMatchObject({ status: 'open', side, amount: 0.01 })
  expect(seen.info.type).toBe(type)
  expect(seen.triggerPrice).toBe(Object.values(params)[0])
  await exchange.cancelOrder(String(placed.id), SYMBOL)
  expect((await exchange.fetchOrder(String(placed.id), SYMBOL)).status).toBe('canceled')
})

test('T9 T7 ccxt places a trailing order and an iceberg', async () => {
  const trailing = await exchange.createOrder(SYMBOL, 'market', 'sell', 0.01, undefined, {
    trailingPercent: 15,
    stopLossOrTakeProfit: 'stopLoss',
  })
  const iceberg = await exchange.createOrder(SYMBOL, 'limit', 'buy', 0.01, at(0.8), {
    icebergQty: '0.002',
  })
  const open = await exchange.fetchOpenOrders(SYMBOL)
  expect(open.map((order) => order.id)).toEqual([trailing.id, iceberg.id])
  expect(open[0]?.info).toMatchObject({ type: 'STOP_LOSS', trailingDelta: 1_500 })
  expect(open[1]?.info).toMatchObject({ icebergQty: '0.00200000' })
  await exchange.cancelAllOrders(SYMBOL)
})

test('T15 ccxt edits an order by cancelling and placing', async () => {
  const first = await exchange.createOrder(SYMBOL, 'limit', 'buy', 0.01, at(0.8))
  const second = await exchange.editOrder(String(first.id), SYMBOL, 'limit', 'buy', 0.02, at(0.79))
  expect(second.amount).toBe(0.02)
  expect((await exchange.fetchOrder(String(first.id), SYMBOL)).status).toBe('canceled')
  await exchange.cancelOrder(String(second.id), SYMBOL)
})

test('T8 what would trigger at once is what ccxt calls an order that cannot be filled', async () => {
  const order = exchange.createOrder(SYMBOL, 'market', 'sell', 0.01, undefined, {
    stopLossPrice: at(1.2),
  })
  await expect(order).rejects.toThrow(ccxt.OrderImmediatelyFillable)
})

test('T12 T14 the binance package places, sees and cancels an OCO by either request', async () => {
  const spot = await rest.submitNewOrderList({
    symbol: 'BTCUSDT',
    side: 'SELL',
    quantity: 0.01,
    aboveType: 'LIMIT_MAKER',
    abovePrice: String(at(1.2)),
    belowType: 'STOP_LOSS',
    belowStopPrice: String(at(0.8)),
  } as never)
  expect(spot).toMatchObject({ contingencyType: 'OCO', orderReports: [{}, {}] })
  const { orderListId } = spot as { orderListId: number }
  expect(await rest.getOCO({ orderListId })).toMatchObject({ listOrderStatus: 'EXECUTING' })
  expect(await rest.cancelOCO({ symbol: 'BTCUSDT', orderListId })).toMatchObject({
    listOrderStatus: 'ALL_DONE',
  })
  const margin = await rest.marginAccountNewOrder({
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'MARKET',
    quantity: 0.01,
  })
  expect(margin).toMatchObject({ status: 'FILLED' })
  const oco = await rest.marginAccountNewOCO({
    symbol: 'BTCUSDT',
    side: 'SELL',
    quantity: 0.005,
    price: at(1.2),
    stopPrice: at(0.8),
  } as never)
  expect(oco).toMatchObject({ contingencyType: 'OCO', isIsolated: false })
})

test('T13 T16 the binance package places an OTO and amends its working order', async () => {
  const list = await rest.submitNewOrderListOTO({
    symbol: 'BTCUSDT',
    workingType: 'LIMIT',
    workingSide: 'BUY',
    workingPrice: String(at(0.8)),
    workingQuantity: '0.02',
    workingTimeInForce: 'GTC',
    pendingType: 'MARKET',
    pendingSide: 'SELL',
    pendingQuantity: '0.01',
  } as never)
  expect(list).toMatchObject({ orderReports: [{ status: 'NEW' }, { status: 'PENDING_NEW' }] })
  const { orders } = list as unknown as { orders: { orderId: number }[] }
  const orderId = orders[0]?.orderId ?? 0
  // The method that the package has for it goes to another exchange of Binance's.
  const amended = await rest.putPrivate('api/v3/order/amend/keepPriority', {
    symbol: 'BTCUSDT',
    orderId,
    newQty: '0.01',
  })
  expect(amended).toMatchObject({ amendedOrder: { qty: '0.01000000' }, listStatus: {} })
  await rest.cancelOrder({ symbol: 'BTCUSDT', orderId } as never)
})
