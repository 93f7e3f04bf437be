import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { WALLETS } from '../../src/core/domain/wallet.ts'
import { Prng } from '../../src/server/feed/prng.ts'
import type { Endpoint } from '../../src/server/gateway/endpoint.ts'
import { endpoints } from '../../src/server/gateway/gateway.ts'
import type { MarketView } from '../../src/server/market/market-view.ts'
import { attachStreams } from '../../src/server/streams/attach-streams.ts'
import { CONNECTION_LIMITS } from '../../src/server/streams/connection.ts'
import {
  encodedPairs,
  flipped,
  mutatedPairs,
  type Pairs,
  pick,
  wellFormed,
} from './mutated-request.ts'
import { VenueUnderTest, WALL_MS } from './venue-under-test.ts'

/** `FULCRUM_MUTATIONS=200000` tries that many on each transport. */
const MUTATIONS = Number(process.env['FULCRUM_MUTATIONS'] ?? 1_500)
const SEED = Number(process.env['FULCRUM_SEED'] ?? 1)
const UNLIMITED = 1e12
const ERROR_BYTES_MAX = 8_192

let venue: VenueUnderTest
let user: Awaited<ReturnType<VenueUnderTest['user']>>
let failures: unknown[]

beforeEach(async () => {
  failures = []
  venue = await VenueUnderTest.open({
    deps: { onError: (error) => failures.push(error) },
    limits: {
      requestWeight: UNLIMITED,
      rawRequests: UNLIMITED,
      sapiIpWeight: UNLIMITED,
      sapiUserWeight: UNLIMITED,
      ordersPer10s: UNLIMITED,
      ordersPerDay: UNLIMITED,
    },
  })
  await venue.setPrices({ BTC: '30000', ETH: '2000', USDC: '1' })
  user = await venue.marginUser({ USDT: '1000000', BTC: '100' })
  await venue.signed(user, 'POST /sapi/v1/asset/transfer', {
    type: 'MAIN_MARGIN',
    asset: 'USDT',
    amount: '500000',
  })
})

afterEach(() => venue.close())

