// A margin trader's whole life, with ccxt, against a running Fulcrum (`npm start`, or FULCRUM_URL).
//
// An eligible user transfers in, goes long in two pairs and short in a third with borrowed funds, pays interest for
// a day, repays a part, closes with AUTO_REPAY, repays to exactly zero, transfers out, and leaves cross margin.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import ccxt from 'ccxt'

const url = process.env.FULCRUM_URL ?? 'http://localhost:8080'
const CROSS = { marginMode: 'cross' }

const user = await sandbox('users', {
  kyc: 'APPROVED',
  disclosure: true,
  wallets: { SPOT: { USDT: '40000', BTC: '0.5' } },
  fundedDaysAgo: 8,
})
const exchange = connect(user)
await exchange.loadMarkets()
const [btc, eth, sol] = await prices('BTC/USDT', 'ETH/USDT', 'SOL/USDT')

await step('eligible', async () => {
  const { eligible, average } = await signed('GET', 'margin/eligibility')
  assert.equal(eligible, true)
  return `average balance ${average} USDT`
})

await step('transfer in', async () => {
  await exchange.transfer('USDT', 40_000, 'spot', 'cross')
  await exchange.transfer('BTC', 0.5, 'spot', 'cross')
  const { mode } = await signed('GET', 'margin/mode')
  assert.equal(mode, 'CROSS')
  return 'the first margin transfer chose cross margin'
})

await step('two leveraged longs and a short', async () => {
  // Ten per cent of the account's own funds may back one position; at five times that is half of them.
  const notional = 0.49 * (40_000 + 0.5 * btc)
  await market('BTC/USDT', 'buy', notional / btc, 'MARGIN_BUY')
  await market('ETH/USDT', 'buy', notional / eth, 'MARGIN_BUY')
  await market('SOL/USDT', 'sell', notional / sol, 'MARGIN_BUY')
  const positions = await signed('GET', 'margin/positions')
  assert.deepEqual(positions.map(({ symbol, side }) => `${symbol} ${side}`).sort(), [
    'BTCUSDT LONG',
    'ETHUSDT LONG',
    'SOLUSDT SHORT',
  ])
  const debt = await debts()
  assert.ok(debt.SOL > 0)
  return `owes ${JSON.stringify(debt)}, margin level ${await marginLevel()}`
})

await step('a loan by hand', async () => {
  await exchange.borrowCrossMargin('USDT', 10_000)
  return `owes ${(await debts()).USDT} USDT`
})

await step('a day passes', async () => {
  const { interestCharges } = await sandbox('clock', { advanceMs: 24 * 3_600_000 })
  assert.ok(interestCharges >= 24)
  const interest = await exchange.fetchBorrowInterest('USDT', undefined, undefined, 100)
  assert.ok(interest.length >= 24)
  return `${interestCharges} charges, the last one ${interest.at(-1).interest} USDT`
})

await step('partial repay', async () => {
  const before = (await debts()).USDT
  await exchange.repayCrossMargin('USDT', 4_000)
  const after = (await debts()).USDT
  assert.ok(Math.abs(before - 4_000 - after) < 1e-8)
  return `owes ${after} USDT`
})

await step('close with AUTO_REPAY', async () => {
  for (const { symbol, side, quantity } of await signed('GET', 'margin/positions')) {
    const name = `${symbol.slice(0, -4)}/USDT`
    // Buying back costs a fee in what is bought: a little more than is owed.
    const amount = side === 'SHORT' ? (await debts()).SOL * 1.002 : Number(quantity)
    await market(name, side === 'SHORT' ? 'buy' : 'sell', amount, 'AUTO_REPAY')
  }
  const debt = await debts()
  assert.equal(debt.SOL ?? 0, 0)
  return `still owes ${JSON.stringify(debt)}`
})

await step('repay to exactly zero', async () => {
  await exchange.borrowCrossMargin('USDT', 123.456789)
  const { borrowed, interest } = (await account()).find(({ asset }) => asset === 'USDT')
  const owed = (scaled(borrowed) + scaled(interest)) / 10n ** 8n
  const rest = ((scaled(borrowed) + scaled(interest)) % 10n ** 8n).toString().padStart(8, '0')
  await exchange.sapiPostMarginBorrowRepay({
    asset: 'USDT',
    amount: `${owed}.${rest}`,
    isIsolated: 'FALSE',
    type: 'REPAY',
  })
  for (const line of await account()) {
    assert.equal(Number(line.borrowed), 0)
    assert.equal(Number(line.interest), 0)
  }
  return 'nothing is owed in any asset'
})

await step('transfer out', async () => {
  for (const { asset, free } of await account()) {
    if (Number(free) === 0) continue
    await exchange.sapiPostAssetTransfer({ type: 'MARGIN_MAIN', asset, amount: free })
  }
  return 'the cross wallet is empty'
})

await step('leave cross margin', async () => {
  const { mode } = await signed('POST', 'margin/mode', { mode: 'NONE' })
  assert.equal(mode, 'NONE')
  return 'the mode is cleared'
})

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
  // ccxt picks its margin error classes by host name; on another host they have to be named.
  client.exceptions.exact = { ...client.exceptions.exact, ...client.exceptions.spot.exact }
  return client
}

async function step(name, act) {
  console.log(`${name.padEnd(34)} ${await act()}`)
}

async function prices(...symbols) {
  const tickers = await Promise.all(symbols.map((symbol) => exchange.fetchTicker(symbol)))
  return tickers.map(({ ask }) => ask)
}

async function market(symbol, side, amount, sideEffectType) {
  const order = await exchange.createOrder(symbol, 'market', side, amount, undefined, {
    ...CROSS,
    sideEffectType,
  })
  assert.equal(order.status, 'closed')
}

async function account() {
  return (await exchange.sapiGetMarginAccount()).userAssets
}

async function marginLevel() {
  return (await exchange.sapiGetMarginAccount()).marginLevel
}

async function debts() {
  const owing = (await account()).filter(
    ({ borrowed, interest }) => Number(borrowed) + Number(interest) > 0,
  )
  return Object.fromEntries(
    owing.map((line) => [line.asset, Number(line.borrowed) + Number(line.interest)]),
  )
}

function scaled(text) {
  const [whole, fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(8, '0'))
}

/** A call of the sandbox, which takes no signature. */
async function sandbox(path, body) {
  const response = await fetch(`${url}/sandbox/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return answerOf(response)
}

/** A call of Fulcrum's own API, signed as Binance's are. */
async function signed(method, path, parameters = {}) {
  const query = new URLSearchParams({
    ...parameters,
    timestamp: Date.now(),
    recvWindow: 10_000,
  }).toString()
  const signature = createHmac('sha256', user.secretKey).update(query).digest('hex')
  const response = await fetch(`${url}/fulcrum/v1/${path}?${query}&signature=${signature}`, {
    method,
    headers: { 'X-MBX-APIKEY': user.apiKey },
  })
  return answerOf(response)
}

async function answerOf(response) {
  const answer = await response.json()
  if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer)}`)
  return answer
}
