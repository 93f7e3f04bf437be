import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { SymbolIndex } from '../../core/domain/ids.ts'
import type { DepthUpdatePayload } from '../../wire/market-stream.ts'
import { TestVenue } from './test-venue.ts'

const BTC = 0 as SymbolIndex
let venue: TestVenue

afterEach(async () => venue.close())

function place(side: 'BUY' | 'SELL', price: number, lots: number): void {
  venue.apply(venue.script.place({ side, price, lots }))
}

test('trades come at once, one frame each, in the order of execution', async () => {
  venue = await TestVenue.start()
  const client = await venue.connect('/ws/btcusdt@trade')
  place('SELL', 10_000, 2)
  place('SELL', 10_001, 2)
  place('BUY', 10_001, 3)
  expect(await client.next()).toEqual({
    e: 'trade',
    E: venue.script.timeMs,
    s: 'BTCUSDT',
    t: 1,
    p: '100.00000000',
    q: '0.00200000',
    T: venue.script.timeMs,
    m: false,
    M: true,
  })
  expect(await client.next()).toMatchObject({ t: 2, p: '100.01000000', q: '0.00100000' })
})

test('the combined path wraps every frame with its stream, and so does the property', async () => {
  venue = await TestVenue.start()
  const wrapped = await venue.connect('/stream?streams=btcusdt@aggTrade')
  const bare = await venue.connect('/ws/0')
  expect(await bare.ask({ method: 'SUBSCRIBE', params: ['btcusdt@aggTrade'], id: 1 })).toEqual({
    result: null,
    id: 1,
  })
  expect(await bare.ask({ method: 'GET_PROPERTY', params: ['combined'], id: 2 })).toEqual({
    result: false,
    id: 2,
  })
  place('SELL', 10_000, 2)
  place('BUY', 10_000, 1)
  expect(await wrapped.next()).toMatchObject({
    stream: 'btcusdt@aggTrade',
    data: { e: 'aggTrade', a: 1, f: 1, l: 1 },
  })
  expect(await bare.next()).toMatchObject({ e: 'aggTrade', a: 1 })
  await bare.ask({ method: 'SET_PROPERTY', params: ['combined', true], id: 3 })
  place('BUY', 10_000, 1)
  expect(await bare.next()).toMatchObject({ stream: 'btcusdt@aggTrade', data: { a: 2 } })
})

test('subscriptions are listed, and end', async () => {
  venue = await TestVenue.start()
  const client = await venue.connect('/ws/not-a-stream')
  const ask = (method: string, params?: unknown) => client.ask({ method, params, id: 'x' })
  await ask('SUBSCRIBE', ['btcusdt@trade', 'dogeusdt@trade'])
  expect(await ask('LIST_SUBSCRIPTIONS')).toEqual({
    result: ['btcusdt@trade', 'dogeusdt@trade'],
    id: 'x',
  })
  await ask('UNSUBSCRIBE', ['btcusdt@trade', 'never@trade'])
  place('SELL', 10_000, 1)
  place('BUY', 10_000, 1)
  await new Promise((resolve) => setImmediate(resolve))
  expect(await ask('LIST_SUBSCRIPTIONS')).toEqual({ result: ['dogeusdt@trade'], id: 'x' })
})

test.each([
  ['not JSON', 3],
  ['[]', 2],
  ['{"params":[]}', 2],
  ['{"method":"DANCE","id":1}', 2],
  ['{"method":"SUBSCRIBE","id":1}', 2],
  ['{"method":"SUBSCRIBE","params":["nonsense"],"id":1}', 2],
  ['{"method":"SUBSCRIBE","params":[7],"id":1}', 2],
  ['{"method":"SUBSCRIBE","params":[],"id":{}}', 2],
  ['{"method":"SUBSCRIBE","params":[],"id":1.5}', 2],
  ['{"method":"SET_PROPERTY","params":["colour",true],"id":1}', 0],
  ['{"method":"SET_PROPERTY","params":["combined","yes"],"id":1}', 1],
  ['{"method":"GET_PROPERTY","params":["colour"],"id":1}', 0],
  ['{"method":"GET_PROPERTY","params":[1],"id":1}', 2],
])('the control frame %s is answered with error %i', async (frame, code) => {
  venue = await TestVenue.start()
  const client = await venue.connect('/stream')
  expect(await client.ask(frame)).toMatchObject({ error: { code, msg: expect.any(String) } })
})

