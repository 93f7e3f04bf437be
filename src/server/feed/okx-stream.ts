import type { PriceStream } from './price-stream.ts'
import { baseOfPair, fieldsOf, middleOf, objectOf } from './price-stream.ts'

/** OKX's ticker channel: best bid and ask of every pair. It hangs up on who says nothing for 30 s. */
export const OKX: PriceStream = {
  source: 'okx',
  url: () => 'wss://ws.okx.com:8443/ws/v5/public',
  subscriptions: (assetCodes) => {
    const args = assetCodes.map((code) => ({ channel: 'tickers', instId: `${code}-USDT` }))
    return [JSON.stringify({ op: 'subscribe', args })]
  },
  keepAlive: 'ping',
  priceOf,
}

function priceOf(text: string): readonly [string, string] | null {
  const { arg, data } = fieldsOf(text)
  if (objectOf(arg)['channel'] !== 'tickers' || !Array.isArray(data)) return null
  const { instId, bidPx, askPx } = objectOf(data[0])
  const code = baseOfPair(instId, '-USDT')
  const middle = middleOf(bidPx, askPx)
  return code === null || middle === null ? null : [code, middle]
}
