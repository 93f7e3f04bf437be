// A bracket and a trailing stop in a crash, with ccxt, against a running Fulcrum (`npm start`, or FULCRUM_URL).
//
// A margin user with bitcoin as collateral buys ether with borrowed dollars: one request places the purchase, and once it
// is filled, a limit above and a stop loss below it. A trailing stop follows the bitcoin. Then prices fall by a tenth.
import assert from 'node:assert/strict'
import ccxt from 'ccxt'

const url = process.env.FULCRUM_URL ?? 'http://localhost:8080'

const exchange = connect(
  await sandbox('users', {
    kyc: 'APPROVED',
    disclosure: true,
    fundedDaysAgo: 8,
    mode: 'CROSS',
    wallets: { CROSS_MARGIN: { BTC: '2' } },
  }),
)
// Stop orders look at the last trade, so somebody has to trade.
const passerBy = connect(await sandbox('users', { wallets: { SPOT: { BTC: '1', ETH: '1' } } }))
await exchange.loadMarkets()
const [btc, eth] = await Promise.all(['BTC', 'ETH'].map(askOf))

// Ten per cent of the account's own funds may back one position; at five times that is half of them.
const amount = Number(exchange.amountToPrecision('ETH/USDT', (0.4 * 2 * btc) / eth))
let bracket
let trailing

await step('a bracket', async () => {
  // ccxt has no method for this request yet, but sends and signs any.
  bracket = await exchange.request('margin/order/otoco', 'sapi', 'POST', {
    symbol: 'ETHUSDT',
    sideEffectType: 'MARGIN_BUY',
    workingType: 'LIMIT',
    workingSide: 'BUY',
    workingPrice: price('ETH', 1.01 * eth),
    workingQuantity: amount,
    workingTimeInForce: 'GTC',
    pendingSide: 'SELL',
    // The fee of the purchase leaves what was bought.
    pendingQuantity: exchange.amountToPrecision('ETH/USDT', 0.998 * amount),
    pendingAboveType: 'LIMIT_MAKER',
    pendingAbovePrice: price('ETH', 1.05 * eth),
    pendingBelowType: 'STOP_LOSS',
    pendingBelowStopPrice: price('ETH', 0.95 * eth),
  })
  assert.deepEqual(await statuses(), [
    'BUY LIMIT FILLED',
    'SELL LIMIT_MAKER NEW',
    'SELL STOP_LOSS NEW',
  ])
  return `owes ${await debt()} USDT for ${amount} ETH; ${(await statuses()).join(', ')}`
})

await step('a trailing stop', async () => {
  trailing = await exchange.createOrder('BTC/USDT', 'market', 'sell', 0.5, undefined, {
    marginMode: 'cross',
    sideEffectType: 'AUTO_REPAY',
    trailingPercent: 5,
    stopLossOrTakeProfit: 'stopLoss',
  })
  await somebodySells('BTC', 0.01)
  return `order ${trailing.id} sells 0.5 BTC once the price is 5 % below its highest`
})

await step('prices fall by a tenth', async () => {
  const fallen = { BTC: price('BTC', 0.9 * btc), ETH: price('ETH', 0.9 * eth) }
  await sandbox('index-prices', { prices: fallen })
  await somebodySells('ETH', 0.01)
  await somebodySells('BTC', 0.01)
  return `BTC ${fallen.BTC}, ETH ${fallen.ETH}`
})

await step('the bracket', async () => {
  const now = await statuses()
  assert.deepEqual(now, ['BUY LIMIT FILLED', 'SELL LIMIT_MAKER EXPIRED', 'SELL STOP_LOSS FILLED'])
  const { listOrderStatus } = await exchange.sapiGetMarginOrderList({
    orderListId: bracket.orderListId,
  })
  assert.equal(listOrderStatus, 'ALL_DONE')
  return `${now.join(', ')}; the list is ${listOrderStatus}`
})

await step('the trailing stop', async () => {
  const sold = await exchange.fetchOrder(trailing.id, 'BTC/USDT', { marginMode: 'cross' })
  assert.equal(sold.status, 'closed')
  assert.equal(sold.filled, 0.5)
  return `sold at ${sold.average} and repaid with it; still owes ${await debt()} USDT`
})

await step('repaid', async () => {
  const amount = (await debt()).toFixed(8)
  const isIsolated = 'FALSE'
  await exchange.sapiPostMarginBorrowRepay({ asset: 'USDT', amount, isIsolated, type: 'REPAY' })
  assert.equal(await debt(), 0)
  return 'nothing is owed'
})

await sandbox('index-prices', undefined, 'DELETE')

function connect({ apiKey, secretKey }) {
  const client = new ccxt.binance({
    apiKey,
    secret: secretKey,
    options: { fetchMarkets: { types: ['spot'] } },
  })
  Object.assign(client.urls.api, {
    public: `${url}/api/v3`,
    private: `${url}/api/v3`,
    v1: `${url}/api/v1`,
    sapi: `${url}/sapi/v1`,
    sapiV3: `${url}/sapi/v3`,
  })
  return client
}

async function step(name, act) {
  console.log(`${name.padEnd(24)} ${await act()}`)
}

async function askOf(asset) {
  return (await exchange.fetchTicker(`${asset}/USDT`)).ask
}

function price(asset, value) {
  return exchange.priceToPrecision(`${asset}/USDT`, value)
}

async function somebodySells(asset, quantity) {
  await passerBy.createOrder(`${asset}/USDT`, 'market', 'sell', quantity)
}

/** Side, type and status of the bracket's orders: working, above, below. */
async function statuses() {
  const orders = await Promise.all(
    bracket.orders.map(({ orderId }) =>
      exchange.sapiGetMarginOrder({ symbol: 'ETHUSDT', orderId }),
    ),
  )
  return orders.map(({ side, type, status }) => `${side} ${type} ${status}`)
}

async function debt() {
  const { userAssets } = await exchange.sapiGetMarginAccount()
  const { borrowed, interest } = userAssets.find(({ asset }) => asset === 'USDT')
  return Number(borrowed) + Number(interest)
}

/** A call of the sandbox, which takes no signature. */
async function sandbox(path, body, method = 'POST') {
  const response = await fetch(`${url}/sandbox/v1/${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer)}`)
  return answer
}