test('a reader who applies depth updates to a snapshot has the book, with no update missing', async () => {
  venue = await TestVenue.start()
  for (let price = 9_000; price < 9_010; price += 1) place('BUY', price, 5)
  const client = await venue.connect('/ws')
  await client.ask({ method: 'SUBSCRIBE', params: ['btcusdt@depth@100ms'], id: 1 })
  place('BUY', 9_050, 4)
  const snapshot = venue.view.depth(BTC, 1000)
  const book = new Map(snapshot.bids.map(([price, lots]) => [price as number, lots as number]))
  let last = 0
  for (let round = 0; round < 3; round += 1) {
    place('BUY', 9_100 + round, 7)
    place('SELL', 9_100 + round, 3 + round * 2)
    const update = await client.next<DepthUpdatePayload>()
    expect(update.s).toBe('BTCUSDT')
    if (last === 0) expect(update.U).toBeLessThanOrEqual(snapshot.lastUpdateId + 1)
    else expect(update.U).toBe(last + 1)
    last = update.u
    for (const [price, quantity] of update.b) {
      const lots = Math.round(Number(quantity) * 1000)
      if (lots === 0) book.delete(Math.round(Number(price) * 100))
      else book.set(Math.round(Number(price) * 100), lots)
    }
  }
  const now = venue.view.depth(BTC, 1000)
  expect(last).toBe(now.lastUpdateId)
  expect([...book].sort(([a], [b]) => b - a)).toEqual(now.bids)
})

test('streams of states say the present one to whoever comes', async () => {
  venue = await TestVenue.start()
  place('SELL', 10_000, 3)
  place('BUY', 10_000, 1)
  place('BUY', 9_000, 4)
  const frames = new Map<string, Record<string, unknown>>()
  const names = [
    'btcusdt@ticker',
    'btcusdt@miniTicker',
    'btcusdt@bookTicker',
    'btcusdt@avgPrice',
    'btcusdt@depth5',
    'btcusdt@kline_1h',
    'btcusdt@ticker_1h',
    '!miniTicker@arr',
  ]
  const client = await venue.connect(`/stream?streams=${names.join('/')}`)
  while (frames.size < names.length) {
    const { stream, data } = await client.next<{ stream: string; data: Record<string, unknown> }>()
    frames.set(stream, data)
  }
  expect(frames.get('btcusdt@bookTicker')).toEqual({
    u: 3,
    s: 'BTCUSDT',
    b: '90.00000000',
    B: '0.00400000',
    a: '100.00000000',
    A: '0.00200000',
  })
  expect(frames.get('btcusdt@depth5')).toEqual({
    lastUpdateId: 3,
    bids: [['90.00000000', '0.00400000']],
    asks: [['100.00000000', '0.00200000']],
  })
  expect(frames.get('btcusdt@ticker')).toMatchObject({
    e: '24hrTicker',
    c: '100.00000000',
    v: '0.00100000',
    q: '0.10000000',
    w: '100.00000000',
    P: '0.000',
    b: '90.00000000',
    n: 1,
  })
  expect(frames.get('btcusdt@ticker_1h')).toMatchObject({ e: '1hTicker', n: 1 })
  expect(frames.get('btcusdt@kline_1h')).toMatchObject({ k: { i: '1h', n: 1, x: false } })
  expect(frames.get('!miniTicker@arr')).toMatchObject([{ e: '24hrMiniTicker', s: 'BTCUSDT' }])
  expect(frames.get('btcusdt@avgPrice')).toMatchObject({ i: '5m', w: '100.00000000' })
})

