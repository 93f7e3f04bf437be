import { createHmac, sign } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { ED25519, ED25519_KEY, HMAC_KEY, SECRET, TestVenue, USER } from './test-venue.ts'

let venue: TestVenue

afterEach(async () => venue.close())

type Params = Record<string, string | number | boolean>

function payloadOf(params: Params): string {
  return Object.keys(params)
    .sort()
    .map((name) => `${name}=${params[name]}`)
    .join('&')
}

function hmacSigned(params: Params): Params {
  const all = { ...params, apiKey: HMAC_KEY, timestamp: venue.wallMs }
  const signature = createHmac('sha256', SECRET).update(payloadOf(all)).digest('hex')
  return { ...all, signature }
}

function ed25519Signed(params: Params): Params {
  const all = { ...params, apiKey: ED25519_KEY, timestamp: venue.wallMs }
  const signature = sign(null, Buffer.from(payloadOf(all)), ED25519.privateKey)
  return { ...all, signature: signature.toString('base64') }
}

const ORDER = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', quantity: '1.5' }

test('an answer has its request’s id, a status and what the address has used', async () => {
  venue = await TestVenue.start()
  const client = await venue.connect('/ws-api/v3')
  expect(await client.ask({ id: 'a-1', method: 'ping' })).toEqual({
    id: 'a-1',
    status: 200,
    result: {},
    rateLimits: [
      {
        rateLimitType: 'REQUEST_WEIGHT',
        interval: 'MINUTE',
        intervalNum: 1,
        limit: 1_200_000,
        count: 1,
      },
    ],
  })
  const quiet = { id: 2, method: 'ping', params: { returnRateLimits: false } }
  expect(await client.ask(quiet)).toEqual({ id: 2, status: 200, result: {} })
  const silent = await venue.connect('/ws-api/v3?returnRateLimits=false')
  expect(await silent.ask({ id: null, method: 'ping' })).toEqual({
    id: null,
    status: 200,
    result: {},
  })
})

test.each([
  ['not JSON', 400, -1135],
  ['{"id":1}', 400, -1102],
  ['{"id":1,"method":"order.margin"}', 404, -1020],
  ['{"id":1,"method":"ping","params":[]}', 400, -1130],
  ['{"id":1,"method":"ping","params":{"a":{}}}', 400, -1130],
  ['{"id":[],"method":"ping"}', 400, -1130],
  ['{"id":1,"method":"order.place","params":{"timestamp":1}}', 401, -2014],
  ['{"id":1,"method":"userDataStream.subscribe"}', 401, -2015],
  [
    '{"id":1,"method":"userDataStream.subscribe.listenToken","params":{"listenToken":"x"}}',
    400,
    -1209,
  ],
  ['{"id":1,"method":"userDataStream.unsubscribe","params":{"subscriptionId":4}}', 400, -2036],
])('%s is answered with %i and code %i', async (frame, status, code) => {
  venue = await TestVenue.start()
  const client = await venue.connect('/ws-api/v3')
  expect(await client.ask(frame)).toMatchObject({
    status,
    error: { code, msg: expect.any(String) },
    rateLimits: expect.any(Array),
  })
})

test('W1 a signature is over all other parameters sorted by name; REST’s own handler answers', async () => {
  venue = await TestVenue.start()
  const client = await venue.connect('/ws-api/v3')
  const request = { id: 1, method: 'order.place', params: hmacSigned(ORDER) }
  expect(await client.ask(request)).toMatchObject({
    status: 200,
    result: { userId: USER, symbol: 'BTCUSDT', quantity: '1.5' },
  })
  const altered = { ...request, params: { ...request.params, quantity: '2.5' } }
  expect(await client.ask(altered)).toMatchObject({ status: 400, error: { code: -1022 } })
  venue.wallMs += 5_001
  expect(await client.ask(request)).toMatchObject({ status: 400, error: { code: -1021 } })
})

test('a failure that is no refusal is told as an unknown error', async () => {
  venue = await TestVenue.start()
  const client = await venue.connect('/ws-api/v3')
  const request = { id: 1, method: 'order.test', params: hmacSigned(ORDER) }
  expect(await client.ask(request)).toMatchObject({ status: 500, error: { code: -1000 } })
})

