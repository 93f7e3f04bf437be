import ccxt, { type Order } from 'ccxt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SandboxUser, StartedVenue } from '../../src/index.ts'
import { startVenue } from '../../src/index.ts'

// ccxt as it comes from npm, told only where the venue is.
const MARGIN = { type: 'margin', marginMode: 'cross' }
const SYMBOL = 'BTC/USDT'

let venue: StartedVenue
let exchange: InstanceType<typeof ccxt.pro.binance>

beforeAll(async () => {
  venue = await startVenue({ seed: 7, policy: 'binance' })
  const user = await venue.sandbox.createUser({
    kyc: 'APPROVED',
    disclosure: true,
    wallets: { SPOT: { USDT: '50000' }, CROSS_MARGIN: { USDT: '50000' } },
    fundedDaysAgo: 8,
    mode: 'CROSS',
  })
  exchange = await client(user)
})

afterAll(async () => {
  // On closing, ccxt rejects promises of its own that nobody waits for.
  for (const { futures } of Object.values(exchange.clients) as { futures: object }[])
    for (const future of Object.values(futures)) future.catch(() => undefined)
  await exchange.close()
  await venue.close()
})

async function client(user: SandboxUser): Promise<InstanceType<typeof ccxt.pro.binance>> {
  const created = new ccxt.pro.binance(venue.ccxt({ ...user, secretKey: user.secretKey ?? '' }))
  // ccxt wants its proxy agents loaded before it speaks ws://, with or without a proxy.
  await created.loadHttpProxyAgent()
  await created.loadMarkets()
  return created
}

/** The id of a buy at a price at which nothing is offered. */
async function restingBuy(): Promise<string> {
  const { bids } = await exchange.fetchOrderBook(SYMBOL, 5)
  const price = Number(bids[0]?.[0]) * 0.99
  const order = await exchange.createOrder(SYMBOL, 'limit', 'buy', 0.01, price, MARGIN)
  return String(order.id)
}

async function comeAndGo(): Promise<void> {
  await exchange.cancelOrder(await restingBuy(), SYMBOL, MARGIN)
}

async function buyAtMarket(): Promise<string> {
  const order = await exchange.createOrder(SYMBOL, 'market', 'buy', 0.01, undefined, MARGIN)
  return String(order.id)
}

/** Acts until what is watched is told of: a subscription is still on its way when `watch…` returns. */
async function until(watched: Promise<unknown>, act: () => Promise<unknown>): Promise<void> {
  let told = false
  const telling = watched.then(() => {
    told = true
  })
  while (!told) {
    await act()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await telling
}

test('watchOrderBook follows the book through its updates', async () => {
  const first = await exchange.watchOrderBook(SYMBOL)
  const { bids } = first.bids.length > 0 ? first : await exchange.watchOrderBook(SYMBOL)
  const price = Math.floor(Number(bids[0]?.[0]) * 0.98)
  const order = await exchange.createOrder(SYMBOL, 'limit', 'buy', 0.0123, price)
  let watched = await exchange.watchOrderBook(SYMBOL)
  while (!watched.bids.some(([at]) => at === price)) watched = await exchange.watchOrderBook(SYMBOL)
  expect(watched.bids.find(([at]) => at === price)?.[1]).toBe(0.0123)
  await exchange.cancelOrder(String(order.id), SYMBOL)
  while (watched.bids.some(([at]) => at === price)) watched = await exchange.watchOrderBook(SYMBOL)
  const fetched = await exchange.fetchOrderBook(SYMBOL, 10)
  expect(watched.bids.slice(0, 10)).toEqual(fetched.bids)
  expect(watched.asks.slice(0, 10)).toEqual(fetched.asks)
})

test('watchOrders and watchBalance, for margin, tell an order’s life', async () => {
  const watch = () => exchange.watchOrders(SYMBOL, undefined, undefined, MARGIN)
  await until(watch(), comeAndGo)
  await until(exchange.watchBalance(MARGIN), comeAndGo)
  const told: object[] = []
  // ccxt hands out its cached orders, which change later: what is told is noted at once.
  const note = (orders: Order[]) => {
    for (const { id, status, amount, filled } of orders) told.push({ id, status, amount, filled })
  }
  const opened = watch().then(note)
  const balance = exchange.watchBalance(MARGIN)
  const id = await restingBuy()
  await opened
  expect((await balance)['USDT']).toMatchObject({ total: 50_000 })
  const ended = watch().then(note)
  await exchange.cancelOrder(id, SYMBOL, MARGIN)
  await ended
  const own = told.filter((order) => 'id' in order && order.id === id)
  expect(own).toEqual([
    { id, status: 'open', amount: 0.01, filled: 0 },
    { id, status: 'canceled', amount: 0.01, filled: 0 },
  ])
})

test('watchMyTrades and watchTrades tell the same trade', async () => {
  // With a symbol, ccxt takes its own trades to be spot whatever the parameters say.
  const watchOwn = () => exchange.watchMyTrades(undefined, undefined, undefined, MARGIN)
  await until(Promise.all([watchOwn(), exchange.watchTrades(SYMBOL)]), buyAtMarket)
  const own = watchOwn()
  const all = exchange.watchTrades(SYMBOL)
  const order = await buyAtMarket()
  const mine = (await own).find((trade) => trade.order === order)
  const seen = (await all).find(({ id }) => id === mine?.id)
  expect(mine).toMatchObject({ side: 'buy', takerOrMaker: 'taker', fee: { currency: 'BTC' } })
  expect(seen).toMatchObject({ price: mine?.price, amount: mine?.amount, side: 'buy' })
})

test('orders go over the WebSocket API as they go over REST', async () => {
  const { bids } = await exchange.fetchOrderBook(SYMBOL, 5)
  const price = Math.floor(Number(bids[0]?.[0]) * 0.97)
  const placed = await exchange.createOrderWs(SYMBOL, 'limit', 'buy', 0.01, price)
  expect(placed).toMatchObject({ status: 'open', amount: 0.01 })
  expect(await exchange.fetchOrderWs(String(placed.id), SYMBOL)).toMatchObject({ status: 'open' })
  expect(await exchange.fetchOpenOrdersWs(SYMBOL)).toHaveLength(1)
  expect(await exchange.cancelOrderWs(String(placed.id), SYMBOL)).toMatchObject({
    status: 'canceled',
  })
  await expect(exchange.cancelOrderWs(String(placed.id), SYMBOL)).rejects.toThrow(
    ccxt.OrderNotFound,
  )
})
