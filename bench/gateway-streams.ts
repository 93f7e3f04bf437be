import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { delay, type Trader } from './gateway-load.ts'

const UNDER_WAY = 200
const EVENT_TIME = /"E":(\d+)/

function signedParams(trader: Trader, fields: Readonly<Record<string, string>>): object {
  const params: Record<string, string> = {
    ...fields,
    apiKey: trader.apiKey,
    recvWindow: '60000',
    timestamp: String(Date.now()),
  }
  const payload = Object.keys(params)
    .sort()
    .map((name) => `${name}=${params[name]}`)
    .join('&')
  const signature = createHmac('sha256', trader.secretKey).update(payload).digest('hex')
  return { ...params, signature }
}

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  await once(socket, 'open')
  return socket
}

/** Orders and their cancellations on one connection of the WebSocket API, many under way; answers a second. */
export async function requestLoad(url: string, trader: Trader, seconds: number): Promise<number> {
  const socket = await open(`${url}/ws-api/v3?returnRateLimits=false`)
  const run = Date.now().toString(36)
  let sent = 0
  let answered = 0
  let failed = 0
  const send = () => {
    const name = `${run}-${Math.floor(sent / 2)}`
    const isCancel = sent % 2 === 1
    sent += 1
    const fields = isCancel
      ? { symbol: 'BTCUSDT', origClientOrderId: name }
      : {
          ...{ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' },
          ...{ quantity: '0.001', price: '50000', newClientOrderId: name, newOrderRespType: 'ACK' },
        }
    const method = isCancel ? 'order.cancel' : 'order.place'
    socket.send(JSON.stringify({ id: sent, method, params: signedParams(trader, fields) }))
  }
  socket.on('message', (data) => {
    answered += 1
    if (!String(data).includes('"status":200')) failed += 1
    if (sent > 0) send()
  })
  // Each order is followed by its own cancellation: requests of one connection are taken in order.
  for (let index = 0; index < UNDER_WAY; index += 1) send()
  await delay(500)
  const before = answered
  const started = performance.now()
  await delay(seconds * 1_000)
  const perSecond = ((answered - before) * 1_000) / (performance.now() - started)
  socket.removeAllListeners('message')
  await delay(200)
  socket.terminate()
  if (failed > answered / 100) throw new Error(`${failed} of ${answered} requests failed`)
  return perSecond
}

export interface Fanout {
  /** From the venue's time stamp to the reader, p99. */
  readonly p99Ms: number
  readonly perSecond: number
}

/** So many readers of one stream that speaks a hundred times a second. */
export async function fanOut(
  url: string,
  trader: Trader,
  readers: number,
  seconds: number,
): Promise<Fanout> {
  const delaysMs: number[] = []
  const sockets: WebSocket[] = []
  for (let made = 0; made < readers; made += 100)
    sockets.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(100, readers - made) }, () =>
          open(`${url}/ws/btcusdt@trade`),
        ),
      )),
    )
  for (const socket of sockets)
    socket.on('message', (data: Buffer) => {
      const [, time] = EVENT_TIME.exec(data.toString('latin1', 0, 60)) ?? []
      delaysMs.push(Date.now() - Number(time))
    })
  const requests = await open(`${url}/ws-api/v3?returnRateLimits=false`)
  let side = 0
  const trade = () => {
    side += 1
    const fields = {
      ...{ symbol: 'BTCUSDT', type: 'MARKET', quantity: '0.001', newOrderRespType: 'ACK' },
      side: side % 2 === 0 ? 'BUY' : 'SELL',
    }
    const params = signedParams(trader, fields)
    requests.send(JSON.stringify({ id: side, method: 'order.place', params }))
  }
  const timer = setInterval(trade, 10)
  await delay(1_000)
  delaysMs.length = 0
  const started = performance.now()
  await delay(seconds * 1_000)
  const perSecond = (delaysMs.length * 1_000) / (performance.now() - started)
  clearInterval(timer)
  for (const socket of [...sockets, requests]) socket.terminate()
  const sorted = delaysMs.toSorted((a, b) => a - b)
  return { p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN, perSecond }
}

/** Asks for a lot and reads nothing: milliseconds until the venue hangs up. */
export async function slowReader(url: string, secondsMax: number): Promise<number> {
  const socket = await open(`${url}/ws-api/v3`)
  const started = performance.now()
  const closed = once(socket, 'close').then(() => performance.now() - started)
  socket.pause()
  const ask = JSON.stringify({ id: 1, method: 'exchangeInfo' })
  for (let asked = 0; asked < 900; asked += 1) socket.send(ask)
  // What was cut off is seen by who reads on at last.
  const cut = await Promise.race([peerGone(socket, secondsMax), closed])
  socket.terminate()
  return cut
}

/** A paused socket does not see its end: writing to it does. */
async function peerGone(socket: WebSocket, secondsMax: number): Promise<number> {
  const started = performance.now()
  let gone = false
  socket.on('error', () => {
    gone = true
  })
  while (!gone && performance.now() - started < secondsMax * 1_000) {
    socket.ping(undefined, undefined, (error) => {
      if (error) gone = true
    })
    await delay(10)
  }
  if (!gone) throw new Error('a reader that reads nothing was not cut off')
  return performance.now() - started
}