test('a session by Ed25519 key signs for what follows, until it is left', async () => {
  venue = await TestVenue.start()
  const client = await venue.connect('/ws-api/v3')
  const hmac = { id: 1, method: 'session.logon', params: hmacSigned({}) }
  expect(await client.ask(hmac)).toMatchObject({ status: 400, error: { code: -4056 } })
  const logon = { id: 2, method: 'session.logon', params: ed25519Signed({}) }
  expect(await client.ask(logon)).toMatchObject({
    status: 200,
    result: { apiKey: ED25519_KEY, authorizedSince: venue.wallMs, userDataStream: false },
  })
  const order = { id: 3, method: 'order.place', params: ORDER }
  expect(await client.ask(order)).toMatchObject({ status: 200, result: { userId: USER } })
  const late = { ...order, params: { ...ORDER, timestamp: venue.wallMs - 60_000 } }
  expect(await client.ask(late)).toMatchObject({ error: { code: -1021 } })
  expect(await client.ask({ id: 4, method: 'userDataStream.subscribe' })).toMatchObject({
    result: { subscriptionId: 0 },
  })
  expect(await client.ask({ id: 5, method: 'userDataStream.subscribe' })).toMatchObject({
    error: { code: -2035 },
  })
  expect(await client.ask({ id: 6, method: 'session.logout' })).toEqual({
    subscriptionId: 0,
    event: { e: 'eventStreamTerminated', E: venue.script.timeMs },
  })
  expect(await client.next()).toMatchObject({ id: 6, result: { apiKey: null } })
  expect(await client.ask(order)).toMatchObject({ status: 401, error: { code: -2014 } })
})

test('a key that is revoked ends its session and its streams', async () => {
  venue = await TestVenue.start()
  const client = await venue.connect('/ws-api/v3')
  await client.ask({ id: 1, method: 'session.logon', params: ed25519Signed({}) })
  await client.ask({ id: 2, method: 'userDataStream.subscribe' })
  venue.keys.delete(ED25519_KEY)
  expect(await client.next()).toMatchObject({ event: { e: 'eventStreamTerminated' } })
  expect(await client.ask({ id: 3, method: 'order.place', params: ORDER })).toMatchObject({
    status: 401,
    error: { code: -2015 },
  })
})

test('user data comes wrapped with its subscription; by signature for spot, by token for margin', async () => {
  venue = await TestVenue.start()
  const { script } = venue
  const client = await venue.connect('/ws-api/v3')
  const signed = { id: 1, method: 'userDataStream.subscribe.signature', params: hmacSigned({}) }
  expect(await client.ask(signed)).toMatchObject({ status: 200, result: { subscriptionId: 0 } })
  const grant = venue.listenTokens.issue(USER, 'CROSS_MARGIN', 60_000)
  const byToken = (listenToken: string) =>
    client.ask({
      id: 2,
      method: 'userDataStream.subscribe.listenToken',
      params: { listenToken },
    })
  expect(await byToken(grant.token)).toMatchObject({
    result: { subscriptionId: 1, expirationTime: grant.expiresMs },
  })
  const orders = [
    ['SPOT', 0],
    ['CROSS_MARGIN', 1],
  ] as const
  for (const [wallet, subscriptionId] of orders) {
    venue.apply(script.place({ userId: USER, wallet, side: 'BUY', price: 100, lots: 1 }))
    expect(await client.next()).toMatchObject({
      subscriptionId,
      event: { e: 'executionReport', x: 'NEW' },
    })
  }
  const renewed = venue.listenTokens.issue(USER, 'CROSS_MARGIN', 120_000)
  expect(await byToken(renewed.token)).toMatchObject({
    result: { subscriptionId: 1, expirationTime: renewed.expiresMs },
  })
  expect(await client.ask({ id: 3, method: 'session.subscriptions' })).toMatchObject({
    result: [{ subscriptionId: 0 }, { subscriptionId: 1 }],
  })
  venue.wallMs = renewed.expiresMs
  expect(await client.next()).toEqual({
    subscriptionId: 1,
    event: { e: 'eventStreamTerminated', E: script.timeMs },
  })
  const leave = { id: 4, method: 'userDataStream.unsubscribe', params: { subscriptionId: 0 } }
  expect(await client.ask(leave)).toMatchObject({ subscriptionId: 0 })
  expect(await client.next()).toMatchObject({ id: 4, status: 200, result: {} })
})