/** Everything that is the user's; the history may have one refusal more. */
function holdings(): string {
  const { userId } = user
  const balances = WALLETS.map((wallet) => venue.sequencer.ask('balances', { userId, wallet }))
  const orders = (['SPOT', 'CROSS_MARGIN'] as const).map((wallet) =>
    venue.sequencer.ask('openOrders', { userId, wallet, symbol: null }),
  )
  return JSON.stringify([balances, orders, venue.sequencer.ask('user', { userId })], (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  )
}

/** What was answered, so that a test sees whether it reached anything at all. */
class Answers {
  readonly #codes = new Set<number>()
  #taken = 0

  add(code: number | undefined): void {
    if (code === undefined) this.#taken += 1
    else this.#codes.add(code)
  }

  check(): void {
    expect(this.#taken).toBeGreaterThan(MUTATIONS / 20)
    expect(this.#codes.size).toBeGreaterThan(10)
  }
}

/** What stays as it is: nothing without a signature that fits, nothing by what was refused. */
class Witness {
  #sequence = venue.sequencer.sequence
  #holdings = holdings()

  check(answer: { status: number; code: number | undefined }, forged: boolean, what: string): void {
    const { sequence } = venue.sequencer
    if (forged) expect(sequence, `${what} was forged and became a command`).toBe(this.#sequence)
    if (sequence === this.#sequence) return
    const after = holdings()
    // -2021 is half a success: one of the two was done.
    if (answer.status >= 400 && answer.code !== -2021)
      expect(after, `${what} was refused and changed something`).toBe(this.#holdings)
    this.#sequence = sequence
    this.#holdings = after
  }
}

function checkError(status: number, error: unknown, what: string): number | undefined {
  expect(status, `${what}: ${failures}`).toBeLessThan(500)
  const text = JSON.stringify(error)
  expect(text, what).not.toContain(user.secret)
  if (status < 400) return undefined
  expect(error, what).toMatchObject({ code: expect.any(Number), msg: expect.any(String) })
  expect(text.length, what).toBeLessThan(ERROR_BYTES_MAX)
  const { code } = error as { code: number }
  expect(code, what).toBeLessThan(0)
  return code
}

function hmac(text: string): string {
  return createHmac('sha256', user.secret).update(text, 'latin1').digest('hex')
}

interface Mutated {
  readonly text: string
  /** Its signature is not one over what is sent. */
  readonly forged: boolean
}

/** Signed anew in most cases, so that what is wrong with it reaches what is behind the signature. */
function mutatedText(endpoint: Endpoint, prng: Prng, count: number): Mutated {
  const pairs = mutatedPairs(`${endpoint.method} ${endpoint.path}`, prng)
  const stamped: Pairs = [...pairs, ['timestamp', `${WALL_MS}`], ['nonce', `${count}`]]
  const signedText = encodedPairs(stamped, prng)
  const signature = hmac(signedText)
  switch (prng.below(10)) {
    case 0:
      return { text: signedText, forged: true }
    case 1:
      return { text: `${signedText}x&signature=${signature}`, forged: true }
    case 2:
      return { text: `${signedText}&signature=${hmac(signature)}`, forged: true }
    default:
      return { text: `${signedText}&signature=${signature}`, forged: false }
  }
}

const KEYS = ['x', 'z'.repeat(64), 'k'.repeat(65), '%00', "' OR 1=1"]
const TYPES = ['application/x-www-form-urlencoded', 'application/json', 'text/xml', '']

test(`W3 W5 ${MUTATIONS} mutated requests over HTTP: Binance's errors, nothing forged, nothing changed`, async () => {
  const prng = new Prng(SEED)
  const witness = new Witness()
  const answers = new Answers()
  for (let count = 0; count < MUTATIONS; count += 1) {
    const endpoint = pick(endpoints, prng)
    const { text, forged } = mutatedText(endpoint, prng, count)
    const anonymous = prng.below(20) === 0
    const apiKey = anonymous ? pick(KEYS, prng) : user.apiKey
    const inBody = endpoint.method !== 'GET' && prng.below(2) === 0
    const type = prng.below(20) === 0 ? pick(TYPES, prng) : TYPES[0]
    const path = prng.below(50) === 0 ? flipped(endpoint.path, prng) : endpoint.path
    const what = `${endpoint.method} ${path} ${text} (${count})`
    const reply = await venue.inject({
      method: endpoint.method,
      url: inBody ? encodeURI(path) : `${encodeURI(path)}?${text}`,
      headers: { 'x-mbx-apikey': apiKey, 'content-type': type },
      ...(inBody ? { payload: text } : {}),
    })
    if (typeof reply.body === 'string' && reply.status < 400) continue
    const code = checkError(reply.status, reply.body, what)
    answers.add(code)
    witness.check({ status: reply.status, code }, forged || anonymous, what)
  }
  answers.check()
  expect(failures).toEqual([])
}, 3_600_000)

/** A client that asks and waits, connecting anew whenever it is hung up on. */
class Asking {
  readonly #url: string
  #socket: WebSocket | null = null

  constructor(url: string) {
    this.#url = url
  }

  async ask(frame: string): Promise<{ id: unknown; status: number; error?: object } | null> {
    const socket = await this.#connected()
    const answered = new Promise<string | null>((resolve) => {
      const hear = (data: unknown) => {
        const text = String(data)
        // User data comes in between.
        if (!text.includes('"rateLimits"')) return
        socket.off('message', hear)
        resolve(text)
      }
      socket.on('message', hear)
      socket.once('close', () => resolve(null))
    })
    socket.send(frame)
    const answer = await answered
    socket.removeAllListeners('close')
    if (answer === null) this.#socket = null
    return answer === null ? null : JSON.parse(answer)
  }

  close(): void {
    this.#socket?.close()
  }

  async #connected(): Promise<WebSocket> {
    if (this.#socket !== null) return this.#socket
    const socket = new WebSocket(this.#url)
    await once(socket, 'open')
    this.#socket = socket
    return socket
  }
}

const METHODS: Readonly<Record<string, string>> = {
  'order.place': 'POST /api/v3/order',
  'order.test': 'POST /api/v3/order/test',
  'order.cancelReplace': 'POST /api/v3/order/cancelReplace',
  'order.amend.keepPriority': 'PUT /api/v3/order/amend/keepPriority',
  'order.cancel': 'DELETE /api/v3/order',
  'orderList.place': 'POST /api/v3/order/oco',
  'openOrders.status': 'GET /api/v3/openOrders',
  allOrders: 'GET /api/v3/allOrders',
  klines: 'GET /api/v3/klines',
  depth: 'GET /api/v3/depth',
  'account.status': 'GET /api/v3/account',
  'session.logon': '',
  'userDataStream.subscribe.signature': '',
  'userDataStream.subscribe.listenToken': '',
  'userDataStream.unsubscribe': '',
  __proto__: '',
}
const OPEN = new Set(['klines', 'depth', 'userDataStream.unsubscribe'])

function mutatedFrame(prng: Prng, count: number): Mutated & { readonly method: string } {
  const method = pick(Object.keys(METHODS), prng)
  const pairs = mutatedPairs(METHODS[method] ?? '', prng)
  const params: Record<string, unknown> = {
    ...Object.fromEntries(pairs.map(([name, value]) => [name, wellFormed(value)])),
    ...{ apiKey: user.apiKey, timestamp: `${WALL_MS}`, nonce: `${count}` },
  }
  const payload = Object.entries(params)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const forged = prng.below(5) === 0
  params['signature'] = forged ? hmac(`${payload}!`) : hmac(Buffer.from(payload).toString('latin1'))
  const text = JSON.stringify({ id: count, method, params })
  if (prng.below(10) > 0) return { method, text, forged }
  const cut = prng.below(2) === 0 ? text.slice(0, prng.below(text.length)) : flipped(text, prng)
  return { method, text: cut, forged: false }
}

test(`W3 W5 ${MUTATIONS} mutated requests on the WebSocket API`, async () => {
  const { app, deps } = venue
  const streams = attachStreams(app.server, {
    gateway: deps,
    endpoints,
    market: deps.market as MarketView,
    subscribe: (listener) => venue.sequencer.subscribe(listener),
    limits: { ...CONNECTION_LIMITS, messagesPerSecond: UNLIMITED, messagesBurst: UNLIMITED },
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const client = new Asking(`ws://127.0.0.1:${port}/ws-api/v3`)
  const prng = new Prng(SEED)
  const witness = new Witness()
  const answers = new Answers()
  for (let count = 0; count < MUTATIONS; count += 1) {
    const { method, text, forged } = mutatedFrame(prng, count)
    const answer = await client.ask(text)
    if (answer === null) continue
    const code = checkError(answer.status, answer.error ?? {}, text)
    answers.add(code)
    witness.check({ status: answer.status, code }, forged && !OPEN.has(method), text)
  }
  answers.check()
  client.close()
  await streams.close()
  expect(failures).toEqual([])
}, 3_600_000)

test('no unreadable control frame is left without an answer, and none costs the connection', async () => {
  const { app, deps } = venue
  const streams = attachStreams(app.server, {
    gateway: deps,
    endpoints,
    market: deps.market as MarketView,
    subscribe: (listener) => venue.sequencer.subscribe(listener),
    limits: { ...CONNECTION_LIMITS, messagesPerSecond: UNLIMITED, messagesBurst: UNLIMITED },
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/0`)
  await once(socket, 'open')
  const prng = new Prng(SEED)
  const frame = '{"method":"SUBSCRIBE","params":["btcusdt@depth","btcusdt@trade"],"id":312}'
  let answers = 0
  socket.on('message', (data) => {
    const answer = JSON.parse(String(data))
    if ('e' in answer) return
    answers += 1
    if ('error' in answer) expect([0, 1, 2, 3]).toContain(answer.error.code)
  })
  for (let count = 0; count < MUTATIONS; count += 1) {
    let text = frame
    for (let left = prng.below(4); left > 0; left -= 1) text = flipped(text, prng)
    socket.send(wellFormed(text))
  }
  const deadline = Date.now() + 60_000
  while (answers < MUTATIONS && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 5))
  expect(answers).toBe(MUTATIONS)
  expect(socket.readyState).toBe(WebSocket.OPEN)
  socket.close()
  await streams.close()
  expect(failures).toEqual([])
}, 600_000)
