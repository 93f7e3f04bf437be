import { afterAll, beforeAll, expect, test } from 'vitest'
import { VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'

let venue: VenueUnderTest
let taker: Awaited<ReturnType<VenueUnderTest['user']>>

beforeAll(async () => {
  venue = await VenueUnderTest.open()
  await venue.setPrices({ BTC: '30000', ETH: '2000' })
  const maker = await venue.user({ BTC: '10', USDT: '1000000' })
  taker = await venue.user({ BTC: '10', USDT: '1000000' })
  const rest = { symbol: 'BTCUSDT', side: 'SELL', type: 'LIMIT', timeInForce: 'GTC' }
  await venue.signed(maker, 'POST /api/v3/order', { ...rest, quantity: '1', price: '30000' })
})

afterAll(() => venue.close())

const LIMIT = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' }
const ORDER = { ...LIMIT, quantity: '0.01', price: '20000' }
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(ORDER).filter(([name]) => !names.includes(name)))

test.each<[string, Record<string, string>, number, number, string?]>([
  ['no symbol', without('symbol'), 400, -1102],
  ['an empty symbol', { ...ORDER, symbol: '' }, 400, -1105],
  ['an unknown symbol', { ...ORDER, symbol: 'BTC/USDT' }, 400, -1121, 'Invalid symbol.'],
  ['a symbol with a blank', { ...ORDER, symbol: 'BTCUSDT ' }, 400, -1121],
  ['a Cyrillic symbol', { ...ORDER, symbol: 'ВTCUSDT' }, 400, -1121],
  ['__proto__ as symbol', { ...ORDER, symbol: '__proto__' }, 400, -1121],
  ['constructor as symbol', { ...ORDER, symbol: 'constructor' }, 400, -1121],
  ['SQL as symbol', { ...ORDER, symbol: "BTCUSDT';DROP TABLE--" }, 400, -1121],
  ['a lower-case side', { ...ORDER, side: 'buy' }, 400, -1117],
  ['an unknown side', { ...ORDER, side: 'LONG' }, 400, -1117],
  ['an empty side', { ...ORDER, side: '' }, 400, -1105],
  ['no side', without('side'), 400, -1102],
  ['a lower-case type', { ...ORDER, type: 'limit' }, 400, -1116],
  ['an unknown type', { ...ORDER, type: 'ICEBERG' }, 400, -1116],
  ['toString as type', { ...ORDER, type: 'toString' }, 400, -1116],
  ['no type', without('type'), 400, -1102],
  [
    'a stop without a price to wait for',
    { ...ORDER, type: 'STOP_LOSS_LIMIT' },
    400,
    -1102,
    "Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!",
  ],
  ['a stop at market with a limit', { ...ORDER, type: 'STOP_LOSS', stopPrice: '1' }, 400, -1106],
  ['an unknown time in force', { ...ORDER, timeInForce: 'GTX' }, 400, -1115],
  ['an empty time in force', { ...ORDER, timeInForce: '' }, 400, -1105],
  ['no time in force', without('timeInForce'), 400, -1102],
  ['no price', without('price'), 400, -1102],
  ['no quantity', without('quantity'), 400, -1102],
  ['a market order with a price', { ...without('timeInForce'), type: 'MARKET' }, 400, -1106],
  ['a market order with a time in force', { ...without('price'), type: 'MARKET' }, 400, -1106],
  [
    'a market order of both quantities',
    { ...without('price', 'timeInForce'), type: 'MARKET', quoteOrderQty: '1' },
    400,
    -1128,
  ],
  [
    'a market order of no quantity',
    { ...without('price', 'timeInForce', 'quantity'), type: 'MARKET' },
    400,
    -1102,
  ],
  ['a limit order by quote', { ...ORDER, quoteOrderQty: '100' }, 400, -1106],
  ['a limit order with a stop price', { ...ORDER, stopPrice: '1' }, 400, -1106],
  ['a post-only order with a time in force', { ...ORDER, type: 'LIMIT_MAKER' }, 400, -1106],
  [
    'an iceberg above its quantity',
    { ...ORDER, icebergQty: '0.02' },
    400,
    -2010,
    'IcebergQty exceeds QTY.',
  ],
  [
    'an iceberg of too many parts',
    { ...ORDER, icebergQty: '0.00005' },
    400,
    -1013,
    'Filter failure: ICEBERG_PARTS',
  ],
  [
    'a trailing delta outside the filter',
    { ...ORDER, type: 'TAKE_PROFIT_LIMIT', trailingDelta: '2001' },
    400,
    -1013,
    'Filter failure: TRAILING_DELTA',
  ],
  ['a trailing delta', { ...ORDER, trailingDelta: '0' }, 400, -1106],
  ['quantity zero', { ...ORDER, quantity: '0' }, 400, -1013, 'Filter failure: LOT_SIZE'],
  [
    'a quantity below the minimum',
    { ...ORDER, quantity: '0.00000001' },
    400,
    -1013,
    'Filter failure: LOT_SIZE',
  ],
  [
    'a quantity off the step',
    { ...ORDER, quantity: '0.000015' },
    400,
    -1013,
    'Filter failure: LOT_SIZE',
  ],
  [
    'a quantity above the maximum',
    { ...ORDER, quantity: '9000.00001' },
    400,
    -1013,
    'Filter failure: LOT_SIZE',
  ],
  ['a quantity past a double', { ...ORDER, quantity: '9007199254740993' }, 400, -1108],
  ['a quantity in exponents', { ...ORDER, quantity: '1e5' }, 400, -1100],
  ['a negative quantity', { ...ORDER, quantity: '-1' }, 400, -1100],
  ['nine decimals', { ...ORDER, quantity: '0.000000001' }, 400, -1111],
  ['price zero', { ...ORDER, price: '0' }, 400, -1013, 'Filter failure: PRICE_FILTER'],
  [
    'a price off the tick',
    { ...ORDER, price: '20000.001' },
    400,
    -1013,
    'Filter failure: PRICE_FILTER',
  ],
  [
    'a price above the maximum',
    { ...ORDER, price: '1000000.01' },
    400,
    -1013,
    'Filter failure: PRICE_FILTER',
  ],
  [
    'a price past what a book holds',
    { ...ORDER, price: '20000000000' },
    400,
    -1013,
    'Filter failure: PRICE_FILTER',
  ],
  [
    'a price ten times the market',
    { ...ORDER, price: '300000' },
    400,
    -1013,
    'Filter failure: PERCENT_PRICE_BY_SIDE',
  ],
  [
    'a notional below the minimum',
    { ...ORDER, quantity: '0.00001' },
    400,
    -1013,
    'Filter failure: NOTIONAL',
  ],
  [
    'more than there is',
    { ...ORDER, quantity: '100' },
    400,
    -2010,
    'Account has insufficient balance for requested action.',
  ],
  ['an empty client id', { ...ORDER, newClientOrderId: '' }, 400, -1105],
  ['a client id of 37', { ...ORDER, newClientOrderId: 'a'.repeat(37) }, 400, -1100],
  ['a client id with markup', { ...ORDER, newClientOrderId: '<script>' }, 400, -1100],
  ['an unknown self-trade prevention', { ...ORDER, selfTradePreventionMode: 'MAYBE' }, 400, -1130],
  ['an unknown response type', { ...ORDER, newOrderRespType: 'ALL' }, 400, -1136],
])('W5 %s is refused and changes nothing', async (_, parameters, status, code, msg) => {
  const before = venue.sequencer.stateHash()
  for (const route of ['POST /api/v3/order', 'POST /sapi/v1/margin/order']) {
    if (route.includes('margin') && [-2010, -1013].includes(code)) continue
    const reply = await venue.signed(taker, route, parameters)
    expect(reply).toMatchObject({ status, body: { code, ...(msg !== undefined && { msg }) } })
  }
  const spot = await venue.signed(taker, 'POST /api/v3/order', parameters)
  expect(spot).toMatchObject({ status, body: { code, ...(msg !== undefined && { msg }) } })
  expect((await venue.signed(taker, 'GET /api/v3/openOrders')).body).toEqual([])
  // A refusal by the engine is a command of its own; before it there is none.
  if (![-2010, -1013].includes(code)) expect(venue.sequencer.stateHash()).toBe(before)
})

