import { indexPriceOf } from './feed.ts'
import type { PriceStream } from './price-stream.ts'
import { baseOfPair, fieldsOf, middleOf, objectOf } from './price-stream.ts'

/** Binance's combined stream: best bid and ask of every pair. The exchange pings. */
export const BINANCE: PriceStream = {
  source: 'binance',
  url: (assetCodes) => {
    const streams = assetCodes.map((code) => `${code.toLowerCase()}usdt@bookTicker`)
    return `wss://stream.binance.com:9443/stream?streams=${streams.join('/')}`
  },
  subscriptions: () => [],
  keepAlive: null,
  priceOf,
}

/** From a `@bookTicker` the middle of bid and ask, from a `@miniTicker` the last price. */
function priceOf(text: string): readonly [string, string] | null {
  const { s: symbol, b: bid, a: ask, c: last, e: event } = objectOf(fieldsOf(text)['data'])
  const code = baseOfPair(symbol)
  if (code === null) return null
  if (event === '24hrMiniTicker') {
    return typeof last === 'string' && indexPriceOf(last) !== null ? [code, last] : null
  }
  if (event !== undefined) return null
  const middle = middleOf(bid, ask)
  return middle === null ? null : [code, middle]
}
