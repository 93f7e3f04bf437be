import { afterAll, beforeAll, expect, test } from 'vitest'
import { VENUE_MS, VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const LOANS = 25

let venue: VenueUnderTest
let user: Awaited<ReturnType<VenueUnderTest['user']>>

const ask = (route: string, parameters: Record<string, string | number> = {}) =>
  venue.signed(user, `GET ${route}`, parameters)

beforeAll(async () => {
  venue = await VenueUnderTest.open()
  await venue.setPrices({ BTC: '30000', ETH: '2000', USDC: '1' })
  user = await venue.marginUser({ USDT: '100000', BTC: '10' })
  const move = { type: 'MAIN_MARGIN', asset: 'USDT', amount: '50000' }
  await venue.signed(user, 'POST /sapi/v1/asset/transfer', move)
  for (let count = 1; count <= LOANS; count += 1) {
    venue.clock.advance(HOUR_MS)
    await venue.setPrices({ BTC: '30000', ETH: '2000', USDC: '1' })
    const loan = { asset: count % 2 === 0 ? 'BTC' : 'USDT', amount: '0.1', isIsolated: 'FALSE' }
    const taken = await venue.signed(user, 'POST /sapi/v1/margin/borrow-repay', {
      ...loan,
      type: 'BORROW',
      nonce: count,
    })
    expect(taken.status, JSON.stringify(taken.body)).toBe(200)
  }
})

afterAll(() => venue.close())

const END_MS = VENUE_MS + 30 * HOUR_MS
const days = (count: number, moreMs = 0) => ({
  startTime: END_MS - count * DAY_MS - moreMs,
  endTime: END_MS,
})

test.each<[string, Record<string, string | number>, number, number]>([
  ['/sapi/v1/margin/borrow-repay', { type: 'BORROW' }, 7, -4047],
  ['/sapi/v1/margin/borrow-repay', { type: 'BORROW', asset: 'BTC' }, 30, -4047],
  ['/sapi/v1/margin/interestHistory', {}, 30, -4047],
  ['/sapi/v1/margin/interestRateHistory', { asset: 'BTC' }, 31, -4047],
  ['/sapi/v1/margin/transfer', {}, 30, -4047],
  ['/sapi/v1/margin/forceLiquidationRec', {}, 90, -4047],
  ['/sapi/v1/asset/transfer', { type: 'MAIN_MARGIN' }, 183, -4047],
  ['/api/v3/allOrders', { symbol: 'BTCUSDT' }, 1, -1127],
  ['/api/v3/myTrades', { symbol: 'BTCUSDT' }, 1, -1127],
  ['/api/v3/allOrderList', {}, 1, -1127],
  ['/sapi/v1/margin/allOrders', { symbol: 'BTCUSDT' }, 1, -1127],
  ['/sapi/v1/margin/myTrades', { symbol: 'BTCUSDT' }, 1, -1127],
])('%s with %o reaches over %i days and no millisecond more', async (route, given, most, code) => {
  expect((await ask(route, { ...given, ...days(most) })).status).toBe(200)
  expect(await ask(route, { ...given, ...days(most, 1) })).toMatchObject({
    status: 400,
    body: { code },
  })
  const backwards = { startTime: END_MS, endTime: END_MS - 1 }
  expect((await ask(route, { ...given, ...backwards })).body.code).toBe(-1130)
})

test('pages are newest first, do not overlap, and together are all there is', async () => {
  const seen: number[] = []
  const times: number[] = []
  for (let current = 1; current <= 4; current += 1) {
    const page = { type: 'BORROW', current, size: 10 }
    const { body } = await ask('/sapi/v1/margin/borrow-repay', page)
    expect(body.total).toBe(LOANS)
    for (const row of body.rows) {
      seen.push(row.txId)
      times.push(row.timestamp)
    }
  }
  expect(new Set(seen).size).toBe(LOANS)
  expect(times).toEqual(times.toSorted((a, b) => b - a))
})

test.each([
  [{ size: 0 }, -1130],
  [{ current: 0 }, -1130],
  [{ size: 'ten' }, -1100],
])('a page of %o is refused', async (page, code) => {
  const { body } = await ask('/sapi/v1/margin/borrow-repay', { type: 'BORROW', ...page })
  expect(body.code).toBe(code)
})

test('a page holds ten rows unless asked, and a hundred at most', async () => {
  const rows = async (size: object) =>
    (await ask('/sapi/v1/margin/interestHistory', { ...size })).body.rows.length
  venue.clock.advance(20 * HOUR_MS)
  await venue.submit({ type: 'AdvanceTime' })
  expect(await rows({})).toBe(10)
  expect(await rows({ size: 1_000 })).toBe(100)
})

test('one end of a range given alone reaches seven days from there', async () => {
  const rows = async (range: object) =>
    (await ask('/sapi/v1/margin/borrow-repay', { type: 'BORROW', size: 100, ...range })).body.total
  expect(await rows({ startTime: VENUE_MS + 20 * HOUR_MS })).toBe(6)
  expect(await rows({ endTime: VENUE_MS + 5 * HOUR_MS })).toBe(5)
  expect(await rows({ endTime: VENUE_MS + 8 * DAY_MS })).toBe(2)
  expect(await rows({ startTime: VENUE_MS - 8 * DAY_MS })).toBe(0)
})

test('an asset and a transaction narrow a history', async () => {
  const loans = (narrow: object) =>
    ask('/sapi/v1/margin/borrow-repay', { type: 'BORROW', size: 100, ...narrow })
  const { body } = await loans({ asset: 'BTC' })
  expect(body.total).toBe(12)
  const [first] = body.rows
  expect((await loans({ txId: first.txId })).body.rows).toEqual([first])
  expect((await loans({ asset: 'USDT', txId: first.txId })).body.total).toBe(0)
})

test.each([
  ['/api/v3/myTrades', { symbol: 'BTCUSDT', fromId: 1, startTime: 1 }],
  ['/api/v3/allOrderList', { fromId: 1, endTime: 1 }],
])('%s goes by id or by time, not both', async (route, parameters) => {
  expect((await ask(route, parameters)).body.code).toBe(-1128)
})