test('an order is tested for its filters without being placed', async () => {
  const test = (changes: object) =>
    venue.signed(taker, 'POST /api/v3/order/test', { ...ORDER, ...changes })
  expect((await test({ quantity: '100' })).body).toEqual({})
  expect(await test({ quantity: '0.00001' })).toMatchObject({
    status: 400,
    body: { code: -1013, msg: 'Filter failure: NOTIONAL' },
  })
  const rates = await test({ computeCommissionRates: true })
  expect(rates.body).toMatchObject({
    standardCommissionForOrder: { maker: '0.00100000', taker: '0.00100000' },
  })
})

test('a tolerated order takes unknown parameters and a lower-case symbol', async () => {
  const reply = await venue.signed(taker, 'POST /api/v3/order/test', {
    ...ORDER,
    symbol: 'btcusdt',
    isAdmin: true,
    userId: 1,
    fee: 0,
  })
  expect(reply).toMatchObject({ status: 200, body: {} })
})

test.each<[string, string, Record<string, string | number>, number]>([
  ['neither id', 'DELETE /api/v3/order', {}, -1102],
  ['an unknown id', 'DELETE /api/v3/order', { orderId: 999 }, -2011],
  ['id 0', 'DELETE /api/v3/order', { orderId: 0 }, -2011],
  ['id -1', 'DELETE /api/v3/order', { orderId: '-1' }, -1100],
  ['id 1e3', 'DELETE /api/v3/order', { orderId: '1e3' }, -1100],
  ['id 2^63', 'DELETE /api/v3/order', { orderId: '9223372036854775808' }, -1108],
  ["another user's order", 'DELETE /api/v3/order', { orderId: 1 }, -2011],
  ['an unknown id', 'GET /api/v3/order', { orderId: 999 }, -2013],
  ["another user's order", 'GET /api/v3/order', { orderId: 1 }, -2013],
])('W5 %s in %s', async (_, route, parameters, code) => {
  const reply = await venue.signed(taker, route, { symbol: 'BTCUSDT', ...parameters })
  expect(reply).toMatchObject({ status: 400, body: { code } })
})

