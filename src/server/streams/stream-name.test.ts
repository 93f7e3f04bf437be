import { expect, test } from 'vitest'
import { SCRIPT_VENUE } from '../market/script-venue.ts'
import { parseStreamName } from './stream-name.ts'
import { streamTarget } from './stream-path.ts'

const symbol = SCRIPT_VENUE.symbols[0]

test.each([
  ['btcusdt@trade', { kind: 'trade', symbol }],
  ['btcusdt@aggTrade', { kind: 'aggTrade', symbol }],
  ['btcusdt@kline_1m', { kind: 'kline', symbol, cut: '1m' }],
  ['btcusdt@kline_1M', { kind: 'kline', symbol, cut: '1M' }],
  ['btcusdt@kline_1d@+08:00', { kind: 'kline', symbol, cut: '1d@+08:00' }],
  ['btcusdt@kline_4h@+08:00', { kind: 'kline', symbol, cut: '4h' }],
  ['btcusdt@ticker_4h', { kind: 'windowTicker', symbol, window: '4h' }],
  ['btcusdt@depth', { kind: 'depth', symbol, pace: 1000 }],
  ['btcusdt@depth@100ms', { kind: 'depth', symbol, pace: 100 }],
  ['btcusdt@depth20@100ms', { kind: 'partialDepth', symbol, levels: 20, pace: 100 }],
  ['btcusdt@depth5', { kind: 'partialDepth', symbol, levels: 5, pace: 1000 }],
  ['!miniTicker@arr', { kind: 'allMiniTickers' }],
  ['!ticker_1h@arr', { kind: 'allWindowTickers', window: '1h' }],
  ['dogeusdt@trade', { kind: 'trade', symbol: null }],
  ['BTCUSDT@trade', null],
  ['btcusdt@kline_7m', null],
  ['btcusdt@kline_1d@+09:00', null],
  ['btcusdt@kline_1d@100ms', null],
  ['btcusdt@trade@+08:00', null],
  ['btcusdt@depth@+08:00', null],
  ['btcusdt@depth7', null],
  ['btcusdt@trade5', null],
  ['btcusdt@trade@100ms', null],
  ['btcusdt@depth_1m', null],
  ['0', null],
  ['', null],
])('%s', (name, subject) => expect(parseStreamName(name, SCRIPT_VENUE)).toEqual(subject))

test.each([
  ['/ws', { kind: 'listen', combined: false, names: [] }],
  ['/ws/0', { kind: 'listen', combined: false, names: ['0'] }],
  ['//ws/a@trade/b@trade', { kind: 'listen', combined: false, names: ['a@trade', 'b@trade'] }],
  ['/ws/%21miniTicker@arr', { kind: 'listen', combined: false, names: ['!miniTicker@arr'] }],
  ['/ws/%zz', { kind: 'listen', combined: false, names: ['%zz'] }],
  ['/stream', { kind: 'listen', combined: true, names: [] }],
  ['/stream?streams=a/b', { kind: 'listen', combined: true, names: ['a', 'b'] }],
  [
    '/stream?streams=a@kline_1d@+08:00',
    { kind: 'listen', combined: true, names: ['a@kline_1d@+08:00'] },
  ],
  ['/stream/ws/1', { kind: 'listen', combined: false, names: ['1'] }],
  ['/ws-api/v3', { kind: 'api', returnRateLimits: true }],
  ['/ws-api/v3?returnRateLimits=false', { kind: 'api', returnRateLimits: false }],
  ['/ws-api/v2', null],
  ['/', null],
  ['/wsx', null],
])('an upgrade of %s', (url, target) => expect(streamTarget(url)).toEqual(target))
