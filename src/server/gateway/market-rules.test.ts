import { afterAll, beforeAll, expect, test } from 'vitest'
import { profileDocument } from '../../../test/gateway/profile-venue.ts'
import { VENUE_MS, VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'
import type { SandboxDoor } from './sandbox.ts'

let venue: VenueUnderTest
let trader: Awaited<ReturnType<VenueUnderTest['user']>>
let partner: Awaited<ReturnType<VenueUnderTest['user']>>

const nothing = async () => ({})
const door: SandboxDoor = {
  status: nothing,
  createUser: nothing,
  deposit: nothing,
  clock: nothing,
  setIndexPrices: nothing,
  clearIndexPrices: nothing,
  setSourcePrices: nothing,
  setFaults: nothing,
  clearFaults: nothing,
}

beforeAll(async () => {
  const document = profileDocument()
  const executionBand = { bidUp: '1.1', bidDown: '0.9', askUp: '1.2', askDown: '0.8' }
  const symbols = document.symbols.map((symbol) =>
    symbol.symbol === 'BTCUSDT' ? { ...symbol, orderRules: { executionBand } } : symbol,
  )
  venue = await VenueUnderTest.open({
    document: { ...document, symbols },
    deps: { sandbox: door },
  })
  await venue.setPrices({ BTC: '30000', ETH: '2000' })
  trader = await venue.user({ BTC: '10', USDT: '1000000' })
  partner = await venue.user({ BTC: '10', USDT: '1000000', SOL: '100' })
})

afterAll(() => venue.close())

function tell(path: string, body: unknown) {
  return venue.inject({
    method: 'POST',
    url: `/sandbox/v1/${path}`,
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  })
}

const BID = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '29000' }

test.each([
  ['POST_ONLY', 'BREAK', true],
  ['CANCEL_ONLY', 'CANCEL_ONLY', false],
  ['HALTED', 'HALT', false],
  ['TRADING', 'TRADING', true],
])(
  'T20 a symbol that is %s shows as %s and takes a resting order: %s',
  async (state, status, takes) => {
    const set = await tell('symbols', { symbol: 'BTCUSDT', state, reason: 'a test' })
    expect(set).toMatchObject({ status: 200, body: { symbol: 'BTCUSDT', state } })
    const info = await venue.get('/api/v3/exchangeInfo?symbol=BTCUSDT')
    expect(info.body.symbols[0].status).toBe(status)
    const listed = await venue.get(`/api/v3/exchangeInfo?symbolStatus=${status}`)
    const names = listed.body.symbols.map((each: { symbol: string }) => each.symbol)
    expect(names).toContain('BTCUSDT')
    if (state !== 'TRADING') expect(names).toHaveLength(1)
    const order = { symbol: 'BTCUSDT', ...BID }
    const reply = await venue.signed(trader, 'POST /api/v3/order', order)
    if (takes) {
      expect(reply.body.status).toBe('NEW')
      const canceled = await venue.signed(trader, 'DELETE /api/v3/openOrders', {
        symbol: 'BTCUSDT',
      })
      expect(canceled.status).toBe(200)
    } else {
      expect(reply).toMatchObject({
        status: 400,
        body: { code: -2010, msg: 'Market is closed.', data: { symbol: 'BTCUSDT', state } },
      })
    }
  },
)

test.each<[string, unknown, number]>([
  ['no state', { symbol: 'BTCUSDT' }, -1130],
  ['an unknown state', { symbol: 'BTCUSDT', state: 'BREAK' }, -1130],
  ['an unknown symbol', { symbol: 'NONE', state: 'HALTED' }, -1121],
  ['a field nobody reads', { symbol: 'BTCUSDT', state: 'HALTED', until: 5 }, -1130],
])('T20 a state with %s is refused', async (_, body, code) => {
  expect(await tell('symbols', body)).toMatchObject({ status: 400, body: { code } })
})

