import { afterAll, beforeAll, expect, test } from 'vitest'
import { endpoints } from '../../src/server/gateway/gateway.ts'
import { ANSWER_SHAPES } from './answer-shapes.ts'
import { faults } from './shape.ts'
import { VenueUnderTest } from './venue-under-test.ts'

let venue: VenueUnderTest
let user: Awaited<ReturnType<VenueUnderTest['user']>>

const LIMIT = { symbol: 'BTCUSDT', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01' }

beforeAll(async () => {
  venue = await VenueUnderTest.open()
  await venue.setPrices({ BTC: '30000', ETH: '2000', USDC: '1' })
  const maker = await venue.user({ BTC: '100', USDT: '1000000' })
  user = await venue.marginUser({ BTC: '10', USDT: '100000' })
  await venue.deposit(user.userId, 'USDT', '10', 'FUNDING')
  const order = (who: typeof user, route: string, parameters: object) =>
    venue.signed(who, route, { ...LIMIT, ...parameters })
  await order(maker, 'POST /api/v3/order', { side: 'SELL', price: '30000', quantity: '5' })
  await order(maker, 'POST /api/v3/order', { side: 'BUY', price: '29900', quantity: '5' })
  const move = { type: 'MAIN_MARGIN', asset: 'USDT', amount: '10000' }
  await venue.signed(user, 'POST /sapi/v1/asset/transfer', move)
  await venue.signed(user, 'POST /sapi/v1/asset/transfer', { ...move, asset: 'BTC', amount: '1' })
  for (const newClientOrderId of ['replaced', 'cancelled'])
    await order(user, 'POST /api/v3/order', { side: 'BUY', price: '25000', newClientOrderId })
  const newClientOrderId = 'on-margin'
  await order(user, 'POST /sapi/v1/margin/order', { side: 'BUY', price: '25000', newClientOrderId })
  await order(user, 'POST /api/v3/order', { side: 'BUY', price: '30000' })
})

afterAll(() => venue.close())

test.each(ANSWER_SHAPES.map((each, index) => [each.route, index] as const))(
  '%s answers in Binance’s shape (%i)',
  async (route, index) => {
    const { parameters = {}, shape } = ANSWER_SHAPES[index] as (typeof ANSWER_SHAPES)[number]
    const [method, path] = route.split(' ')
    const endpoint = endpoints.find((each) => each.method === method && each.path === path)
    expect(endpoint, `${route} is served`).toBeDefined()
    const reply =
      endpoint?.access === 'open'
        ? await venue.get(`${path}?${new URLSearchParams(parameters as Record<string, string>)}`)
        : await venue.signed(user, route, { nonce: index, ...parameters })
    expect(reply.status, JSON.stringify(reply.body)).toBe(200)
    expect(faults(shape, reply.body)).toEqual([])
  },
)
