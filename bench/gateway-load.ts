import { createHmac } from 'node:crypto'
import { connect, type Socket } from 'node:net'

export interface Trader {
  readonly apiKey: string
  readonly secretKey: string
}

export interface Load {
  readonly perSecond: number
  /** Answers other than 200. */
  readonly refused: number
}

const HEAD_END = Buffer.from('\r\n\r\n')

/** A signed order that rests, or its cancellation, as bytes on the wire. */
function requestBytes(trader: Trader, host: string, name: string, isCancel: boolean): string {
  const order = isCancel
    ? `symbol=BTCUSDT&origClientOrderId=${name}`
    : `symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=50000&newClientOrderId=${name}&newOrderRespType=ACK`
  const payload = `${order}&recvWindow=60000&timestamp=${Date.now()}`
  const signature = createHmac('sha256', trader.secretKey).update(payload).digest('hex')
  const method = isCancel ? 'DELETE' : 'POST'
  return `${method} /api/v3/order?${payload}&signature=${signature} HTTP/1.1\r\nHost: ${host}\r\nX-MBX-APIKEY: ${trader.apiKey}\r\nContent-Length: 0\r\n\r\n`
}

/** One keep-alive connection with one request under way: an order, its cancellation, an order… */
class Caller {
  answered = 0
  refused = 0
  readonly #socket: Socket
  readonly #host: string
  readonly #trader: Trader
  readonly #name: string
  #pending: Buffer = Buffer.alloc(0)
  #sent = 0
  #done: (() => void) | null = null

  constructor(url: URL, trader: Trader, name: string) {
    this.#host = url.host
    this.#trader = trader
    this.#name = name
    this.#socket = connect(Number(url.port), url.hostname)
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (chunk) => this.#hear(chunk))
    this.#socket.on('error', () => undefined)
  }

  start(): void {
    this.#send()
  }

  /** Hears the last answer. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#done = () => {
        this.#socket.destroy()
        resolve()
      }
    })
  }

  #send(): void {
    const isCancel = this.#sent % 2 === 1
    const name = `${this.#name}-${Math.floor(this.#sent / 2)}`
    this.#sent += 1
    this.#socket.write(requestBytes(this.#trader, this.#host, name, isCancel))
  }

  #hear(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk])
    const headEnd = this.#pending.indexOf(HEAD_END)
    if (headEnd === -1) return
    const head = this.#pending.toString('latin1', 0, headEnd)
    const length = bodyLength(head)
    if (
      length === null
        ? !this.#pending.includes('0\r\n\r\n')
        : this.#pending.length < headEnd + 4 + length
    )
      return
    this.#pending = Buffer.alloc(0)
    this.answered += 1
    if (!head.startsWith('HTTP/1.1 200')) this.refused += 1
    if (this.#done !== null && this.#sent % 2 === 0) this.#done()
    else this.#send()
  }
}

/** Null: in chunks. */
function bodyLength(head: string): number | null {
  const found = /content-length: (\d+)/i.exec(head)
  return found === null ? null : Number(found[1])
}

/** So many connections for `seconds`, spread over the traders. */
export async function orderLoad(
  address: string,
  traders: readonly Trader[],
  connections: number,
  seconds: number,
): Promise<Load> {
  const url = new URL(address)
  const run = Date.now().toString(36)
  const callers = Array.from({ length: connections }, (_, index) => {
    const trader = traders[index % traders.length] as Trader
    return new Caller(url, trader, `${run}-${index}`)
  })
  for (const caller of callers) caller.start()
  const count = () => callers.reduce((sum, { answered }) => sum + answered, 0)
  await delay(500)
  const before = count()
  const started = performance.now()
  await delay(seconds * 1_000)
  const perSecond = ((count() - before) * 1_000) / (performance.now() - started)
  await Promise.all(callers.map((caller) => caller.stop()))
  return { perSecond, refused: callers.reduce((sum, { refused }) => sum + refused, 0) }
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
