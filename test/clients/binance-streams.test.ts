import { MainClient, WebsocketAPIClient, WebsocketClient } from 'binance'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StartedVenue } from '../../src/index.ts'
import { startVenue } from '../../src/index.ts'

// The `binance` package as it comes from npm, told only where the venue is.
const SILENT = { trace() {}, info() {}, error() {} }

let venue: StartedVenue
let options: object
let streams: WebsocketClient
let requests: WebsocketAPIClient
let rest: MainClient
const told: Record<string, unknown>[] = []

beforeAll(async () => {
  venue = await startVenue({ seed: 7, policy: 'binance' })
  const user = await venue.sandbox.createUser({
    kyc: 'APPROVED',
    disclosure: true,
    wallets: { SPOT: { USDT: '50000' }, CROSS_MARGIN: { USDT: '50000' } },
    fundedDaysAgo: 8,
    mode: 'CROSS',
  })
  const wsUrl = venue.url.replace(/^http/, 'ws')
  const keys = { api_key: user.apiKey, api_secret: user.secretKey ?? '' }
  options = { ...keys, wsUrl, baseUrl: venue.url, restOptions: { baseUrl: venue.url } }
  rest = new MainClient({ ...keys, baseUrl: venue.url })
  streams = new WebsocketClient(options, SILENT)
  requests = new WebsocketAPIClient({ ...options, attachEventListeners: false }, SILENT)
  for (const client of [streams, requests.getWSClient()])
    client.on('message', (message) => told.push(message as never))
})

afterAll(async () => {
  streams.closeAll(true)
  requests.disconnectAll()
  await venue.close()
})

/** Acts until something of that kind is told: a subscription is still on its way when the call returns. */
async function until(
  kind: (message: Record<string, unknown>) => boolean,
  act: () => Promise<unknown>,
): Promise<Record<string, unknown>> {
  told.length = 0
  for (;;) {
    await act()
    await new Promise((resolve) => setTimeout(resolve, 20))
    const found = told.find(kind)
    if (found !== undefined) return found
  }
}

const marginOrder = () =>
  rest.marginAccountNewOrder({
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'MARKET',
    quantity: 0.001,
  })

test('market streams by control frames', async () => {
  await streams.subscribe(['btcusdt@trade', 'btcusdt@depth@100ms'], 'main')
  const trade = await until(({ e }) => e === 'trade', marginOrder)
  expect(trade).toMatchObject({ s: 'BTCUSDT', q: '0.00100000', m: false })
  const depth = await until(({ e }) => e === 'depthUpdate', marginOrder)
  expect(depth).toMatchObject({ s: 'BTCUSDT', u: expect.any(Number), U: expect.any(Number) })
})

test('cross margin user data by the listen key that this client still asks for', async () => {
  await streams.subscribeCrossMarginUserDataStream()
  const report = await until(({ e, x }) => e === 'executionReport' && x === 'TRADE', marginOrder)
  expect(report).toMatchObject({ s: 'BTCUSDT', S: 'BUY', X: 'FILLED', wsMarket: 'crossMargin' })
  const position = await until(({ e }) => e === 'outboundAccountPosition', marginOrder)
  expect(position['B']).toContainEqual({ a: 'USDT', f: expect.any(String), l: '0.00000000' })
})

test('the risk stream tells of a loan', async () => {
  await streams.subscribeMarginRiskUserDataStream()
  const loan = await until(
    ({ e }) => e === 'USER_LIABILITY_CHANGE',
    () =>
      rest.submitMarginAccountBorrowRepay({
        asset: 'USDT',
        isIsolated: 'FALSE',
        symbol: 'BTCUSDT',
        amount: 10,
        type: 'BORROW',
      }),
  )
  expect(loan).toMatchObject({ a: 'USDT', t: 'BORROW', p: '10.00000000' })
})

test('requests over the WebSocket API', async () => {
  // The client leaves out the time stamp that it signs with, unless it is given one.
  const stamped = {
    symbol: 'BTCUSDT',
    side: 'BUY' as const,
    type: 'MARKET' as const,
    quantity: 0.001,
    timestamp: Date.now(),
  }
  const answer = await requests.submitNewSpotOrder(stamped)
  expect(answer).toMatchObject({ status: 200, result: { status: 'FILLED', symbol: 'BTCUSDT' } })
})
