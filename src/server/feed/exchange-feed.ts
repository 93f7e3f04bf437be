import WebSocket from 'ws'
import type { Feed, FeedPrices } from './feed.ts'
import type { PriceStream } from './price-stream.ts'

export interface ExchangeFeedSettings {
  readonly stream: PriceStream
  /** Assets to price; USDT is left out. */
  readonly assetCodes: readonly string[]
  /** Prices are handed on once in so long. */
  readonly intervalMs: number
  /** Another address that speaks the same stream. */
  readonly url?: string
  /** Told of each lost connection, for the log. */
  readonly onDisconnect?: (reason: string, retryMs: number) => void
}

const RETRY_MIN_MS = 500
const RETRY_MAX_MS = 30_000
const KEEP_ALIVE_MS = 15_000
// Exchanges ping or answer pings every 20 s or so; a connection that says nothing for longer is dead, though TCP may not
// know.
const SILENCE_MAX_MS = 60_000
/** A connection with a dozen pairs on it that says nothing for so long has fallen silent: nothing is handed on. */
const STILL_MAX_MS = 3_000
/** A pair that says nothing for so long is not handed on any more, whatever others on its connection say. */
const QUIET_MAX_MS = 60_000

/** How long to wait before the given attempt to connect again: doubling, to half a minute. */
export function retryDelayMs(attempt: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(attempt, 10))
}

/**
 * One exchange's public prices, kept connected for as long as it runs. A price stands until the next one, as long as the
 * connection lives: a pair that does not move is no source that fell silent (rule X1).
 */
export class ExchangeFeed implements Feed {
  readonly #settings: ExchangeFeedSettings
  readonly #codes: readonly string[]
  #socket: WebSocket | null = null
  #handOn: NodeJS.Timeout | null = null
  #keepAlive: NodeJS.Timeout | null = null
  #retry: NodeJS.Timeout | null = null
  #attempt = 0
  #lastMessageMs = 0
  readonly #latest = new Map<string, { readonly price: string; readonly atMs: number }>()
  #running = false

  constructor(settings: ExchangeFeedSettings) {
    this.#settings = settings
    this.#codes = settings.assetCodes.filter((code) => code !== 'USDT')
  }

  start(onPrices: (prices: FeedPrices) => void): void {
    if (this.#running) return
    const { intervalMs, stream } = this.#settings
    this.#running = true
    this.#connect()
    this.#handOn = setInterval(() => {
      this.#dropIfSilent()
      const prices = this.#standing()
      if (prices.length > 0) onPrices(prices)
    }, intervalMs)
    const { keepAlive } = stream
    if (keepAlive === null) return
    this.#keepAlive = setInterval(() => this.#say(keepAlive), KEEP_ALIVE_MS)
  }

  stop(): void {
    this.#running = false
    for (const timer of [this.#handOn, this.#keepAlive]) if (timer !== null) clearInterval(timer)
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#socket?.terminate()
    this.#handOn = null
    this.#keepAlive = null
    this.#retry = null
    this.#socket = null
  }

  #connect(): void {
    const { stream, url } = this.#settings
    const socket = new WebSocket(url ?? stream.url(this.#codes))
    this.#socket = socket
    this.#lastMessageMs = performance.now()
    socket.on('open', () => {
      for (const request of stream.subscriptions(this.#codes)) this.#say(request)
    })
    socket.on('message', (data) => {
      this.#lastMessageMs = performance.now()
      const priced = stream.priceOf(data.toString())
      if (priced === null) return
      this.#attempt = 0
      this.#latest.set(priced[0], { price: priced[1], atMs: this.#lastMessageMs })
    })
    socket.on('ping', () => {
      this.#lastMessageMs = performance.now()
    })
    let reason = 'closed'
    socket.on('error', (error) => {
      reason = error.message
    })
    socket.on('close', () => {
      if (this.#running && this.#socket === socket) this.#connectLater(reason)
    })
  }

  #connectLater(reason: string): void {
    // What was said before is no longer said.
    this.#latest.clear()
    const delay = retryDelayMs(this.#attempt)
    this.#attempt += 1
    this.#settings.onDisconnect?.(reason, delay)
    this.#retry = setTimeout(() => this.#connect(), delay)
  }

  #standing(): FeedPrices {
    const nowMs = performance.now()
    if (nowMs - this.#lastMessageMs > STILL_MAX_MS) return []
    return [...this.#latest]
      .filter(([, { atMs }]) => nowMs - atMs < QUIET_MAX_MS)
      .map(([code, { price }]) => [code, price] as const)
  }

  #say(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text)
  }

  #dropIfSilent(): void {
    const silent = performance.now() - this.#lastMessageMs > SILENCE_MAX_MS
    if (silent && this.#socket?.readyState === WebSocket.OPEN) this.#socket.terminate()
  }
}
