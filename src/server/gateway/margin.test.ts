import { afterAll, beforeAll, expect, test } from 'vitest'
import { VENUE_MS, VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'

let venue: VenueUnderTest
let maker: Awaited<ReturnType<VenueUnderTest['user']>>
let trader: Awaited<ReturnType<VenueUnderTest['user']>>

beforeAll(async () => {
  venue = await VenueUnderTest.open()
  await venue.setPrices({ BTC: '30000', ETH: '2000' })
  maker = await venue.user({ BTC: '100', ETH: '100', USDT: '10000000' })
  const rest = { symbol: 'BTCUSDT', type: 'LIMIT', timeInForce: 'GTC', quantity: '50' }
  await venue.signed(maker, 'POST /api/v3/order', { ...rest, side: 'SELL', price: '30000' })
  await venue.signed(maker, 'POST /api/v3/order', { ...rest, side: 'BUY', price: '29999' })
  trader = await venue.marginUser({ USDT: '60000' })
})

afterAll(() => venue.close())

const market = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET' }

test('funds move to margin and back, by every spelling, and are listed', async () => {
  const inward = await venue.signed(
    trader,
    'POST /sapi/v1/asset/transfer',
    { type: 'MAIN_MARGIN', asset: 'USDT', amount: '20000' },
    'body',
  )
  expect(inward).toMatchObject({ status: 200, body: { tranId: expect.any(Number) } })
  const more = await venue.signed(trader, 'POST /sapi/v1/margin/transfer', {
    type: 1,
    asset: 'usdt',
    amount: '5000',
  })
  expect(more.status).toBe(200)
  const back = await venue.signed(trader, 'POST /sapi/v1/margin/transfer', {
    type: 2,
    asset: 'USDT',
    amount: '5000',
  })
  expect(back.status).toBe(200)
  const listed = await venue.signed(trader, 'GET /sapi/v1/asset/transfer', { type: 'MAIN_MARGIN' })
  expect(listed.body).toEqual({
    total: 2,
    rows: [
      {
        asset: 'USDT',
        amount: '5000.00000000',
        type: 'MAIN_MARGIN',
        status: 'CONFIRMED',
        tranId: more.body.tranId,
        timestamp: VENUE_MS,
      },
      {
        asset: 'USDT',
        amount: '20000.00000000',
        type: 'MAIN_MARGIN',
        status: 'CONFIRMED',
        tranId: inward.body.tranId,
        timestamp: VENUE_MS,
      },
    ],
  })
  const futures = await venue.signed(trader, 'GET /sapi/v1/asset/transfer', {
    type: 'MAIN_UMFUTURE',
  })
  expect(futures.body).toEqual({ total: 0, rows: [] })
  const margin = await venue.signed(trader, 'GET /sapi/v1/margin/transfer', { type: 'ROLL_OUT' })
  expect(margin.body).toMatchObject({
    total: 1,
    rows: [{ type: 'ROLL_OUT', transFrom: 'CROSS_MARGIN', transTo: 'SPOT' }],
  })
  expect((await venue.signed(trader, 'GET /sapi/v1/margin/transfer')).body.total).toBe(3)
})

test('the margin account without debt', async () => {
  const { body } = await venue.signed(trader, 'GET /sapi/v1/margin/account')
  expect(body).toMatchObject({
    created: true,
    borrowEnabled: true,
    marginLevel: '999',
    collateralMarginLevel: '999',
    totalAssetOfBtc: '0.66666666',
    totalLiabilityOfBtc: '0.00000000',
    totalNetAssetOfBtc: '0.66666666',
    TotalCollateralValueInUSDT: '20000.00000000',
    tradeEnabled: true,
    transferOutEnabled: true,
    accountType: 'MARGIN_1',
  })
  expect(body.userAssets).toHaveLength(12)
  expect(body.userAssets[0]).toEqual({
    asset: 'USDT',
    borrowed: '0.00000000',
    free: '20000.00000000',
    interest: '0.00000000',
    locked: '0.00000000',
    netAsset: '20000.00000000',
  })
})

test('a loan is taken, charged, repaid in part, listed', async () => {
  const limits = await venue.signed(trader, 'GET /sapi/v1/margin/maxBorrowable', { asset: 'BTC' })
  expect(Number(limits.body.amount)).toBeGreaterThan(1)
  const loan = await venue.signed(
    trader,
    'POST /sapi/v1/margin/borrow-repay',
    { asset: 'BTC', amount: '0.1', isIsolated: 'FALSE', type: 'BORROW' },
    'body',
  )
  expect(loan).toMatchObject({ status: 200, body: { tranId: expect.any(Number) } })
  expect(loan.body).not.toHaveProperty('code')
  const { body } = await venue.signed(trader, 'GET /sapi/v1/margin/account')
  const btc = body.userAssets.find((line: { asset: string }) => line.asset === 'BTC')
  expect(btc).toMatchObject({ borrowed: '0.10000000', free: '0.10000000' })
  expect(Number(btc.interest)).toBeGreaterThan(0)
  const repaid = await venue.signed(trader, 'POST /sapi/v1/margin/repay', {
    asset: 'BTC',
    amount: '0.05',
  })
  expect(repaid.status).toBe(200)
  const taken = await venue.signed(trader, 'GET /sapi/v1/margin/borrow-repay', { type: 'BORROW' })
  expect(taken.body).toMatchObject({
    total: 1,
    rows: [
      {
        type: 'MANUAL',
        asset: 'BTC',
        amount: '0.10000000',
        principal: '0.10000000',
        status: 'CONFIRMED',
        txId: loan.body.tranId,
      },
    ],
  })
  const returned = await venue.signed(trader, 'GET /sapi/v1/margin/repay', {
    asset: 'BTC',
    txId: repaid.body.tranId,
  })
  expect(returned.body).toMatchObject({ total: 1, rows: [{ amount: '0.05000000' }] })
  const interest = await venue.signed(trader, 'GET /sapi/v1/margin/interestHistory', {
    asset: 'BTC',
  })
  expect(interest.body).toMatchObject({
    total: 1,
    rows: [{ type: 'ON_BORROW', asset: 'BTC', rawAsset: 'BTC', interestAccuredTime: VENUE_MS }],
  })
})

test('the same signed loan is not taken twice', async () => {
  const again = { asset: 'BTC', amount: '0.001', type: 'BORROW', nonce: 1 }
  expect((await venue.signed(trader, 'POST /sapi/v1/margin/borrow-repay', again)).status).toBe(200)
  const before = venue.sequencer.stateHash()
  expect(await venue.signed(trader, 'POST /sapi/v1/margin/borrow-repay', again)).toMatchObject({
    status: 400,
    body: { code: -1022 },
  })
  expect(venue.sequencer.stateHash()).toBe(before)
})

test('a margin order borrows what it lacks and says so; preview says the same before', async () => {
  const poor = await venue.marginUser({ USDT: '60000' })
  await venue.signed(poor, 'POST /sapi/v1/asset/transfer', {
    type: 'MAIN_MARGIN',
    asset: 'USDT',
    amount: '20000',
  })
  const order = {
    symbol: 'BTCUSDT',
    side: 'SELL',
    type: 'MARKET',
    quantity: '0.3',
    isIsolated: 'FALSE',
    sideEffectType: 'MARGIN_BUY',
  }
  const preview = await venue.signed(poor, 'POST /fulcrum/v1/margin/order/preview', order)
  expect(preview.body).toMatchObject({
    before: { marginLevel: '999' },
    borrow: { asset: 'BTC', amount: '0.30000000' },
    blockers: [],
  })
  const placed = await venue.signed(poor, 'POST /sapi/v1/margin/order', order, 'body')
  expect(placed.body).toMatchObject({
    symbol: 'BTCUSDT',
    isIsolated: false,
    status: 'FILLED',
    marginBuyBorrowAmount: '0.30000000',
    marginBuyBorrowAsset: 'BTC',
    fills: [{ price: '29999.00000000' }],
  })
  expect(placed.headers['x-sapi-used-uid-weight-1m']).toBe('1500')
  const risk = await venue.signed(poor, 'GET /fulcrum/v1/margin/risk')
  expect(risk.body).toMatchObject({
    marginLevel: preview.body.after.marginLevel,
    equity: preview.body.after.equity,
    bands: { transferOut: '2', borrow: '1.25' },
  })
  const positions = await venue.signed(poor, 'GET /fulcrum/v1/margin/positions')
  expect(positions.body).toMatchObject([
    { symbol: 'BTCUSDT', side: 'SHORT', quantity: '0.30000000', entryPrice: '29999.00000000' },
  ])
  const seen = await venue.signed(poor, 'GET /sapi/v1/margin/allOrders', { symbol: 'BTCUSDT' })
  expect(seen.body).toMatchObject([
    { orderId: placed.body.orderId, isIsolated: false, status: 'FILLED' },
  ])
  const trades = await venue.signed(poor, 'GET /sapi/v1/margin/myTrades', { symbol: 'BTCUSDT' })
  expect(trades.body).toMatchObject([
    { orderId: placed.body.orderId, isIsolated: false, isMaker: false },
  ])

  const tooMuch = { ...order, quantity: '0.7' }
  const blocked = await venue.signed(poor, 'POST /fulcrum/v1/margin/order/preview', tooMuch)
  const refused = await venue.signed(poor, 'POST /sapi/v1/margin/order', tooMuch)
  expect(refused).toMatchObject({
    status: 400,
    body: { code: -31003, data: { base: 'BTC', maxQuantity: expect.any(String) } },
  })
  expect(blocked.body).toMatchObject({
    after: null,
    blockers: [{ reason: 'position_cap', ...refused.body }],
  })

  const mode = await venue.signed(poor, 'GET /fulcrum/v1/margin/mode')
  expect(mode.body).toMatchObject({ mode: 'CROSS', blockers: [{ rule: 'M5' }, {}, {}] })
  const leave = await venue.signed(poor, 'POST /fulcrum/v1/margin/mode', { mode: 'NONE' })
  expect(leave).toMatchObject({
    status: 400,
    body: { code: -31004, data: { blockers: mode.body.blockers } },
  })
})

test('margin orders rest, are seen and are cancelled like spot orders', async () => {
  const order = {
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'LIMIT',
    timeInForce: 'GTC',
    quantity: '0.01',
    price: '20000',
  }
  const placed = await venue.signed(trader, 'POST /sapi/v1/margin/order', {
    ...order,
    isIsolated: false,
  })
  expect(placed.body).toMatchObject({ status: 'NEW', isIsolated: false })
  const open = await venue.signed(trader, 'GET /sapi/v1/margin/openOrders')
  expect(open.body).toMatchObject([{ orderId: placed.body.orderId, isIsolated: false }])
  expect((await venue.signed(trader, 'GET /api/v3/openOrders')).body).toEqual([])
  const canceled = await venue.signed(trader, 'DELETE /sapi/v1/margin/order', {
    symbol: 'BTCUSDT',
    orderId: placed.body.orderId,
  })
  expect(canceled.body).toMatchObject({ status: 'CANCELED', isIsolated: false })
  await venue.signed(trader, 'POST /sapi/v1/margin/order', order)
  expect(
    (await venue.signed(trader, 'DELETE /sapi/v1/margin/openOrders', { symbol: 'BTCUSDT' })).body,
  ).toHaveLength(1)
  const counts = await venue.signed(trader, 'GET /sapi/v1/margin/rateLimit/order')
  expect(counts.body).toMatchObject([
    { interval: 'SECOND', count: 2 },
    { interval: 'DAY', count: 2 },
  ])
})

/** Decimal text in 10⁻²⁸, whole. */
function exact(text: string): bigint {
  const [whole = '', part = ''] = text.replace('-', '').split('.')
  const value = BigInt(whole + part.padEnd(28, '0'))
  return text.startsWith('-') ? -value : value
}

test('Q11 a user has the account closed by hand, and what was owed from before is told with the risk', async () => {
  const tired = await venue.marginUser({ USDT: '60000' })
  const path = 'POST /sapi/v1/margin/manual-liquidation'
  const none = await venue.signed(tired, path, { type: 'MARGIN' })
  expect([none.status, none.body.code]).toEqual([400, -3004])
  const transfer = { type: 'MAIN_MARGIN', asset: 'USDT', amount: '20000' }
  await venue.signed(tired, 'POST /sapi/v1/asset/transfer', transfer)
  const loan = { type: 'BORROW', asset: 'BTC', amount: '0.5' }
  expect((await venue.signed(tired, 'POST /sapi/v1/margin/borrow-repay', loan)).status).toBe(200)
  const { body } = await venue.signed(tired, path, { type: 'MARGIN' })
  expect(body).toMatchObject({ asset: 'BTC', principal: '0.50000000', liabilityAsset: 'USDT' })
  const [receipt] = (await venue.signed(tired, 'GET /fulcrum/v1/margin/liquidations')).body
  expect(receipt).toMatchObject({ trigger: { cause: 'USER' } })
  const risk = await venue.signed(tired, 'GET /fulcrum/v1/margin/risk')
  expect(risk.body.recoverable).toEqual({ lenders: [], insuranceFund: '0.00000000' })
  const isolated = await venue.signed(tired, path, { type: 'ISOLATED', symbol: 'BTCUSDT' })
  expect(isolated.body.code).toBe(-11001)
})

test('a fallen market closes the portfolio, and the receipt tells how', async () => {
  const bold = await venue.marginUser({ USDT: '60000' })
  await venue.signed(bold, 'POST /sapi/v1/asset/transfer', {
    type: 'MAIN_MARGIN',
    asset: 'USDT',
    amount: '20000',
  })
  const loan = { type: 'BORROW', asset: 'BTC', amount: '2.5' }
  expect((await venue.signed(bold, 'POST /sapi/v1/margin/borrow-repay', loan)).status).toBe(200)
  const { stateHash } = venue.sequencer
  expect(stateHash.call(venue.sequencer)).toMatch(/^[0-9a-f]{64}$/)
  await venue.setPrices({ BTC: '30000', ETH: '2000' })
  expect((await venue.signed(bold, 'GET /fulcrum/v1/margin/liquidations')).body).toEqual([])
  const sold = await venue.signed(bold, 'POST /sapi/v1/margin/order', {
    ...market,
    side: 'SELL',
    quantity: '0.1',
  })
  expect(sold.status).toBe(200)
  await venue.setPrices({ BTC: '250000' })
  const [listed] = (await venue.signed(bold, 'GET /fulcrum/v1/margin/liquidations')).body
  expect(listed).toMatchObject({
    trigger: { marginLevel: expect.any(String), prices: { BTC: '250000.00000000' } },
  })
  const one = await venue.signed(
    bold,
    `GET /fulcrum/v1/margin/liquidations/${listed.liquidationId}`,
  )
  expect(one.body).toMatchObject({
    ...listed,
    orders: expect.any(Array),
    trades: expect.any(Array),
    movements: expect.any(Array),
  })
  const { trigger, closing } = one.body.buffer
  for (const { from, changes, to } of [trigger, closing]) {
    const sum = changes.reduce((s: bigint, line: { change: string }) => s + exact(line.change), 0n)
    expect(exact(from) + sum).toBe(exact(to))
  }
  const causes = trigger.changes.map(({ cause, asset }: never) => [cause, asset])
  expect(causes).toContainEqual(['price', 'BTC'])
  expect(closing.from).toBe(trigger.to)
  const { orders, trades } = one.body
  expect(orders[0]).toMatchObject({ indexPrice: '250000.00000000', gain: expect.any(String) })
  for (const trade of trades) expect(trade.indexPrice).toBe('250000.00000000')
  const records = await venue.signed(bold, 'GET /sapi/v1/margin/forceLiquidationRec')
  expect(records.body.total).toBe(one.body.orders.length)
  for (const id of [listed.liquidationId, 99, 'x', '1e3']) {
    const other = await venue.signed(maker, `GET /fulcrum/v1/margin/liquidations/${id}`)
    expect(other).toMatchObject({ status: 404, body: { code: -2013 } })
  }
})
