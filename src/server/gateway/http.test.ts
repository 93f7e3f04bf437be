import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { form, VENUE_MS, VenueUnderTest, WALL_MS } from '../../../test/gateway/venue-under-test.ts'
import { PERMISSIONS } from '../access/api-key.ts'
import { endpoints } from './gateway.ts'
import { tidyUrl } from './http.ts'
import { unservedEndpoints } from './rest/unserved.ts'

let venue: VenueUnderTest
let user: Awaited<ReturnType<VenueUnderTest['user']>>
const failures: unknown[] = []

beforeAll(async () => {
  venue = await VenueUnderTest.open({ deps: { onError: (error) => failures.push(error) } })
  user = await venue.user({ USDT: '100' })
})

afterAll(() => venue.close())

test.each([
  ['GET', '/api/v3/nothing', 404],
  ['GET', '/nothing', 404],
  ['GET', '/API/V3/PING', 404],
  ['GET', '/api/v3/ping;x', 404],
  ['GET', '/api/v3/../v3/nothing', 404],
  ['POST', '/api/v3/ping', 405],
  ['PATCH', '/api/v3/order', 405],
  ['GET', '/sandbox/v1/status', 404],
  ['POST', '/sandbox/v1/users', 404],
] as const)('%s %s is %i, as an error of the API', async (method, url, status) => {
  const reply = await venue.inject({ method, url })
  expect(reply).toMatchObject({
    status,
    body: { code: -1020, msg: expect.stringContaining('not supported') },
  })
  expect(reply.headers['content-type']).toBe('application/json; charset=utf-8')
})

test('doubled slashes are one', async () => {
  expect((await venue.get('//api//v3/ping')).body).toEqual({})
  expect((await venue.get('/sapi/v1//margin/delist-schedule')).body).toEqual([])
  expect(tidyUrl('/a//b?c=//d')).toBe('/a/b?c=//d')
})

test('a percent sign that stands for nothing in the path', async () => {
  expect(await venue.get('/api/v3/%ZZ')).toMatchObject({ status: 400, body: { code: -1100 } })
})

test('every answer carries the weight used, also an error', async () => {
  expect((await venue.get('/api/v3/ping')).headers).toHaveProperty('x-mbx-used-weight-1m')
  const refused = await venue.get('/api/v3/depth?symbol=NONE')
  expect(refused).toMatchObject({ status: 400, body: { code: -1121 } })
  expect(refused.headers).toHaveProperty('x-mbx-used-weight')
  const sapi = await venue.get('/sapi/v1/margin/allPairs')
  expect(sapi.headers).toHaveProperty('x-mbx-used-weight-1m')
  expect(sapi.headers).toHaveProperty('x-sapi-used-ip-weight-1m')
})

