import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { BINANCE } from './binance-stream.ts'
import { BYBIT } from './bybit-stream.ts'
import { ExchangeFeed, retryDelayMs } from './exchange-feed.ts'
import { OKX } from './okx-stream.ts'

test.each([
  [
    BINANCE,
    '{"stream":"btcusdt@bookTicker","data":{"u":400900217,"s":"BTCUSDT","b":"25.35190000","B":"31.21","a":"25.36520000","A":"40.66"}}',
    ['BTC', '25.358550000'],
  ],
  [
    BINANCE,
    '{"stream":"ethusdt@miniTicker","data":{"e":"24hrMiniTicker","E":1672515782136,"s":"ETHUSDT","c":"0.0025","o":"0.0010","h":"0.0025","l":"0.0010","v":"10000","q":"18"}}',
    ['ETH', '0.0025'],
  ],
  [BINANCE, '{"stream":"x","data":{"s":"BTCUSDT","b":"2","a":"1"}}', null],
  [BINANCE, '{"stream":"x","data":{"s":"BTCUSDT","b":"0.00","a":"1"}}', null],
  [BINANCE, '{"stream":"x","data":{"e":"trade","s":"BTCUSDT","b":"1","a":"2"}}', null],
  [BINANCE, '{"stream":"x","data":{"s":"BTCEUR","b":"1","a":"2"}}', null],
  [BINANCE, '{"result":null,"id":1}', null],
  [BINANCE, '[]', null],
  [BINANCE, 'not json', null],
  [
    OKX,
    '{"arg":{"channel":"tickers","instId":"BTC-USDT"},"data":[{"instType":"SPOT","instId":"BTC-USDT","last":"9999.99","lastSz":"0.1","askPx":"10000","askSz":"11","bidPx":"9999.5","bidSz":"5","ts":"1597026383085"}]}',
    ['BTC', '9999.750000000'],
  ],
  [
    OKX,
    '{"arg":{"channel":"tickers"},"data":[{"instId":"BTC-USDT","askPx":"1","bidPx":"2"}]}',
    null,
  ],
  [
    OKX,
    '{"arg":{"channel":"tickers"},"data":[{"instId":"BTC-USDT","askPx":"","bidPx":"2"}]}',
    null,
  ],
  [
    OKX,
    '{"arg":{"channel":"tickers"},"data":[{"instId":"BTC-USDC","askPx":"2","bidPx":"2"}]}',
    null,
  ],
  [OKX, '{"arg":{"channel":"books"},"data":[{"instId":"BTC-USDT","askPx":"2","bidPx":"2"}]}', null],
  [OKX, '{"event":"subscribe","arg":{"channel":"tickers","instId":"BTC-USDT"}}', null],
  [OKX, 'pong', null],
  [
    BYBIT,
    '{"topic":"tickers.BTCUSDT","ts":1673853746003,"type":"snapshot","cs":2588407389,"data":{"symbol":"BTCUSDT","lastPrice":"21109.77","highPrice24h":"21426.99","lowPrice24h":"20575","volume24h":"6780.86"}}',
    ['BTC', '21109.77'],
  ],
  [BYBIT, '{"topic":"tickers.BTCUSDT","data":{"symbol":"BTCUSDT","lastPrice":"NaN"}}', null],
  [BYBIT, '{"topic":"tickers.BTCUSDT","data":{"symbol":"BTCUSDT","lastPrice":"1e30"}}', null],
  [BYBIT, '{"topic":"tickers.BTCUSDT","data":{"symbol":"BTCUSDT","lastPrice":"-1"}}', null],
  [BYBIT, '{"topic":"orderbook.1.BTCUSDT","data":{"symbol":"BTCUSDT","lastPrice":"1"}}', null],
  [BYBIT, '{"success":true,"ret_msg":"pong","op":"ping"}', null],
])('X1 $source: the message %s prices %j', (stream, text, priced) => {
  expect(stream.priceOf(text)).toEqual(priced)
})

test('each exchange is asked for every pair in its own way, and retries wait longer each time', () => {
  expect(BINANCE.url(['BTC', 'ETH'])).toBe(
    'wss://stream.binance.com:9443/stream?streams=btcusdt@bookTicker/ethusdt@bookTicker',
  )
  expect(OKX.subscriptions(['BTC', 'ETH'])).toEqual([
    '{"op":"subscribe","args":[{"channel":"tickers","instId":"BTC-USDT"},{"channel":"tickers","instId":"ETH-USDT"}]}',
  ])
  expect(BYBIT.subscriptions(['BTC', 'ETH'])).toEqual([
    '{"op":"subscribe","args":["tickers.BTCUSDT"]}',
    '{"op":"subscribe","args":["tickers.ETHUSDT"]}',
  ])
  expect([0, 1, 2, 5, 6, 99].map(retryDelayMs)).toEqual([500, 1000, 2000, 16_000, 30_000, 30_000])
})

test('a feed subscribes, hands standing prices on again and again, and connects again after the connection is lost', async () => {
  const server = new WebSocketServer({ port: 0 })
  const ticker = (price: string): string =>
    JSON.stringify({ topic: 'tickers.BTCUSDT', data: { symbol: 'BTCUSDT', lastPrice: price } })
  const asked: string[] = []
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      asked.push(data.toString())
      socket.send(ticker(asked.length === 1 ? '100' : '200'))
    })
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const feed = new ExchangeFeed({
    stream: BYBIT,
    assetCodes: ['BTC', 'USDT'],
    intervalMs: 5,
    url: `ws://127.0.0.1:${port}`,
  })
  const seen: string[] = []
  await new Promise<void>((resolve) => {
    feed.start((prices) => {
      seen.push(...prices.map(([, price]) => price))
      // Said once, it stands; then the connection is cut.
      if (seen.length === 3) for (const client of server.clients) client.terminate()
      if (seen.at(-1) === '200') resolve()
    })
  })
  feed.stop()
  server.close()
  expect(new Set(seen)).toEqual(new Set(['100', '200']))
  expect(asked).toEqual(new Array(2).fill('{"op":"subscribe","args":["tickers.BTCUSDT"]}'))
})