test('T6 users of one trade group do not trade with each other', async () => {
  for (const { userId } of [trader, partner]) {
    const group = { userId, tradeGroupId: 5 }
    expect(await tell('trade-groups', group)).toMatchObject({ status: 200, body: group })
  }
  await venue.signed(trader, 'POST /api/v3/order', { symbol: 'BTCUSDT', ...BID })
  const ask = { symbol: 'BTCUSDT', ...BID, side: 'SELL', selfTradePreventionMode: 'EXPIRE_TAKER' }
  const { body } = await venue.signed(partner, 'POST /api/v3/order', ask)
  expect(body).toMatchObject({ status: 'EXPIRED_IN_MATCH', tradeGroupId: 5 })
  const listed = await venue.signed(partner, 'GET /api/v3/myPreventedMatches', {
    symbol: 'BTCUSDT',
    orderId: body.orderId,
  })
  expect(listed.body).toMatchObject([{ tradeGroupId: 5 }])
  const groupOf = async () => (await venue.signed(partner, 'GET /api/v3/account')).body.tradeGroupId
  expect(await groupOf()).toBe(5)
  const alone = { userId: partner.userId, tradeGroupId: null }
  expect((await tell('trade-groups', alone)).body).toEqual(alone)
  expect(await groupOf()).toBe(-1)
  const market = { symbol: 'BTCUSDT', side: 'SELL', type: 'MARKET', quantity: '0.01' }
  expect((await venue.signed(partner, 'POST /api/v3/order', market)).body.status).toBe('FILLED')
})

test.each<[string, unknown, number]>([
  ['no user', { tradeGroupId: 1 }, -1130],
  ['an unknown user', { userId: 9_999, tradeGroupId: 1 }, -1130],
  ['nothing', { userId: 1 }, -1130],
  ['a name', { userId: 1, tradeGroupId: 'mine' }, -1130],
])('T6 a trade group of %s is refused', async (_, body, code) => {
  expect(await tell('trade-groups', body)).toMatchObject({ status: 400, body: { code } })
})

test('T18 the band and what it lies around are told', async () => {
  const rules = await venue.get('/api/v3/executionRules?symbol=BTCUSDT')
  expect(rules.body).toEqual({
    symbolRules: [
      {
        symbol: 'BTCUSDT',
        rules: [
          {
            ruleType: 'PRICE_RANGE',
            bidLimitMultUp: '1.1',
            bidLimitMultDown: '0.9',
            askLimitMultUp: '1.2',
            askLimitMultDown: '0.8',
          },
        ],
      },
    ],
  })
  expect(rules.headers['x-mbx-used-weight-1m']).toBeDefined()
  expect((await venue.get('/api/v3/executionRules')).body.symbolRules).toHaveLength(20)
  const both = '/api/v3/executionRules?symbol=BTCUSDT&symbolStatus=TRADING'
  expect(await venue.get(both)).toMatchObject({ status: 400, body: { code: -1128 } })
})

test('T18 the reference price is the index, else the last trade, else none', async () => {
  const priceOf = (symbol: string) => venue.get(`/api/v3/referencePrice?symbol=${symbol}`)
  expect((await priceOf('BTCUSDT')).body).toEqual({
    symbol: 'BTCUSDT',
    referencePrice: '30000.00000000',
    timestamp: VENUE_MS,
  })
  expect((await priceOf('ETHBTC')).body.referencePrice).toBe('0.06666666')
  expect(await priceOf('SOLUSDT')).toMatchObject({
    status: 400,
    body: { code: -2043, msg: "This symbol doesn't have a reference price." },
  })
  const sale = { symbol: 'SOLUSDT', side: 'SELL', type: 'LIMIT', timeInForce: 'GTC' }
  const placed = { ...sale, quantity: '1', price: '150' }
  expect((await venue.signed(partner, 'POST /api/v3/order', placed)).status).toBe(200)
  const buy = { ...placed, side: 'BUY' }
  expect((await venue.signed(trader, 'POST /api/v3/order', buy)).body).toMatchObject({
    status: 'FILLED',
  })
  expect((await priceOf('SOLUSDT')).body.referencePrice).toBe('150.00000000')
})

test('T26 an account’s filters are told with those of the exchange', async () => {
  const { body } = await venue.signed(trader, 'GET /api/v3/myFilters', { symbol: 'BTCUSDT' })
  expect(body.exchangeFilters).toHaveLength(4)
  expect(body.symbolFilters).toContainEqual({ filterType: 'ICEBERG_PARTS', limit: 100 })
  expect(body.assetFilters).toEqual([])
})