test('an empty body may call itself anything; a full one is a form', async () => {
  const empty = await venue.inject({
    method: 'POST',
    url: '/sapi/v1/userListenToken',
    headers: { 'x-mbx-apikey': user.apiKey, 'content-type': 'application/json' },
  })
  expect(empty).toMatchObject({ status: 200, body: { token: expect.any(String) } })
  for (const type of ['application/json', 'text/xml', 'multipart/form-data']) {
    const full = await venue.inject({
      method: 'POST',
      url: '/api/v3/order',
      headers: { 'content-type': type },
      payload: '{"a":1}',
    })
    expect(full).toMatchObject({ status: 415, body: { code: -1020 } })
  }
  const zipped = await venue.inject({
    method: 'POST',
    url: '/api/v3/order',
    headers: { 'content-encoding': 'gzip', 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'a=1',
  })
  expect(zipped).toMatchObject({ status: 415 })
})

test('a body of 64 KiB is read, a larger one is not', async () => {
  const post = (payload: string) =>
    venue.inject({
      method: 'POST',
      url: '/api/v3/order',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload,
    })
  expect(await post(`a=${'x'.repeat(65_534)}`)).toMatchObject({
    status: 401,
    body: { code: -2014 },
  })
  expect(await post(`a=${'x'.repeat(65_535)}`)).toMatchObject({
    status: 413,
    body: { code: -1101 },
  })
})

test.each([
  ['GET /api/v3/account', 401, -2014],
  ['POST /api/v3/order', 401, -2014],
  ['POST /sapi/v1/userListenToken', 401, -2014],
  ['GET /fulcrum/v1/margin/risk', 401, -2014],
])('%s without a key', async (route, status, code) => {
  const [method = 'GET', url = '/'] = route.split(' ')
  expect(await venue.inject({ method: method as 'GET', url })).toMatchObject({
    status,
    body: { code },
  })
})

test('market data is the same unsigned, keyed, or signed by a clock that is wrong', async () => {
  const plain = await venue.get('/sapi/v1/margin/allPairs')
  expect(plain.status).toBe(200)
  expect((await venue.signed(user, 'GET /sapi/v1/margin/allPairs', { timestamp: 1 })).body).toEqual(
    plain.body,
  )
})

test('W2 a timestamp may be by the wall clock or the venue clock', async () => {
  const account = (timestamp: number) => venue.signed(user, 'GET /api/v3/account', { timestamp })
  expect((await account(WALL_MS)).status).toBe(200)
  expect(await account(VENUE_MS)).toMatchObject({ status: 400, body: { code: -1021 } })
})

test('W2 an order that waited past its window is not placed', async () => {
  let wallMs = WALL_MS
  const slow: VenueUnderTest = await VenueUnderTest.open({
    deps: {
      wallNowMs: () => wallMs,
      engine: {
        submit(command, isLate) {
          wallMs += 5_001
          return slow.sequencer.submit(command, isLate)
        },
        ask: (name, question) => slow.sequencer.ask(name, question),
        nowMs: () => slow.sequencer.nowMs(),
        get sequence() {
          return slow.sequencer.sequence
        },
        get venue() {
          return slow.sequencer.venue
        },
      },
    },
  })
  await slow.setPrices({ BTC: '30000' })
  const trader = await slow.user({ USDT: '1000' })
  const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' }
  const place = (recvWindow: number) => {
    const parameters = {
      ...order,
      quantity: '0.001',
      price: '20000',
      recvWindow,
      timestamp: wallMs,
    }
    return slow.signed(trader, 'POST /api/v3/order', parameters)
  }
  const before = slow.sequencer.stateHash()
  expect(await place(5_000)).toMatchObject({ status: 400, body: { code: -1021 } })
  expect(slow.sequencer.stateHash()).toBe(before)
  expect((await place(6_000)).status).toBe(200)
  await slow.close()
})

test('W1 what is signed is what was sent, wherever it was put', async () => {
  const query = 'symbol=BTCUSDT'
  const body = `timestamp=${WALL_MS}`
  const signature = createHmac('sha256', user.secret)
    .update(query + body)
    .digest('hex')
  const sent = (options: { query: string; body: string }) =>
    venue.inject({
      method: 'DELETE',
      url: `/api/v3/openOrders?${options.query}`,
      headers: { 'x-mbx-apikey': user.apiKey, 'content-type': 'application/x-www-form-urlencoded' },
      payload: options.body,
    })
  const none = { status: 400, body: { code: -2011 } }
  expect(await sent({ query, body: `${body}&signature=${signature}` })).toMatchObject(none)
  expect(await sent({ query: `${query}&signature=${signature}`, body })).toMatchObject(none)
  expect(await sent({ query, body: `${body}&signature=${signature.toUpperCase()}` })).toMatchObject(
    none,
  )
  expect(
    await sent({
      query: `${query}&signature=${signature}`,
      body: `${body}&signature=${signature}`,
    }),
  ).toMatchObject({ body: { code: -1101 } })
  expect(
    await sent({ query: `${query}&timestamp=${WALL_MS}`, body: `${body}&signature=${signature}` }),
  ).toMatchObject({ body: { code: -1101 } })
  expect(await sent({ query, body: `${body}&signature=${signature}&a=1` })).toMatchObject({
    body: { code: -1022 },
  })
})

test('our own paths take JSON, signed as bytes', async () => {
  const body = JSON.stringify({ mode: 'NOWHERE' })
  const query = form({ timestamp: WALL_MS })
  const signature = createHmac('sha256', user.secret)
    .update(query + body)
    .digest('hex')
  const send = (payload: string) =>
    venue.inject({
      method: 'POST',
      url: `/fulcrum/v1/margin/mode?${query}&signature=${signature}`,
      headers: { 'x-mbx-apikey': user.apiKey, 'content-type': 'application/json' },
      payload,
    })
  expect(await send(body)).toMatchObject({ status: 400, body: { code: -1130 } })
  expect(await send(`${body} `)).toMatchObject({ status: 400, body: { code: -1022 } })
  expect(await send('{')).toMatchObject({ status: 400, body: { code: -1135 } })
  expect(await send('[1]')).toMatchObject({ status: 400, body: { code: -1135 } })
})

test('a browser session reads from anywhere, and acts only from a page of this host', async () => {
  const token = 't'.repeat(43)
  const web = await VenueUnderTest.open({
    deps: { sessionUser: (asked) => (asked === token ? user.userId : null) },
  })
  await web.user()
  const cookie = `theme=dark; fulcrum_session=${token}`
  const account = (headers: Record<string, string>) =>
    web.inject({ method: 'GET', url: '/api/v3/account', headers })
  expect((await account({ cookie })).body).toMatchObject({ uid: user.userId })
  expect((await account({ cookie: `fulcrum_session=${'x'.repeat(43)}` })).status).toBe(401)
  const act = (headers: Record<string, string>) =>
    web.inject({
      method: 'POST',
      url: '/fulcrum/v1/kyc',
      headers: { host: 'fulcrum.test', cookie, ...headers },
    })
  expect((await act({ origin: 'http://fulcrum.test' })).body).toMatchObject({ state: 'PENDING' })
  for (const origin of ['https://evil.test', 'http://fulcrum.test.evil.test', 'null', '']) {
    expect((await act({ origin })).status).toBe(401)
  }
  expect((await act({})).status).toBe(401)
  await web.close()
})

test.each(PERMISSIONS)('a key without %s is refused what needs it', async (missing) => {
  const rights = PERMISSIONS.filter((right) => right !== missing)
  const limited = await venue.user({}, rights)
  const route = {
    READ: 'GET /api/v3/account',
    SPOT: 'POST /api/v3/order',
    MARGIN: 'POST /sapi/v1/margin/order',
    BORROW: 'POST /sapi/v1/margin/borrow-repay',
    TRANSFER: 'POST /sapi/v1/asset/transfer',
  }[missing]
  expect(await venue.signed(limited, route)).toMatchObject({
    status: 401,
    body: { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' },
  })
})

test('W6 weight past the limit is 429 with Retry-After, then 418', async () => {
  const narrow = await VenueUnderTest.open({
    limits: { requestWeight: 3, overrunsToBan: 1, ordersPer10s: 1 },
  })
  const ping = () => narrow.get('/api/v3/ping')
  expect((await ping()).headers).toMatchObject({
    'x-mbx-used-weight': '1',
    'x-mbx-used-weight-1m': '1',
  })
  await ping()
  expect((await ping()).status).toBe(200)
  const limited = await ping()
  expect(limited).toMatchObject({
    status: 429,
    body: { code: -1003 },
    headers: { 'retry-after': '60' },
  })
  await ping()
  expect(await ping()).toMatchObject({
    status: 418,
    body: { code: -1003 },
    headers: { 'retry-after': '120' },
  })
  expect((await narrow.get('/healthz')).status).toBe(200)
  await narrow.close()
})

test('W8 past the limit and under a ban a client can still cancel, repay and top up, within bounds', async () => {
  const limits = { requestWeight: 6, sapiUserWeight: 1, overrunsToBan: 1 }
  const narrow = await VenueUnderTest.open({ limits })
  const trader = await narrow.user({ USDT: '100' })
  while ((await narrow.get('/api/v3/ping')).status !== 418);
  const cancel = () => narrow.signed(trader, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })
  expect((await cancel()).body.code).toBe(-2011)
  const ask = (route: string, parameters: object) =>
    narrow.signed(trader, route, { asset: 'USDT', amount: '1', ...parameters })
  const move = (type: string) => ask('POST /sapi/v1/asset/transfer', { type })
  const loan = (type: string) => ask('POST /sapi/v1/margin/borrow-repay', { type })
  expect((await loan('BORROW')).status).toBe(418)
  expect((await move('MARGIN_MAIN')).status).toBe(418)
  expect((await ask('POST /api/v3/order', {})).status).toBe(418)
  expect((await move('MAIN_MARGIN')).status).toBe(429)
  while ((await cancel()).status === 400);
  expect((await cancel()).status).toBe(418)
  await narrow.close()
})

test('W6 requests count whatever they weigh', async () => {
  const narrow = await VenueUnderTest.open({ limits: { rawRequests: 2, overrunsToBan: 9 } })
  const ping = () => narrow.get('/api/v3/ping')
  await ping()
  await ping()
  expect(await ping()).toMatchObject({ status: 429, headers: { 'retry-after': '300' } })
  await narrow.close()
})

test('W6 what cannot be read counts as well', async () => {
  const narrow = await VenueUnderTest.open({ limits: { requestWeight: 2, overrunsToBan: 9 } })
  const noise = () => narrow.get('/api/v3/ping?a=%')
  expect(await noise()).toMatchObject({ status: 400, headers: { 'x-mbx-used-weight': '1' } })
  await noise()
  expect((await noise()).status).toBe(429)
  await narrow.close()
})

test('W6 one order too many is 429 -1015', async () => {
  const narrow = await VenueUnderTest.open({ limits: { ordersPer10s: 1 } })
  await narrow.setPrices({ BTC: '30000' })
  const trader = await narrow.user({ USDT: '1000' })
  const order = {
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'LIMIT',
    timeInForce: 'GTC',
    quantity: '0.001',
    price: '20000',
  }
  expect((await narrow.signed(trader, 'POST /api/v3/order', order)).status).toBe(200)
  expect(await narrow.signed(trader, 'POST /api/v3/order', order)).toMatchObject({
    status: 429,
    body: { code: -1015 },
  })
  expect(
    (await narrow.signed(trader, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' })).body,
  ).toHaveLength(1)
  await narrow.close()
})

test('until it is ready the venue says so', async () => {
  const starting = await VenueUnderTest.open({ deps: { ready: () => false } })
  expect((await starting.get('/readyz')).status).toBe(503)
  expect((await starting.get('/healthz')).status).toBe(200)
  expect(await starting.get('/api/v3/ping')).toMatchObject({ status: 503, body: { code: -1008 } })
  expect((await starting.get('/')).body).toContain('Starting')
  expect((await starting.get('/metrics')).body).toContain('fulcrum_sequence 0')
  await starting.close()
})

test('a failure inside is a 500 that tells nothing of itself, and is reported', async () => {
  const broken = await VenueUnderTest.open({
    deps: {
      onError: (error) => failures.push(error),
      keys: {
        find: () => {
          throw new Error('secret detail')
        },
      },
    },
  })
  const reply = await broken.signed(user, 'GET /api/v3/account')
  expect(reply).toMatchObject({ status: 500, body: { code: -1000 } })
  expect(JSON.stringify(reply.body)).not.toContain('secret')
  expect(failures.map(String)).toEqual(['Error: secret detail'])
  await broken.close()
})

test('metrics count requests by route', async () => {
  const { body } = await venue.get('/metrics')
  expect(body).toContain(
    'fulcrum_http_requests_total{route="/api/v3/ping",method="GET",status="200"}',
  )
  expect(body).toMatch(/^fulcrum_sequence \d+$/m)
})

test.each(unservedEndpoints.map(({ method, path }) => [method, path] as const))(
  '%s %s says that it is not offered',
  async (method, url) => {
    const reply = await venue.inject({ method, url })
    expect(reply).toMatchObject({ status: 400, body: { code: -1020 } })
    expect(endpoints.map((each) => `${each.method} ${each.path}`)).not.toContain(`${method} ${url}`)
  },
)

test('no discount on trading fees for paying in BNB can be turned on', async () => {
  const set = (parameters: Record<string, string>) =>
    venue.signed(user, 'POST /sapi/v1/bnbBurn', parameters)
  const off = { spotBNBBurn: false, interestBNBBurn: false }
  expect((await set({ spotBNBBurn: 'false' })).body).toEqual(off)
  expect(await set({ spotBNBBurn: 'true' })).toMatchObject({
    status: 400,
    body: { code: -1020 },
  })
})

test('no route is there twice, and every one has the shape of its family', () => {
  const routes = endpoints.map((endpoint) => `${endpoint.method} ${endpoint.path}`)
  expect(new Set(routes).size).toBe(routes.length)
  for (const endpoint of endpoints) {
    expect(endpoint.path).toMatch(/^\/(api|sapi|fapi|dapi|fulcrum)\/v[13]\//)
    if (endpoint.weight.per === 'user') expect(endpoint.access).not.toBe('open')
  }
})

/** What Node answers to bytes that are no request. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('latin1').on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer)).on('error', reject)
    socket.write(bytes, 'latin1')
  })
}

test('bytes that are no request are refused as JSON, and the connection ends', async () => {
  const wired = await VenueUnderTest.open()
  await wired.app.listen({ port: 0, host: '127.0.0.1' })
  const [address] = wired.app.addresses()
  const port = address?.port ?? 0
  const head = 'POST /api/v3/order HTTP/1.1\r\nHost: x\r\n'
  const cases: readonly (readonly [string, number, number])[] = [
    [`${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`, 400, -1100],
    [`${head}Content-Length: 3\r\nContent-Length: 4\r\n\r\n`, 400, -1100],
    [`GET /api/v3/ping HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431, -1101],
    [`GET /api/v3/ping?a=${'y'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, -1101],
    ['get /api/v3/ping HTTP/1.1\r\nHost: x\r\n\r\n', 400, -1100],
    ['GET /api/v3/p ing HTTP/1.1\r\nHost: x\r\n\r\n', 400, -1100],
  ]
  for (const [bytes, status, code] of cases) {
    const answer = await exchange(port, bytes)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject({ code })
  }
  await wired.close()
})
