import { createRequire } from 'node:module'
import { MainClient, WebsocketAPIClient } from 'binance'
import ccxt from 'ccxt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SandboxUser, StartedVenue } from '../../src/index.ts'
import { startVenue } from '../../src/index.ts'
import { BINANCE_CALLS, BINANCE_REQUESTS } from './binance-calls.ts'
import {
  CCXT_CALLS,
  CCXT_CROSS_WATCHES,
  CCXT_WATCHES,
  type Ccxt,
  CROSS,
  SYMBOL,
} from './ccxt-calls.ts'
import { type ClientTable, clientDocument } from './client-call.ts'

// `ccxt` and `binance` as they come from npm, told only where the venue is.
const SILENT = { trace: () => {}, info: () => {}, error: () => {} }

let venue: StartedVenue
let exchange: Ccxt
let margin: Ccxt
let rest: MainClient
let requests: WebsocketAPIClient
let filled: { spot: string; margin: string }
let far: number

beforeAll(async () => {
  venue = await startVenue({ seed: 7, policy: 'binance', startTime: Date.now() })
  const user = await venue.sandbox.createUser({
    kyc: 'APPROVED',
    disclosure: true,
    wallets: { SPOT: { USDT: '5000000', BTC: '5' }, CROSS_MARGIN: { USDT: '2000000' } },
    fundedDaysAgo: 8,
    mode: 'CROSS',
  })
  const secretKey = user.secretKey ?? ''
  const keys = { api_key: user.apiKey, api_secret: secretKey }
  exchange = await client(user)
  margin = await client(user)
  rest = new MainClient({ ...keys, baseUrl: venue.url })
  const options = { ...keys, wsUrl: venue.url.replace(/^http/, 'ws') }
  requests = new WebsocketAPIClient({ ...options, attachEventListeners: false }, SILENT)
  filled = { spot: await bought({}), margin: await bought(CROSS) }
  far = Math.floor(Number((await exchange.fetchTicker(SYMBOL)).last) * 0.85)
})

afterAll(async () => {
  // On closing, ccxt rejects promises of its own that nobody waits for.
  const clients = [...Object.values(exchange.clients), ...Object.values(margin.clients)]
  for (const { futures } of clients as { futures: object }[])
    for (const future of Object.values(futures)) future.catch(() => undefined)
  await Promise.all([exchange.close(), margin.close()])
  requests.disconnectAll()
  await venue.close()
})

async function client(user: SandboxUser): Promise<Ccxt> {
  const created = new ccxt.pro.binance(venue.ccxt({ ...user, secretKey: user.secretKey ?? '' }))
  // ccxt wants its proxy agents loaded before it speaks ws://, with or without a proxy.
  await created.loadHttpProxyAgent()
  await created.loadMarkets()
  return created
}

async function bought(params: object): Promise<string> {
  const order = await exchange.createOrder(SYMBOL, 'market', 'buy', 0.01, undefined, params)
  return String(order.id)
}

