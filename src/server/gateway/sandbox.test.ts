import { afterAll, beforeAll, expect, test } from 'vitest'
import { VENUE_MS, VenueUnderTest, WALL_MS } from '../../../test/gateway/venue-under-test.ts'
import type { SandboxDoor } from './sandbox.ts'

let venue: VenueUnderTest
const calls: unknown[] = []

const told = (name: string) => async (body?: object) => {
  calls.push([name, body])
  return { done: name }
}

const door: SandboxDoor = {
  status: told('status'),
  createUser: told('createUser'),
  deposit: told('deposit'),
  clock: told('clock'),
  setIndexPrices: told('setIndexPrices'),
  clearIndexPrices: told('clearIndexPrices'),
  setSourcePrices: told('setSourcePrices'),
  setFaults: told('setFaults'),
  clearFaults: told('clearFaults'),
}

beforeAll(async () => {
  const demo = [
    {
      name: 'Ada <trader>',
      apiKey: 'k'.repeat(64),
      secretKey: 's'.repeat(64),
      loginUrl: '/login?token=1',
    },
  ]
  venue = await VenueUnderTest.open({ deps: { sandbox: door, demo } })
})

afterAll(() => venue.close())

function post(path: string, payload: string) {
  return venue.inject({
    method: 'POST',
    url: `/sandbox/v1/${path}`,
    headers: { 'content-type': 'application/json' },
    payload,
  })
}

const USER = {
  email: 'a@example.org',
  kyc: 'APPROVED',
  disclosure: true,
  wallets: { SPOT: { USDT: '60000' }, CROSS_MARGIN: { BTC: '0.5' } },
  fundedDaysAgo: 8,
  mode: 'CROSS',
  key: { type: 'HMAC' },
}

test.each<[string, string, unknown]>([
  ['users', 'createUser', {}],
  ['users', 'createUser', USER],
  ['users', 'createUser', { key: { type: 'ED25519', publicKey: 'PEM' } }],
  ['deposits', 'deposit', { userId: 1, asset: 'USDT', amount: '1.5', wallet: 'FUNDING' }],
  ['clock', 'clock', { advanceMs: 3_600_000 }],
  ['clock', 'clock', { to: VENUE_MS }],
  ['clock', 'clock', { speed: 0.5 }],
  ['index-prices', 'setIndexPrices', { prices: { BTC: '30000.12345678' }, market: 'leave' }],
  ['source-prices', 'setSourcePrices', { source: 'okx', prices: { BTC: '30000' } }],
  ['faults', 'setFaults', { staleIndex: ['BTC'] }],
])('POST %s goes through as %s %j', async (path, name, body) => {
  calls.length = 0
  expect(await post(path, JSON.stringify(body))).toMatchObject({
    status: 200,
    body: { done: name },
  })
  expect(calls).toEqual([[name, body]])
})

test.each<[string, string, string]>([
  ['users', '{', 'Invalid JSON'],
  ['users', '[]', 'Invalid JSON'],
  ['users', '"x"', 'Invalid JSON'],
  ['users', '{"emial":"a"}', "'emial'"],
  ['users', '{"__proto__":{}}', "'__proto__'"],
  ['users', '{"email":1}', "'email'"],
  ['users', '{"kyc":"YES"}', "'kyc'"],
  ['users', '{"disclosure":"true"}', "'disclosure'"],
  ['users', '{"wallets":{"ISOLATED":{}}}', "'wallets.ISOLATED'"],
  ['users', '{"wallets":{"SPOT":{"USDT":60000}}}', "'wallets.SPOT.USDT'"],
  ['users', '{"wallets":{"SPOT":{"USDT":"-1"}}}', "'wallets.SPOT.USDT'"],
  ['users', '{"fundedDaysAgo":1.5}', "'fundedDaysAgo'"],
  ['users', '{"mode":"ISOLATED"}', "'mode'"],
  ['users', '{"key":{}}', "'key.type'"],
  ['users', '{"key":{"type":"RSA"}}', "'key.publicKey'"],
  ['users', '{"key":{"type":"HMAC","publicKey":"x"}}', "'key.publicKey'"],
  ['deposits', '{"asset":"USDT","amount":"1"}', "'userId'"],
  ['deposits', '{"userId":1,"amount":"1"}', "'asset'"],
  ['deposits', '{"userId":1,"asset":"USDT","amount":"1e5"}', "'amount'"],
  ['deposits', '{"userId":1,"asset":"USDT","amount":"1","wallet":"BANK"}', "'wallet'"],
  ['clock', '{}', "'advanceMs'"],
  ['clock', '{"advanceMs":1,"speed":1}', "'advanceMs'"],
  ['clock', '{"advanceMs":-1}', "'advanceMs'"],
  ['clock', '{"speed":-1}', "'speed'"],
  ['clock', '{"speed":1e400}', "'speed'"],
  ['index-prices', '{}', "'prices'"],
  ['index-prices', '{"prices":{}}', "'prices'"],
  ['index-prices', '{"prices":{"BTC":30000}}', "'prices.BTC'"],
  ['index-prices', '{"prices":{"BTC":"1"},"market":"up"}', "'market'"],
  ['source-prices', '{"prices":{"BTC":"1"}}', "'source'"],
  ['source-prices', '{"source":"okx","prices":{}}', "'prices'"],
  ['source-prices', '{"source":"okx","prices":{"BTC":"-1"}}', "'prices.BTC'"],
  ['faults', '{}', "'staleIndex'"],
  ['faults', '{"staleIndex":["BTC",1]}', "'staleIndex'"],
  ['faults', '{"latency":1}', "'latency'"],
  ['redemption-ratios', '{"asset":"BTC","ratio":"0"}', "'ratio'"],
  ['redemption-ratios', '{"asset":"BTC","ratio":"1.0000000000001"}', "'ratio'"],
  ['redemption-ratios', '{"ratio":"1"}', "'asset'"],
  ['index-releases', '{"reason":"x"}', "'asset'"],
])('W5 POST %s %s is refused by name', async (path, body, named) => {
  calls.length = 0
  const reply = await post(path, body)
  expect(reply.status).toBe(400)
  expect([-1130, -1135]).toContain(reply.body.code)
  expect(reply.body.msg).toContain(named)
  expect(calls).toEqual([])
})

test('status and the end of pinned prices', async () => {
  expect((await venue.get('/sandbox/v1/status')).body).toEqual({ done: 'status' })
  const cleared = await venue.inject({ method: 'DELETE', url: '/sandbox/v1/index-prices' })
  expect(cleared.body).toEqual({ done: 'clearIndexPrices' })
})

test('W2 in a sandbox the venue clock will do as well as the wall clock', async () => {
  const user = await venue.user()
  for (const timestamp of [WALL_MS, VENUE_MS]) {
    expect((await venue.signed(user, 'GET /api/v3/account', { timestamp })).status).toBe(200)
  }
})

test('the front page says how to connect, and escapes what it is told', async () => {
  const { body, headers } = await venue.get('/')
  expect(body).toContain('Ada &lt;trader&gt;')
  expect(body).toContain('sapi/v1')
  expect(body).toContain("import ccxt from 'ccxt'".replaceAll("'", '&#39;'))
  expect(body).toContain('<html lang="en">')
  expect(body).not.toMatch(/<script|src=|https?:\/\/(?!localhost)/)
  expect(headers['content-security-policy']).toContain("default-src 'none'")
})
