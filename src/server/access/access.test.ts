import { createHmac, createSecretKey } from 'node:crypto'
import { expect, test } from 'vitest'
import type { UserId } from '../../core/domain/ids.ts'
import { Parameters, parseParameters } from '../../wire/parameters.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { ApiKey, Permission } from './api-key.ts'
import { authenticateSigned } from './authenticate.ts'
import { ipAllowed } from './ip-allow-list.ts'
import { ListenTokens } from './listen-tokens.ts'
import { addressBucket, BINANCE_LIMITS, RateLimits } from './rate-limits.ts'
import { ReplayGuard } from './replay-guard.ts'
import { checkWindow, readWindow } from './request-window.ts'

const NOW = 1_700_000_000_000
const USER = 7 as UserId

function faultOf(run: () => unknown): unknown {
  try {
    run()
    return 'ok'
  } catch (error) {
    return error instanceof WireError ? [error.status, error.code] : error
  }
}

function windowOf(fields: Record<string, string>) {
  return readWindow(new Parameters(new Map(Object.entries(fields))))
}

test.each([
  ['just on time', NOW, undefined, 'ok'],
  ['999 ms ahead', NOW + 999, undefined, 'ok'],
  ['1000 ms ahead', NOW + 1000, undefined, [400, -1021]],
  ['5000 ms behind', NOW - 5000, undefined, 'ok'],
  ['5001 ms behind', NOW - 5001, undefined, [400, -1021]],
  ['at a window of its own', NOW - 60000, '60000', 'ok'],
  ['past a window of its own', NOW - 11, '10', [400, -1021]],
  ['a window with decimals', NOW - 10, '10.125', 'ok'],
  ['a window too wide', NOW, '60000.001', [400, -1131]],
  ['a window of nothing', NOW, '0', [400, -1131]],
  ['a window with four decimals', NOW, '5000.1234', [400, -1100]],
  ['a window in exponents', NOW, '5e3', [400, -1100]],
  ['a negative window', NOW, '-1', [400, -1100]],
  ['an empty window', NOW, '', [400, -1105]],
  ['microseconds', NOW * 1000, undefined, 'ok'],
  ['microseconds, 1 s ahead', (NOW + 1000) * 1000, undefined, [400, -1021]],
  ['seconds', NOW / 1000, undefined, [400, -1021]],
  ['zero', 0, undefined, [400, -1021]],
  ['2^53', 2 ** 53, undefined, [400, -1021]],
  ['2^63', '9223372036854775808', undefined, [400, -1100]],
  ['a fraction', '1.5', undefined, [400, -1100]],
  ['a word', 'now', undefined, [400, -1100]],
  ['minus one', '-1', undefined, [400, -1100]],
])('W2 a timestamp %s', (_, timestamp, recvWindow, expected) => {
  const fields = { timestamp: String(timestamp), ...(recvWindow !== undefined && { recvWindow }) }
  expect(faultOf(() => checkWindow(windowOf(fields), [NOW]))).toEqual(expected)
})

test('W2 no timestamp at all', () => {
  expect(faultOf(() => windowOf({}))).toEqual([400, -1102])
})

test('W2 in a sandbox either clock may be right', () => {
  const venue = NOW + 86_400_000
  for (const timestamp of [NOW, venue]) {
    expect(faultOf(() => checkWindow(windowOf({ timestamp: `${timestamp}` }), [NOW, venue]))).toBe(
      'ok',
    )
  }
  expect(
    faultOf(() => checkWindow(windowOf({ timestamp: `${venue - 6000}` }), [NOW, venue])),
  ).toEqual([400, -1021])
})

const API_KEY = 'k'.repeat(64)
const SECRET = 's'.repeat(64)

function apiKey(changes: Partial<ApiKey> = {}): ApiKey {
  return {
    apiKey: API_KEY,
    userId: USER,
    type: 'HMAC',
    keyObject: createSecretKey(Buffer.from(SECRET)),
    permissions: ['READ', 'SPOT'],
    ipAllowList: [],
    expiresMs: null,
    createdMs: 0,
    ...changes,
  }
}