test('a candle that closes is said at once, closed', async () => {
  venue = await TestVenue.start()
  const client = await venue.connect('/ws/btcusdt@kline_1m')
  place('SELL', 10_000, 3)
  place('BUY', 10_000, 1)
  venue.script.timeMs += 60_000
  venue.apply(venue.script.outcome([]))
  let frame = await client.next<{ k: Record<string, unknown> }>()
  while (frame.k['x'] !== true) frame = await client.next()
  expect(frame.k).toMatchObject({ i: '1m', n: 1, v: '0.00100000', x: true })
})

test('a reader who does not read is hung up on, and the others are not', async () => {
  venue = await TestVenue.start({ bufferedMax: 50_000 })
  const slow = await venue.connect('/ws/btcusdt@trade')
  const quick = await venue.connect('/ws/btcusdt@trade')
  slow.socket.pause()
  place('SELL', 10_000, 1_000_000)
  let seen = 0
  quick.socket.on('message', () => {
    seen += 1
  })
  let sent = 0
  while (venue.streams.connections === 2) {
    place('BUY', 10_000, 1)
    sent += 1
    if (sent % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  while (seen < sent) await new Promise((resolve) => setImmediate(resolve))
  expect(quick.socket.readyState).toBe(WebSocket.OPEN)
  slow.socket.terminate()
})

test('a connection that does not answer pings is hung up on', async () => {
  venue = await TestVenue.start({ pingEveryMs: 20, pongWithinMs: 60 })
  const deaf = new WebSocket(`${venue.url}/ws`, { autoPong: false })
  const alive = await venue.connect('/ws')
  await new Promise((resolve) => deaf.on('close', resolve))
  expect(alive.socket.readyState).toBe(WebSocket.OPEN)
})

test('too many messages, streams or connections are refused', async () => {
  venue = await TestVenue.start({
    messagesBurst: 5,
    streamsPerConnectionMax: 2,
    connectionsPerAddressMax: 1,
  })
  const client = await venue.connect('/ws')
  const second = new WebSocket(`${venue.url}/ws`)
  const refused = await new Promise<Error>((resolve) => second.on('error', resolve))
  expect(refused.message).toContain('429')
  const params = ['btcusdt@trade', 'ethusdt@trade', 'btcusdt@ticker']
  expect(await client.ask({ method: 'SUBSCRIBE', params, id: 1 })).toMatchObject({
    error: { code: 2 },
    id: 1,
  })
  const closed = client.closed()
  for (let count = 0; count < 6; count += 1)
    client.socket.send('{"method":"LIST_SUBSCRIPTIONS","id":1}')
  expect(await closed).toEqual({ code: 1008, reason: 'Too many requests' })
})

test('an upgrade elsewhere is 404, and closing hangs up on everyone with a reason', async () => {
  venue = await TestVenue.start()
  const elsewhere = new WebSocket(`${venue.url}/elsewhere`)
  const refused = await new Promise<Error>((resolve) => elsewhere.on('error', resolve))
  expect(refused.message).toContain('404')
  const client = await venue.connect('/ws')
  const closed = client.closed()
  venue.streams.disconnectAll('The venue was restored')
  expect(await closed).toEqual({ code: 1012, reason: 'The venue was restored' })
})

test('one address may begin so many connections in five minutes', async () => {
  venue = await TestVenue.start({ attemptsMax: 2 })
  await venue.connect('/ws')
  await venue.connect('/ws-api/v3')
  await expect(venue.connect('/stream')).rejects.toThrow('429')
})

test('a venue that shuts down says so before it hangs up', async () => {
  venue = await TestVenue.start()
  const clients = await Promise.all([venue.connect('/ws'), venue.connect('/ws-api/v3')])
  const [told, asked] = clients.map((client) => client.next())
  const closed = Promise.all(clients.map((client) => client.closed()))
  await venue.streams.close()
  expect(await told).toMatchObject({ e: 'serverShutdown', E: expect.any(Number) })
  expect(await asked).toMatchObject({ event: { e: 'serverShutdown' } })
  expect((await closed).map(({ code }) => code)).toEqual([1012, 1012])
})
