import WebSocket from 'ws'
import type { Feed, FeedPrices } from './feed.ts'
import { indexPriceOf } from './feed.ts'

export interface BinanceFeedSettings {
  /** Assets to price; each through its pair against USDT. */
  readonly assetCodes: readonly string[]
  /** Prices are handed on at most this often. */
  readonly intervalMs: number
  /** Another host that speaks the same streams. */
  readonly baseUrl?: string
  /** Told of each lost connection, for the log. */
  readonly onDisconnect?: (reason: string, retryMs: number) => void
}

const BASE_URL = 'wss://stream.binance.com:9443'
const RETRY_MIN_MS = 500
const RETRY_MAX_MS = 30_000
// Binance pings every 20 s; a connection that says nothing for longer is dead, though TCP may not know.
const SILENCE_MAX_MS = 60_000
const MID_DECIMALS = 9

/** The address of the combined stream with the best bid and ask of every asset's USDT pair. */
export function streamUrl(assetCodes: readonly string[], baseUrl = BASE_URL): string {
  const streams = assetCodes
    .filter((code) => code !== 'USDT')
    .map((code) => `${code.toLowerCase()}usdt@bookTicker`)
  return `${baseUrl}/stream?streams=${streams.join('/')}`
}

/**
 * The asset and its USDT price that one message of the combined stream tells; null for any other message.
 *
 * From a `@bookTicker` the middle of bid and ask, from a `@miniTicker` the last price.
 */
export function priceOfMessage(text: string): readonly [code: string, price: string] | null {
  const data = dataOf(text)
  if (data === null) return null
  const { s: symbol, b: bid, a: ask, c: last, e: event } = data
  if (typeof symbol !== 'string' || !symbol.endsWith('USDT') || symbol.length === 4) return null
  const code = symbol.slice(0, -4)
  if (event === '24hrMiniTicker') {
    return typeof last === 'string' && indexPriceOf(last) !== null ? [code, last] : null
  }
  if (event !== undefined || typeof bid !== 'string' || typeof ask !== 'string') return null
  const middle = middleOf(bid, ask)
  return middle === null ? null : [code, middle]
}

function dataOf(text: string): Record<string, unknown> | null {
  try {
    const message: unknown = JSON.parse(text)
    if (typeof message !== 'object' || message === null || !('data' in message)) return null
    const { data } = message
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function middleOf(bid: string, ask: string): string | null {
  const low = indexPriceOf(bid)
  const high = indexPriceOf(ask)
  if (low === null || high === null || low > high) return null
  // Half of 10^-8 is five of 10^-9: one place more, and nothing is rounded.
  const digits = ((low + high) * 5n).toString().padStart(MID_DECIMALS + 1, '0')
  return `${digits.slice(0, -MID_DECIMALS)}.${digits.slice(-MID_DECIMALS)}`
}

/** How long to wait before the given attempt to connect again: doubling, to half a minute. */
export function retryDelayMs(attempt: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(attempt, 10))
}

/** Binance's public prices, kept connected for as long as it runs. */
export class BinanceFeed implements Feed {
  readonly #settings: BinanceFeedSettings
  #socket: WebSocket | null = null
  #handOn: NodeJS.Timeout | null = null
  #retry: NodeJS.Timeout | null = null
  #attempt = 0
  #lastMessageMs = 0
  #fresh = new Map<string, string>()
  #running = false

  constructor(settings: BinanceFeedSettings) {
    this.#settings = settings
  }

  start(onPrices: (prices: FeedPrices) => void): void {
    if (this.#running) return
    this.#running = true
    this.#connect()
    this.#handOn = setInterval(() => {
      this.#dropIfSilent()
      if (this.#fresh.size === 0) return
      onPrices([...this.#fresh])
      this.#fresh.clear()
    }, this.#settings.intervalMs)
  }

  stop(): void {
    this.#running = false
    if (this.#handOn !== null) clearInterval(this.#handOn)
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#socket?.terminate()
    this.#handOn = null
    this.#retry = null
    this.#socket = null
  }

  #connect(): void {
    const socket = new WebSocket(streamUrl(this.#settings.assetCodes, this.#settings.baseUrl))
    this.#socket = socket
    this.#lastMessageMs = performance.now()
    socket.on('message', (data) => {
      this.#lastMessageMs = performance.now()
      const priced = priceOfMessage(data.toString())
      if (priced === null) return
      this.#attempt = 0
      this.#fresh.set(priced[0], priced[1])
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
    const delay = retryDelayMs(this.#attempt)
    this.#attempt += 1
    this.#settings.onDisconnect?.(reason, delay)
    this.#retry = setTimeout(() => this.#connect(), delay)
  }

  #dropIfSilent(): void {
    const silent = performance.now() - this.#lastMessageMs > SILENCE_MAX_MS
    if (silent && this.#socket?.readyState === WebSocket.OPEN) this.#socket.terminate()
  }
}
