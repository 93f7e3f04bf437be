import { afterAll, beforeAll, expect, test } from 'vitest'
import { VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

interface Trade {
  readonly timeMs: number
  readonly price: number
  readonly quantity: number
}

let venue: VenueUnderTest
let maker: Awaited<ReturnType<VenueUnderTest['user']>>
let taker: typeof maker
const trades: Trade[] = []

const GTC = { symbol: 'BTCUSDT', type: 'LIMIT', timeInForce: 'GTC' }

async function trade(price: number, quantity: number): Promise<void> {
  const order = { ...GTC, price, quantity }
  await venue.signed(maker, 'POST /api/v3/order', { ...order, side: 'SELL' })
  const { body } = await venue.signed(taker, 'POST /api/v3/order', { ...order, side: 'BUY' })
  expect(body).toMatchObject({ status: 'FILLED' })
  trades.push({ timeMs: body.transactTime, price, quantity })
}

beforeAll(async () => {
  venue = await VenueUnderTest.open()
  maker = await venue.user({ BTC: '100' })
  taker = await venue.user({ USDT: '1000000' })
  await venue.setPrices({ BTC: '30000' })
  const steps: readonly (readonly [number, number, number])[] = [
    [0, 30_000, 0.1],
    [20 * MINUTE_MS, 30_100, 0.2],
    [DAY_MS + 3 * MINUTE_MS, 29_900, 0.3],
    [2 * DAY_MS + 7 * HOUR_MS + 59 * MINUTE_MS, 30_200, 0.1],
    [3 * DAY_MS, 30_050, 0.4],
    [HOUR_MS - 1, 30_060, 0.1],
    [MINUTE_MS, 30_070, 0.2],
  ]
  for (const [afterMs, price, quantity] of steps) {
    venue.clock.advance(afterMs)
    await trade(price, quantity)
  }
})

afterAll(() => venue.close())

const WINDOWS = ['1m', '2m', '59m', '1h', '2h', '23h', '1d', '2d', '3d', '4d', '5d', '6d', '7d']
const LENGTHS_MS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }

/** By whole minutes, the one that the window begins in included: the plain sum over the trades. */
function expected(windowSize: string, nowMs: number): object {
  const lengthMs = Number.parseInt(windowSize, 10) * (LENGTHS_MS[windowSize.slice(-1)] ?? 0)
  const openTime = Math.floor((nowMs - lengthMs) / MINUTE_MS) * MINUTE_MS
  const within = trades.filter(({ timeMs }) => timeMs >= openTime)
  const prices = within.map(({ price }) => price)
  const text = (value: number) => value.toFixed(8)
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
  const volume = sum(within.map(({ quantity }) => quantity))
  const quoteVolume = sum(within.map(({ price, quantity }) => price * quantity))
  const first = prices[0] ?? 0
  const last = prices.at(-1) ?? 0
  return {
    symbol: 'BTCUSDT',
    priceChange: text(last - first),
    openPrice: text(first),
    highPrice: text(Math.max(...prices)),
    lowPrice: text(Math.min(...prices)),
    lastPrice: text(last),
    volume: text(volume),
    quoteVolume: text(quoteVolume),
    openTime,
    closeTime: nowMs,
    firstId: trades.length - within.length + 1,
    lastId: trades.length,
    count: within.length,
  }
}

test.each(WINDOWS)('the ticker of the last %s is the sum of its trades', async (windowSize) => {
  const { body } = await venue.get(`/api/v3/ticker?symbol=BTCUSDT&windowSize=${windowSize}`)
  expect(body).toMatchObject(expected(windowSize, body.closeTime))
})

test('a window without trades stands at the price before it; a pair that never traded at nothing', async () => {
  venue.clock.advance(4 * DAY_MS)
  await venue.submit({ type: 'AdvanceTime' })
  const { body } = await venue.get('/api/v3/ticker?symbol=BTCUSDT&windowSize=3d')
  expect(body).toMatchObject({ openPrice: '30070.00000000', volume: '0.00000000', count: 0 })
  const symbols = encodeURIComponent('["ETHUSDT","BTCUSDT"]')
  const both = await venue.get(`/api/v3/ticker?symbols=${symbols}&windowSize=7d&type=MINI`)
  expect(both.headers['x-mbx-used-weight']).toBeDefined()
  expect(both.body).toMatchObject([{ symbol: 'ETHUSDT', count: 0 }, { symbol: 'BTCUSDT' }])
  expect(both.body[0]).not.toHaveProperty('priceChange')
})

test.each(['0m', '60m', '24h', '8d', '1w', '1D', ''])(
  'a window of "%s" is refused',
  async (size) => {
    const { body } = await venue.get(`/api/v3/ticker?symbol=BTCUSDT&windowSize=${size}`)
    expect(body.code).toBe(size === '' ? -1105 : -1130)
  },
)

test('W5 a rolling or daily ticker needs its symbols', async () => {
  for (const path of ['/api/v3/ticker', '/api/v3/ticker/tradingDay'])
    expect(await venue.get(path)).toMatchObject({ status: 400, body: { code: -1102 } })
})