async function authenticate(options: {
  key?: Partial<ApiKey>
  name?: string | undefined
  permission?: Permission
  sign?: (payload: string) => string
}) {
  const payload = `symbol=BTCUSDT&timestamp=${NOW}`
  const sign =
    options.sign ??
    ((p: string) => `${p}&signature=${createHmac('sha256', SECRET).update(p).digest('hex')}`)
  const query = sign(payload)
  const request = {
    apiKey: 'name' in options ? options.name : API_KEY,
    ip: '10.0.0.1',
    query,
    body: '',
    parameters: parseParameters(query, ''),
  }
  const keys = { find: (name: string) => (name === API_KEY ? apiKey(options.key) : undefined) }
  const clocks = { now: () => [NOW] }
  try {
    const signed = await authenticateSigned(request, keys, clocks, options.permission ?? 'SPOT')
    return signed.key.userId
  } catch (error) {
    if (error instanceof WireError) return [error.status, error.code]
    throw error
  }
}

test.each([
  ['right', {}, USER],
  ['no key', { name: undefined }, [401, -2014]],
  ['a key of one character', { name: 'k' }, [401, -2014]],
  ['a key of 63', { name: 'k'.repeat(63) }, [401, -2014]],
  ['a key of 65', { name: 'k'.repeat(65) }, [401, -2014]],
  ['a key with a line break', { name: `${'k'.repeat(63)}\n` }, [401, -2014]],
  ['an unknown key', { name: 'u'.repeat(64) }, [401, -2015]],
  ['an expired key', { key: { expiresMs: NOW } }, [401, -2015]],
  ['a key that expires in a moment', { key: { expiresMs: NOW + 1 } }, USER],
  ['a key that may only read', { key: { permissions: ['READ'] } }, [401, -2015]],
  ['a key for elsewhere', { key: { ipAllowList: ['10.0.0.2'] } }, [401, -2015]],
  ['a key for here', { key: { ipAllowList: ['10.0.0.0/8'] } }, USER],
  ['no signature', { sign: (p: string) => p }, [400, -1102]],
  ['an empty signature', { sign: (p: string) => `${p}&signature=` }, [400, -1022]],
  [
    'a parameter behind the signature',
    {
      sign: (p: string) =>
        `${p}&signature=${createHmac('sha256', SECRET).update(p).digest('hex')}&a=1`,
    },
    [400, -1022],
  ],
  [
    'parameters in another order than signed',
    {
      sign: (p: string) =>
        `${p.split('&').reverse().join('&')}&signature=${createHmac('sha256', SECRET).update(p).digest('hex')}`,
    },
    [400, -1022],
  ],
] as const)('W1 a request with %s', async (_, options, expected) => {
  expect(await authenticate(options)).toEqual(expected)
})

test.each([
  [[], '1.2.3.4', true],
  [['1.2.3.4'], '1.2.3.4', true],
  [['1.2.3.4'], '::ffff:1.2.3.4', true],
  [['1.2.3.4'], '1.2.3.5', false],
  [['1.2.3.0/24'], '1.2.3.255', true],
  [['1.2.3.0/24'], '1.2.4.0', false],
  [['2001:db8::/32'], '2001:db8::1', true],
  [['2001:db8::/32'], '2001:db9::1', false],
])('the allow list %j and %s: %s', (list, ip, expected) => {
  expect(ipAllowed(list, ip)).toBe(expected)
})

test('the same signed transfer is taken once, and forgotten after its window', () => {
  const guard = new ReplayGuard()
  expect(faultOf(() => guard.take('a', NOW, NOW + 10))).toBe('ok')
  expect(faultOf(() => guard.take('a', NOW + 9, NOW + 19))).toEqual([400, -1022])
  expect(faultOf(() => guard.take('b', NOW + 9, NOW + 19))).toBe('ok')
  expect(faultOf(() => guard.take('a', NOW + 10, NOW + 20))).toBe('ok')
})

function limits(changes = {}) {
  let now = NOW - (NOW % 60_000)
  const counted = new RateLimits(
    { ...BINANCE_LIMITS, requestWeight: 10, overrunsToBan: 2, ordersPer10s: 2, ...changes },
    () => now,
  )
  return {
    counted,
    pass: (ms: number) => {
      now += ms
    },
  }
}