test.each([
  ['/api/v3/depth?symbol=BTCUSDT&limit=0', -1130],
  ['/api/v3/depth?symbol=BTCUSDT&limit=-1', -1100],
  ['/api/v3/depth?symbol=BTCUSDT&limit=1.5', -1100],
  ['/api/v3/depth', -1102],
  ['/api/v3/klines?symbol=BTCUSDT', -1102],
  ['/api/v3/klines?symbol=BTCUSDT&interval=2m', -1120],
  ['/api/v3/klines?symbol=BTCUSDT&interval=1M%20', -1120],
  ['/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=2&endTime=1', -1130],
  ['/api/v3/klines?symbol=BTCUSDT&interval=1m&timeZone=15', -1130],
  ['/api/v3/klines?symbol=BTCUSDT&interval=1m&timeZone=x', -1130],
  ['/api/v3/aggTrades?symbol=BTCUSDT&fromId=1&startTime=1', -1128],
  ['/api/v3/ticker/price?symbols=BTCUSDT,', -1121],
  ['/api/v3/ticker/price?symbols=%5B%22BTCUSDT%22%2C%22BTCUSDT%22%5D', -1151],
  ['/api/v3/ticker/price?symbols=%5B1%5D', -1135],
  ['/api/v3/ticker/price?symbols=%5B', -1135],
  ['/api/v3/ticker/price?symbol=BTCUSDT&symbols=%5B%22BTCUSDT%22%5D', -1128],
  ['/api/v3/ticker?symbol=BTCUSDT&windowSize=0m', -1130],
  ['/api/v3/ticker/price?symbol=%', -1100],
  ['/api/v3/ticker/price?symbol=BTCUSDT&symbol=BTCUSDT', -1101],
])('W5 %s is %i', async (url, code) => {
  expect(await venue.get(url)).toMatchObject({ status: 400, body: { code } })
})
