import type { Prng } from '../../src/server/feed/prng.ts'

/** Parameters in the order they are sent; a name may be there twice. */
export type Pairs = (readonly [name: string, value: string])[]

const LIMIT = {
  symbol: 'BTCUSDT',
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '0.01',
  price: '20000',
}
const OCO = {
  symbol: 'BTCUSDT',
  side: 'SELL',
  quantity: '0.01',
  price: '35000',
  stopPrice: '25000',
  stopLimitPrice: '24900',
  stopLimitTimeInForce: 'GTC',
}
const RANGE = { startTime: '1768400000000', endTime: '1768480000000', limit: '10' }
const AMOUNT = { asset: 'USDT', amount: '1' }

/** What a valid request of a route sends besides time and signature; other routes send `ANYTHING`. */
const BASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'POST /api/v3/order': LIMIT,
  'POST /api/v3/order/test': { ...LIMIT, computeCommissionRates: 'true' },
  'POST /sapi/v1/margin/order': { ...LIMIT, sideEffectType: 'AUTO_BORROW_REPAY' },
  'POST /sapi/v1/margin/order/test': LIMIT,
  'POST /api/v3/order/cancelReplace': {
    ...LIMIT,
    cancelReplaceMode: 'ALLOW_FAILURE',
    cancelOrderId: '1',
  },
  'POST /sapi/v1/margin/order/cancelReplace': {
    ...LIMIT,
    cancelReplaceMode: 'STOP_ON_FAILURE',
    cancelOrderId: '1',
  },
  'POST /api/v3/order/oco': OCO,
  'POST /sapi/v1/margin/order/oco': OCO,
  'POST /sapi/v1/margin/borrow-repay': { ...AMOUNT, isIsolated: 'FALSE', type: 'BORROW' },
  'POST /sapi/v1/margin/loan': AMOUNT,
  'POST /sapi/v1/margin/repay': AMOUNT,
  'POST /sapi/v1/asset/transfer': { ...AMOUNT, type: 'MAIN_MARGIN' },
  'POST /sapi/v1/margin/transfer': { ...AMOUNT, type: '1' },
  'POST /sapi/v1/margin/max-leverage': { maxLeverage: '5' },
  'POST /fulcrum/v1/cancel-all-after': { countdownTime: '60000', wallet: 'SPOT' },
}
const ANYTHING = {
  symbol: 'BTCUSDT',
  asset: 'USDT',
  interval: '1m',
  orderId: '1',
  type: 'BORROW',
  isIsolated: 'FALSE',
  ...RANGE,
}

/** Values that break things: of the wrong type, at the edge of a type, or meant for another parser. */
const NASTY: readonly string[] = [
  ...['', '0', '-1', '-0', '+1', '1.', '.1', '01', '1,5', '1_000', '0x10', '1e-8', '1E5', ' 1'],
  ...['NaN', 'Infinity', 'null', 'undefined', 'true', 'TRUE', '[]', '{}', '[object Object]'],
  ...['9007199254740993', '9223372036854775808', '18446744073709551616', '1'.repeat(40)],
  ...['0.00000001', '0.000000001', '1000000000', '99999999999.99999999', '1.000000000000000001'],
  ...['١', '１', 'ВTCUSDT', 'BTC\u200bUSDT', 'btcusdt', 'BTC/USDT', 'BTCUSDT ', '\ud800'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'length'],
  ...["BTCUSDT';DROP TABLE--", '1 OR 1=1', '$$', '%00', '%2542', '../../etc/passwd'],
  ...['<script>', '\r\nX-Injected: 1', '\u0000', '😀', 'a'.repeat(37), 'a'.repeat(5_000)],
  ...['BUY', 'SELL', 'LIMIT', 'MARKET', 'STOP_LOSS', 'TRAILING', 'GTC', 'IOC', 'FOK', 'GTX'],
  ...['MARGIN_BUY', 'AUTO_REPAY', 'REPAY', 'ROLL_OUT', 'ISOLATEDMARGIN_MARGIN', 'MARGIN_MAIN'],
  ...['["BTCUSDT"]', '["BTCUSDT","BTCUSDT"]', '[[[[', '1m', '1M', '2m', '8d', '1768436100000'],
]

const NAMES = [
  ...Object.keys({ ...LIMIT, ...OCO, ...RANGE, ...ANYTHING, ...AMOUNT }),
  ...['symbols', 'fromId', 'origClientOrderId', 'newClientOrderId', 'icebergQty', 'trailingDelta'],
  ...['quoteOrderQty', 'sideEffectType', 'autoRepayAtCancel', 'selfTradePreventionMode', 'txId'],
  ...['recvWindow', 'timeZone', 'windowSize', 'current', 'size', 'listenKey', 'orderListId'],
  ...['isAdmin', '__proto__', 'symbol[]', 'a'.repeat(200)],
]

/** What the route takes, of which up to four things are then wrong. */
export function mutatedPairs(route: string, prng: Prng): Pairs {
  const pairs: Pairs = Object.entries(BASES[route] ?? ANYTHING)
  if (BASES[route] === undefined) shuffle(pairs, prng).splice(prng.below(pairs.length + 1))
  for (let left = prng.below(5); left > 0; left -= 1) mutate(pairs, prng)
  return pairs
}

function mutate(pairs: Pairs, prng: Prng): void {
  const at = prng.below(Math.max(1, pairs.length))
  const [name = pick(NAMES, prng), value = ''] = pairs[at] ?? []
  switch (prng.below(8)) {
    case 0:
      pairs.splice(at, 1)
      return
    case 1:
      pairs.push([name, value])
      return
    case 2:
      shuffle(pairs, prng)
      return
    case 3:
      pairs.push([pick(NAMES, prng), pick(NASTY, prng)])
      return
    case 4:
      pairs[at] = [name, flipped(value, prng)]
      return
    case 5:
      pairs[at] = [name, value.slice(0, prng.below(value.length + 1))]
      return
    default:
      pairs[at] = [name, pick(NASTY, prng)]
  }
}

/** Percent-encoded as clients do, or now and then by hand, which is where parsers differ. */
export function encodedPairs(pairs: Pairs, prng: Prng): string {
  const byHand = prng.below(20) === 0
  const encode = (text: string) =>
    byHand ? text.replace(/[^\x21-\x7e]/g, '%') : encodeURIComponent(wellFormed(text))
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
}

/** A lone surrogate cannot be sent. */
export function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udfff]/g, '\ufffd')
}

export function flipped(text: string, prng: Prng): string {
  if (text === '') return text
  const at = prng.below(text.length)
  const flippedCode = text.charCodeAt(at) ^ (1 << prng.below(7))
  return text.slice(0, at) + String.fromCharCode(flippedCode) + text.slice(at + 1)
}

export function pick<T>(values: readonly T[], prng: Prng): T {
  return values[prng.below(values.length)] as T
}

function shuffle(pairs: Pairs, prng: Prng): Pairs {
  for (let at = pairs.length - 1; at > 0; at -= 1) {
    const other = prng.below(at + 1)
    const held = pairs[at] as Pairs[number]
    pairs[at] = pairs[other] as Pairs[number]
    pairs[other] = held
  }
  return pairs
}