describe('ccxt', () => {
  test.each(CCXT_CALLS.map((each) => [each.method, each] as const))('%s', async (_, each) => {
    const answer = await each.call({ exchange, filled, far })
    if (typeof each.shows === 'object' && !('asymmetricMatch' in (each.shows as object)))
      expect(answer).toMatchObject(each.shows as object)
    else expect(answer).toEqual(each.shows)
  })

  const watches = [...CCXT_WATCHES, ...CCXT_CROSS_WATCHES].map(
    (each) => [each.method, each] as const,
  )
  test.each(watches)('%s', async (_, each) => {
    let told: unknown
    const telling = each.call(each.method.includes('cross') ? margin : exchange).then((answer) => {
      told = answer
    })
    // A subscription may still be on its way: trade until something is told.
    while (told === undefined) {
      for (const params of [{}, CROSS]) await bought(params)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await telling
    if ('asymmetricMatch' in (each.shows as object)) expect(told).toEqual(each.shows)
    else expect(told).toMatchObject(each.shows as object)
  })
})

describe('binance', () => {
  test.each(BINANCE_CALLS.map((each) => [each.method, each] as const))('%s', async (_, each) => {
    const ids = { spot: Number(filled.spot), margin: Number(filled.margin) }
    const answer = await each.call({ rest, filled: ids, far })
    if ('asymmetricMatch' in (each.shows as object)) expect(answer).toEqual(each.shows)
    else expect(answer).toMatchObject(each.shows as object)
  })

  test.each(BINANCE_REQUESTS.map((each) => [each.method, each] as const))('%s', async (_, each) => {
    const answer = await each.call({ requests, filled: Number(filled.spot), far })
    expect(answer).toMatchObject(each.shows as object)
  })
})

test('the documented clients are the ones tried', async () => {
  const { version } = createRequire(import.meta.url)('binance/package.json') as { version: string }
  const methodsOf = (calls: readonly { method: string }[]) => calls.map(({ method }) => method)
  const tables: ClientTable[] = [
    { client: 'ccxt', version: ccxt.version, methods: methodsOf(CCXT_CALLS) },
    {
      client: 'ccxt Pro',
      version: ccxt.version,
      methods: methodsOf([...CCXT_WATCHES, ...CCXT_CROSS_WATCHES]),
    },
    { client: 'binance MainClient', version, methods: methodsOf(BINANCE_CALLS) },
    { client: 'binance WebsocketAPIClient', version, methods: methodsOf(BINANCE_REQUESTS) },
  ]
  await expect(clientDocument(tables)).toMatchFileSnapshot('../../docs/reference/clients.md')
})

describe('ccxt names what went wrong', () => {
  // Off Binance's own hosts, ccxt looks margin codes up only once it is told to.
  const spotCodes = () => {
    Object.assign(exchange.exceptions['exact'] as object, exchange.exceptions['spot'].exact)
  }

  test('-2010 as a lack of funds', async () => {
    const order = exchange.createOrder(SYMBOL, 'limit', 'buy', 100, far)
    await expect(order).rejects.toThrow(ccxt.InsufficientFunds)
  })

  test('-1021 as a wrong clock', async () => {
    const { nonce } = exchange
    exchange.nonce = () => Date.now() - 100_000
    await expect(exchange.fetchBalance()).rejects.toThrow(ccxt.InvalidNonce)
    exchange.nonce = nonce
  })

  test('-3006 as a bad request, by the code table of its own that it uses for Binance', async () => {
    const loan = () => exchange.borrowCrossMargin('USDT', 50_000_000)
    await expect(loan()).rejects.toThrow('-3006')
    spotCodes()
    await expect(loan()).rejects.toThrow(ccxt.BadRequest)
  })

  test('-3045 as an operation that was rejected', async () => {
    // The pool lends 900 BTC, 100 to each.
    const loans: Promise<unknown>[] = []
    for (let borrowers = 0; borrowers < 9; borrowers += 1) {
      const borrower = await venue.sandbox.createUser({
        kyc: 'APPROVED',
        disclosure: true,
        wallets: { CROSS_MARGIN: { USDT: '50000000' } },
        fundedDaysAgo: 8,
        mode: 'CROSS',
      })
      const client = new ccxt.binance(
        venue.ccxt({ ...borrower, secretKey: borrower.secretKey ?? '' }),
      )
      Object.assign(client.exceptions['exact'] as object, client.exceptions['spot'].exact)
      loans.push(client.borrowCrossMargin('BTC', 100))
    }
    const refusals = (await Promise.allSettled(loans)).filter(({ status }) => status === 'rejected')
    expect(refusals).toMatchObject([{ reason: { message: expect.stringContaining('-3045') } }])
    const [refusal] = refusals as PromiseRejectedResult[]
    expect(refusal?.reason).toBeInstanceOf(ccxt.OperationRejected)
  })
})
