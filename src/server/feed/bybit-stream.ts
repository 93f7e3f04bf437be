import { indexPriceOf } from './feed.ts'
import type { PriceStream } from './price-stream.ts'
import { baseOfPair, fieldsOf, objectOf } from './price-stream.ts'

/** Bybit's spot tickers: the last price of every pair. It hangs up on who does not ping for 20 s. */
export const BYBIT: PriceStream = {
  source: 'bybit',
  url: () => 'wss://stream.bybit.com/v5/public/spot',
  // One pair a request: a pair that it does not know would fail the others with it.
  subscriptions: (assetCodes) =>
    assetCodes.map((code) => JSON.stringify({ op: 'subscribe', args: [`tickers.${code}USDT`] })),
  keepAlive: '{"op":"ping"}',
  priceOf,
}

function priceOf(text: string): readonly [string, string] | null {
  const { topic, data } = fieldsOf(text)
  if (typeof topic !== 'string' || !topic.startsWith('tickers.')) return null
  const { symbol, lastPrice } = objectOf(data)
  const code = baseOfPair(symbol)
  if (code === null || typeof lastPrice !== 'string' || indexPriceOf(lastPrice) === null)
    return null
  return [code, lastPrice]
}