test('W6 weight up to the limit is served, past it 429, then 418; a new minute or the end of the ban clears', () => {
  const { counted, pass } = limits()
  expect(counted.spend('1.1.1.1', 10)).toBe(10)
  expect(faultOf(() => counted.spend('1.1.1.1', 1))).toEqual([429, -1003])
  expect(counted.spend('1.1.1.2', 1)).toBe(1)
  pass(60_000)
  expect(counted.spend('1.1.1.1', 10)).toBe(10)
  for (let i = 0; i < 3; i += 1) {
    expect(faultOf(() => counted.spend('1.1.1.1', 1))).toEqual([429, -1003])
  }
  expect(faultOf(() => counted.checkBan('1.1.1.1'))).toEqual([418, -1003])
  expect(faultOf(() => counted.checkBan('1.1.1.2'))).toBe('ok')
  pass(119_999)
  expect(faultOf(() => counted.checkBan('1.1.1.1'))).toEqual([418, -1003])
  pass(1)
  expect(faultOf(() => counted.checkBan('1.1.1.1'))).toBe('ok')
})

test('W6 a 429 says when to come back', () => {
  const { counted, pass } = limits()
  pass(45_500)
  counted.spend('1.1.1.1', 10)
  try {
    counted.spend('1.1.1.1', 1)
    expect.unreachable()
  } catch (error) {
    expect((error as WireError).retryAfterSeconds).toBe(15)
  }
})

test('W6 each sapi endpoint has a budget of its own', () => {
  const { counted } = limits({ sapiIpWeight: 5, sapiUserWeight: 5 })
  counted.spendSapiIp('1.1.1.1', 'GET /a', 5)
  counted.spendSapiIp('1.1.1.1', 'GET /b', 5)
  expect(faultOf(() => counted.spendSapiIp('1.1.1.1', 'GET /a', 1))).toEqual([429, -1003])
  counted.spendSapiUser('1.1.1.3', USER, 'GET /a', 5)
  expect(faultOf(() => counted.spendSapiUser('1.1.1.4', USER, 'GET /a', 1))).toEqual([429, -1003])
})

test('W6 orders are counted by user and window', () => {
  const { counted, pass } = limits()
  counted.checkOrders(USER)
  counted.countOrder(USER)
  counted.countOrder(USER)
  expect(counted.orderCounts(USER)).toEqual({ tenSeconds: 2, day: 2 })
  expect(faultOf(() => counted.checkOrders(USER))).toEqual([429, -1015])
  expect(faultOf(() => counted.checkOrders(8 as UserId))).toBe('ok')
  pass(10_000)
  expect(counted.orderCounts(USER)).toEqual({ tenSeconds: 0, day: 2 })
})

test.each([
  ['1.2.3.4', '1.2.3.4'],
  ['::ffff:1.2.3.4', '1.2.3.4'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
])('W6 %s is counted as %s', (ip, bucket) => {
  expect(addressBucket(ip)).toBe(bucket)
})

test('a listen key is the same until it ends; a token is new each time', () => {
  let now = NOW
  const tokens = new ListenTokens(() => now)
  const key = tokens.issueListenKey(USER, 'SPOT')
  expect(key.token).toMatch(/^[0-9A-Za-z]{60}$/)
  now += 1_000
  expect(tokens.issueListenKey(USER, 'SPOT')).toEqual({ ...key, expiresMs: key.expiresMs + 1_000 })
  expect(tokens.issueListenKey(USER, 'RISK').token).not.toBe(key.token)
  expect(tokens.prolong(8 as UserId, key.token)).toBeUndefined()
  now += 3_600_000
  expect(tokens.find(key.token)).toBeUndefined()
  expect(tokens.prolong(USER, key.token)).toBeUndefined()
  const again = tokens.issueListenKey(USER, 'SPOT')
  expect(again.token).not.toBe(key.token)
  expect(tokens.revoke(8 as UserId, again.token)).toBe(false)
  expect(tokens.revoke(USER, again.token)).toBe(true)
  expect(tokens.find(again.token)).toBeUndefined()
  const first = tokens.issue(USER, 'CROSS_MARGIN', 10)
  expect(tokens.issue(USER, 'CROSS_MARGIN', 10).token).not.toBe(first.token)
  now += 10
  expect(tokens.find(first.token)).toBeUndefined()
})

test('a listen token lasts a day at most, and a user can make the venue remember only so many', () => {
  const tokens = new ListenTokens(() => NOW)
  const first = tokens.issue(USER, 'CROSS_MARGIN', 999_999_999)
  expect(first.expiresMs).toBe(NOW + 86_400_000)
  for (let i = 0; i < 1_000; i += 1) tokens.issue(USER, 'CROSS_MARGIN', 1_000)
  expect(tokens.find(first.token)).toBeUndefined()
})
