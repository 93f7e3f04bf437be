import { generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { form, VenueUnderTest, WALL_MS } from '../../../test/gateway/venue-under-test.ts'

const SESSION = 's'.repeat(43)
const PAGE = {
  host: 'fulcrum.test',
  origin: 'http://fulcrum.test',
  cookie: `fulcrum_session=${SESSION}`,
}

let venue: VenueUnderTest
let user: Awaited<ReturnType<VenueUnderTest['user']>>

beforeAll(async () => {
  venue = await VenueUnderTest.open({
    deps: { sessionUser: (token) => (token === SESSION ? user.userId : null) },
  })
  user = await venue.user({ USDT: '100' })
})

afterAll(() => venue.close())

/** As a page of the venue asks, for the user who is logged in. */
function page(method: 'GET' | 'POST' | 'DELETE', parameters: Record<string, string | number> = {}) {
  const url = `/fulcrum/v1/api-keys?${form(parameters)}`
  return venue.inject({ method, url, headers: PAGE })
}

test('W7 a session makes a key that may do what it says, lists it without its secret, and ends it', async () => {
  const made = await page('POST', { label: 'bot', permissions: 'READ,SPOT' })
  expect(made).toMatchObject({
    status: 200,
    body: { type: 'HMAC', label: 'bot', permissions: ['READ', 'SPOT'], expiryTime: null },
  })
  const { apiKey, secretKey: secret } = made.body
  const caller = { userId: user.userId, apiKey, secret }
  expect((await venue.signed(caller, 'GET /api/v3/account')).status).toBe(200)
  expect((await venue.signed(caller, 'POST /sapi/v1/asset/transfer')).body.code).toBe(-2015)
  const listed = await page('GET')
  expect(listed.body).toMatchObject([{ apiKey, label: 'bot' }])
  expect(JSON.stringify(listed.body)).not.toContain(secret)
  expect((await page('DELETE', { apiKey })).body).toEqual({})
  expect((await venue.signed(caller, 'GET /api/v3/account')).body.code).toBe(-2015)
  expect((await page('DELETE', { apiKey })).body.code).toBe(-2008)
})

test('W7 an Ed25519 key keeps its secret half at home', async () => {
  const pair = generateKeyPairSync('ed25519')
  const publicKey = String(pair.publicKey.export({ type: 'spki', format: 'pem' })).trim()
  const made = await venue.inject({
    method: 'POST',
    url: '/fulcrum/v1/api-keys',
    headers: { ...PAGE, 'content-type': 'application/json' },
    payload: JSON.stringify({ label: 'bot', type: 'ED25519', publicKey }),
  })
  expect(made.body).not.toHaveProperty('secretKey')
  const text = form({ timestamp: WALL_MS })
  const signature = sign(null, Buffer.from(text), pair.privateKey).toString('base64')
  const account = await venue.inject({
    method: 'GET',
    url: `/api/v3/account?${text}&signature=${encodeURIComponent(signature)}`,
    headers: { 'x-mbx-apikey': made.body.apiKey },
  })
  expect(account).toMatchObject({ status: 200, body: { canTrade: false } })
})

test.each<[string, Record<string, string | number>, number]>([
  ['no label', {}, -1102],
  ['a label of 65', { label: 'a'.repeat(65) }, -1130],
  ['an unknown right', { label: 'a', permissions: 'READ,WITHDRAW' }, -1130],
  ['a right twice', { label: 'a', permissions: 'READ,READ' }, -1130],
  ['an address that is none', { label: 'a', ipAllowList: '10.0.0.256' }, -1130],
  ['a network too narrow', { label: 'a', ipAllowList: '10.0.0.0/33' }, -1130],
  ['an end in the past', { label: 'a', expiryTime: WALL_MS }, -1130],
  ['an Ed25519 key without its public half', { label: 'a', type: 'ED25519' }, -1102],
  ['a public key that is none', { label: 'a', type: 'RSA', publicKey: 'x' }, -1130],
  ['an HMAC key with a public half', { label: 'a', publicKey: 'x' }, -1106],
])('W7 %s is refused', async (_, parameters, code) => {
  expect(await page('POST', parameters)).toMatchObject({ status: 400, body: { code } })
  expect((await page('GET')).body.map(({ label }: { label: string }) => label)).not.toContain('a')
})

test('W7 no key makes or ends another; a key ends itself', async () => {
  const { body: bot } = await page('POST', { label: 'self', permissions: 'READ' })
  const caller = { userId: user.userId, apiKey: bot.apiKey, secret: bot.secretKey }
  const make = await venue.signed(caller, 'POST /fulcrum/v1/api-keys', { label: 'more' })
  expect(make).toMatchObject({ status: 401, body: { code: -1002 } })
  const end = (apiKey: string) => venue.signed(caller, 'DELETE /fulcrum/v1/api-keys', { apiKey })
  expect(await end(user.apiKey)).toMatchObject({ status: 401, body: { code: -1002 } })
  expect((await end(bot.apiKey)).body).toEqual({})
  expect((await end(bot.apiKey)).body.code).toBe(-2015)
})

test('W7 a key works from its addresses alone, and until it expires', async () => {
  const { body: far } = await page('POST', { label: 'far', ipAllowList: '192.0.2.0/24' })
  const { body: near } = await page('POST', { label: 'near', ipAllowList: '192.0.2.7,127.0.0.1' })
  const { body: brief } = await page('POST', { label: 'brief', expiryTime: WALL_MS + 1 })
  const account = ({ apiKey, secretKey: secret }: { apiKey: string; secretKey: string }) =>
    venue.signed({ userId: user.userId, apiKey, secret }, 'GET /api/v3/account')
  expect((await account(far)).body.code).toBe(-2015)
  expect((await account(near)).status).toBe(200)
  expect((await account(brief)).status).toBe(200)
})

test('W7 an order that borrows needs the right to borrow', async () => {
  const trader = await venue.user({}, ['READ', 'MARGIN'])
  const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '1' }
  const place = (sideEffectType: string) =>
    venue.signed(trader, 'POST /sapi/v1/margin/order', { ...order, sideEffectType })
  for (const borrowing of ['MARGIN_BUY', 'AUTO_BORROW_REPAY'])
    expect(await place(borrowing)).toMatchObject({ status: 401, body: { code: -2015 } })
  for (const plain of ['NO_SIDE_EFFECT', 'AUTO_REPAY'])
    expect((await place(plain)).body.code).not.toBe(-2015)
})

test('W7 a user has thirty keys at most', async () => {
  let last = await page('POST', { label: 'many' })
  for (let made = 0; made < 30 && last.status === 200; made += 1)
    last = await page('POST', { label: 'many' })
  expect(last.body).toMatchObject({ code: -1130, msg: expect.stringContaining('at most 30') })
  expect((await page('GET')).body).toHaveLength(30)
})
