import { afterAll, beforeAll, expect, test } from 'vitest'
import { VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'

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

const market = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET' }

test.each<[string, string, Record<string, string>, number, Record<string, string>?]>([
  [
    'an amount of 0',
    'POST /sapi/v1/margin/borrow-repay',
    { type: 'BORROW', asset: 'BTC', amount: '0' },
    -1013,
  ],
  [
    'beyond the maximum',
    'POST /sapi/v1/margin/borrow-repay',
    { type: 'BORROW', asset: 'BTC', amount: '20' },
    -3006,
    { asset: 'BTC', binding: 'headroom' },
  ],
  [
    'an unknown asset',
    'POST /sapi/v1/margin/borrow-repay',
    { type: 'BORROW', asset: 'NONE', amount: '1' },
    -3027,
  ],
  [
    'more than is owed',
    'POST /sapi/v1/margin/borrow-repay',
    { type: 'REPAY', asset: 'ETH', amount: '1' },
    -3015,
  ],
  [
    'an unknown type',
    'POST /sapi/v1/margin/borrow-repay',
    { type: 'borrow', asset: 'BTC', amount: '1' },
    -1130,
  ],
  [
    'an odd isIsolated',
    'POST /sapi/v1/margin/borrow-repay',
    { type: 'BORROW', asset: 'BTC', amount: '1', isIsolated: 'yes' },
    -1130,
  ],
  [
    'an isolated loan',
    'POST /sapi/v1/margin/borrow-repay',
    { type: 'BORROW', asset: 'BTC', amount: '1', isIsolated: 'TRUE', symbol: 'BTCUSDT' },
    -31002,
  ],
  [
    'an isolated order',
    'POST /sapi/v1/margin/order',
    { ...market, quantity: '1', isIsolated: 'true' },
    -31002,
  ],
  [
    'isolated open orders',
    'GET /sapi/v1/margin/openOrders',
    { symbol: 'BTCUSDT', isIsolated: 'true' },
    -11001,
  ],
  [
    'an isolated maximum',
    'GET /sapi/v1/margin/maxBorrowable',
    { asset: 'BTC', isolatedSymbol: 'BTCUSDT' },
    -11001,
  ],
  [
    'an isolated transfer',
    'POST /sapi/v1/asset/transfer',
    { type: 'MAIN_ISOLATED_MARGIN', asset: 'BTC', amount: '1', toSymbol: 'BTCUSDT' },
    -31002,
  ],
  [
    'the other spelling without its symbol',
    'POST /sapi/v1/asset/transfer',
    { type: 'ISOLATEDMARGIN_MARGIN', asset: 'BTC', amount: '1' },
    -1102,
  ],
  ['an old isolated transfer', 'POST /sapi/v1/margin/isolated/transfer', {}, -1102],
  [
    'a futures transfer',
    'POST /sapi/v1/asset/transfer',
    { type: 'MAIN_UMFUTURE', asset: 'BTC', amount: '1' },
    -1130,
  ],
  [
    'constructor as type',
    'POST /sapi/v1/asset/transfer',
    { type: 'constructor', asset: 'BTC', amount: '1' },
    -1130,
  ],
  [
    'more than there is',
    'POST /sapi/v1/asset/transfer',
    { type: 'MAIN_MARGIN', asset: 'BTC', amount: '1' },
    -3041,
  ],
  [
    'more than may leave',
    'POST /sapi/v1/asset/transfer',
    { type: 'MARGIN_MAIN', asset: 'USDT', amount: '19999' },
    -3020,
  ],
  [
    'an unknown side effect',
    'POST /sapi/v1/margin/order',
    { ...market, quantity: '1', sideEffectType: 'MAYBE' },
    -1130,
  ],
  ['leverage of 10', 'POST /sapi/v1/margin/max-leverage', { maxLeverage: '10' }, -1130],
  [
    'a window of 31 days',
    'GET /sapi/v1/margin/interestHistory',
    { startTime: '0', endTime: String(31 * 86_400_000) },
    -4047,
  ],
  [
    'a range backwards',
    'GET /sapi/v1/margin/interestHistory',
    { startTime: '2', endTime: '1' },
    -1130,
  ],
])('W5 %s is refused', async (_, route, parameters, code, data) => {
  const reply = await venue.signed(trader, route, parameters)
  expect(reply).toMatchObject({ status: 400, body: { code, ...(data !== undefined && { data }) } })
})

test('who is not eligible is told why, and where they stand', async () => {
  const newcomer = await venue.user({ USDT: '100' })
  const refused = await venue.signed(newcomer, 'POST /sapi/v1/margin/order', {
    ...market,
    quantity: '0.001',
  })
  expect(refused).toMatchObject({
    status: 400,
    body: { code: -31001, data: { conditions: expect.any(Array) } },
  })
  const eligibility = await venue.signed(newcomer, 'GET /fulcrum/v1/margin/eligibility')
  expect(eligibility.body).toMatchObject({
    eligible: false,
    conditions: refused.body.data.conditions,
    average: '0.00000000',
    samples: [],
  })
  expect((await venue.signed(newcomer, 'GET /fulcrum/v1/kyc')).body).toEqual({
    state: 'NONE',
    reason: '',
    disclosure: { accepted: null, inForce: '2026-01' },
  })
  expect((await venue.signed(newcomer, 'POST /fulcrum/v1/kyc')).body).toMatchObject({
    state: 'PENDING',
  })
  const accepted = await venue.signed(newcomer, 'POST /fulcrum/v1/disclosure/accept', {
    version: '2026-01',
  })
  expect(accepted.body).toMatchObject({ disclosure: { accepted: '2026-01' } })
  const stale = await venue.signed(newcomer, 'POST /fulcrum/v1/disclosure/accept', {
    version: '2020-01',
  })
  expect(stale).toMatchObject({ status: 400, body: { code: -31008 } })
})
