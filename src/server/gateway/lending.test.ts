import { afterAll, beforeAll, expect, test } from 'vitest'
import { VENUE_MS, VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'

import type { SandboxDoor } from './sandbox.ts'

const HOUR_MS = 3_600_000
const PRICES = { BTC: '30000', ETH: '2000', LTC: '100' }

/** What the engine's own commands carry out needs nothing of the sandbox behind its door. */
const unused = () => Promise.reject(new Error('not used here'))
const door: SandboxDoor = {
  status: unused,
  createUser: unused,
  deposit: unused,
  clock: unused,
  setIndexPrices: unused,
  clearIndexPrices: unused,
  setSourcePrices: unused,
  setFaults: unused,
  clearFaults: () => Promise.resolve({}),
}

let venue: VenueUnderTest
let lender: Awaited<ReturnType<VenueUnderTest['user']>>
let borrower: Awaited<ReturnType<VenueUnderTest['user']>>

beforeAll(async () => {
  venue = await VenueUnderTest.open({ deps: { sandbox: door } })
  await venue.setPrices(PRICES)
  lender = await venue.marginUser({ USDT: '60000' })
  borrower = await venue.marginUser({ USDT: '60000' })
  const inward = { type: 'MAIN_MARGIN', asset: 'USDT', amount: '20000' }
  await venue.signed(borrower, 'POST /sapi/v1/asset/transfer', inward)
})

afterAll(() => venue.close())

async function anHourLater(): Promise<void> {
  venue.clock.advance(HOUR_MS)
  await venue.submit({ type: 'AdvanceTime' })
  await venue.setPrices(PRICES)
}

function sandbox(method: 'POST' | 'DELETE', path: string, body: object = {}) {
  return venue.inject({
    method,
    url: `/sandbox/v1/${path}`,
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  })
}

const supply = (parameters: Record<string, string>) =>
  venue.signed(lender, 'POST /fulcrum/v1/lending/supply', parameters)
const withdraw = (parameters: Record<string, string>) =>
  venue.signed(lender, 'POST /fulcrum/v1/lending/withdraw', parameters)

test('B8 B9 B10 a lender supplies, earns at the hour what borrowers paid, and withdraws', async () => {
  const [before] = (await venue.get('/fulcrum/v1/lending/pools?asset=USDT')).body
  const supplied = await supply({ asset: 'USDT', amount: '30000' })
  expect(supplied.body).toMatchObject({ asset: 'USDT', amount: '30000.00000000' })
  expect(supplied.body.claim).toBe('30000.00000000')
  const [after] = (await venue.get('/fulcrum/v1/lending/pools?asset=USDT')).body
  expect(Number(after.supplied) - Number(before.supplied)).toBe(30_000)
  expect(after).toMatchObject({
    dailyInterestRate: '0.00030000',
    nextDailyInterestRate: '0.00030000',
    utilization: '0.00000000',
    lends: true,
  })
  await anHourLater()
  const loan = { type: 'BORROW', asset: 'USDT', amount: '50000' }
  await venue.signed(borrower, 'POST /sapi/v1/margin/borrow-repay', loan)
  const back = { type: 'REPAY', asset: 'USDT', amount: '50000.625' }
  await venue.signed(borrower, 'POST /sapi/v1/margin/borrow-repay', back)
  await anHourLater()
  // 80 % of 0.625, by 30,000 of 50,030,000.
  const [position] = (await venue.signed(lender, 'GET /fulcrum/v1/lending/positions')).body
  expect(position).toEqual({
    asset: 'USDT',
    claim: '30000.00029982',
    earning: '30000.00029982',
    withdrawable: '30000.00029982',
    earned: '0.00029982',
    lost: '0.00000000',
  })
  const wallets = await venue.signed(lender, 'GET /sapi/v1/asset/wallet/balance', {
    quoteAsset: 'USDT',
  })
  expect(wallets.body.at(-1)).toMatchObject({ walletName: 'Earn', balance: '30000.00029982' })
  expect((await withdraw({ asset: 'USDT', amount: '30000.00029983' })).body).toMatchObject({
    code: -31020,
    data: { have: '30000.00029982', need: '30000.00029983' },
  })
  const gone = await withdraw({ asset: 'USDT', amount: '30000.00029982', wallet: 'FUNDING' })
  expect(gone.body.claim).toBe('0.00000000')
  const history = await venue.signed(lender, 'GET /fulcrum/v1/lending/history')
  expect(history.body.rows).toMatchObject([
    { type: 'WITHDRAWN', wallet: 'FUNDING', claim: '0.00000000' },
    { type: 'EARNED', amount: '0.00029982', wallet: null, timestamp: VENUE_MS + 2 * HOUR_MS },
    { type: 'SUPPLIED', amount: '30000.00000000', wallet: 'SPOT', timestamp: VENUE_MS },
  ])
  const earned = await venue.signed(lender, 'GET /fulcrum/v1/lending/history', { type: 'EARNED' })
  expect(earned.body.total).toBe(1)
})

test('B2 B12 what may be borrowed, and what binds it', async () => {
  const ask = (asset: string) =>
    venue.signed(borrower, 'GET /fulcrum/v1/lending/max-borrowable', { asset })
  const { body } = await ask('LTC')
  const binance = await venue.signed(borrower, 'GET /sapi/v1/margin/maxBorrowable', {
    asset: 'LTC',
  })
  expect({ amount: body.amount, borrowLimit: body.borrowLimit }).toEqual(binance.body)
  expect(body).toMatchObject({ asset: 'LTC', binding: 'headroom', vipLevel: 0 })
  expect(body.bounds.headroom).toBe(body.amount)
  const userId = borrower.userId
  await sandbox('POST', 'vip', { userId, vipLevel: 2 })
  const raised = (await ask('LTC')).body
  expect(Number(raised.borrowLimit)).toBe(Number(body.borrowLimit) * 2.5)
  expect(raised.vipLevel).toBe(2)
  const data = await venue.signed(borrower, 'GET /sapi/v1/margin/crossMarginData', { coin: 'LTC' })
  expect(data.body).toMatchObject([
    { vipLevel: 2, borrowLimit: String(Number(raised.borrowLimit)) },
  ])
  const plain = await venue.signed(borrower, 'GET /sapi/v1/margin/crossMarginData', {
    coin: 'LTC',
    vipLevel: '0',
  })
  expect(Number(data.body[0].dailyInterest)).toBeCloseTo(Number(plain.body[0].dailyInterest) * 0.9)
  const none = await venue.signed(borrower, 'GET /sapi/v1/margin/crossMarginData', {
    vipLevel: '9',
  })
  expect(none.body).toMatchObject({ code: -1130 })
  await sandbox('POST', 'vip', { userId, vipLevel: null })
})

test('B3 the fault of an empty pool refuses loans with -3045 until it is cleared', async () => {
  const borrow = (amount: string) => {
    const loan = { type: 'BORROW', asset: 'LTC', amount }
    return venue.signed(borrower, 'POST /sapi/v1/margin/borrow-repay', loan)
  }
  await sandbox('POST', 'faults', { emptyPool: ['LTC'] })
  expect((await borrow('1')).body).toMatchObject({ code: -3045 })
  const inventory = await venue.signed(borrower, 'GET /sapi/v1/margin/available-inventory', {
    type: 'MARGIN',
  })
  expect(inventory.body.assets.LTC).toBe('0')
  await sandbox('DELETE', 'faults')
  expect((await borrow('2')).body).toHaveProperty('tranId')
})

test('B13 small liabilities are listed, exchanged and remembered', async () => {
  const loan = { type: 'BORROW', asset: 'ETH', amount: '0.001' }
  await venue.signed(borrower, 'POST /sapi/v1/margin/borrow-repay', loan)
  const path = '/sapi/v1/margin/exchange-small-liability'
  const listed = await venue.signed(borrower, `GET ${path}`)
  expect(listed.body).toMatchObject([
    { asset: 'ETH', principal: '0.00100000', liabilityAsset: 'USDT' },
  ])
  const { liabilityQty } = listed.body[0]
  expect(liabilityQty).toBeGreaterThan(2)
  const large = await venue.signed(borrower, `POST ${path}`, { assetNames: 'LTC' })
  expect(large.body).toMatchObject({ code: -31025, data: { asset: 'LTC', below: '10' } })
  expect((await venue.signed(borrower, `POST ${path}`, { assetNames: 'ETH' })).body).toEqual({})
  expect((await venue.signed(borrower, `GET ${path}`)).body).toEqual([])
  const history = await venue.signed(borrower, `GET ${path}-history`, { current: '1', size: '10' })
  expect(history.body).toMatchObject({
    total: 1,
    rows: [
      {
        asset: 'ETH',
        targetAsset: 'USDT',
        targetAmount: liabilityQty.toFixed(8),
        bizType: 'EXCHANGE_SMALL_LIABILITY',
      },
    ],
  })
  const again = await venue.signed(borrower, `POST ${path}`, { assetNames: 'LTC,BTC' })
  expect(again.body).toMatchObject({ code: -31026 })
})

test('I4 a user asks for interest in BNB, and the history tells of both assets', async () => {
  await venue.deposit(borrower.userId, 'BNB', '1', 'CROSS_MARGIN')
  await venue.setPrices({ BNB: '500' })
  const burn = { interestBNBBurn: 'true' }
  expect((await venue.signed(borrower, 'POST /sapi/v1/bnbBurn', burn)).body).toEqual({
    spotBNBBurn: false,
    interestBNBBurn: true,
  })
  const spot = await venue.signed(borrower, 'POST /sapi/v1/bnbBurn', { spotBNBBurn: 'true' })
  expect(spot.body).toMatchObject({ code: -1020 })
  const loan = { type: 'BORROW', asset: 'USDT', amount: '1000' }
  await venue.signed(borrower, 'POST /sapi/v1/margin/borrow-repay', loan)
  const history = await venue.signed(borrower, 'GET /sapi/v1/margin/interestHistory', { size: 1 })
  // 1,000 at 0.0003 a day cost 0.0125 USDT, less 5 % and at 500: 0.00002375 BNB.
  expect(history.body.rows).toMatchObject([
    {
      asset: 'BNB',
      rawAsset: 'USDT',
      principal: '1000.00000000',
      interest: '0.00002375',
      type: 'ON_BORROW_CONVERTED',
    },
  ])
  await venue.signed(borrower, 'POST /sapi/v1/bnbBurn', { interestBNBBurn: 'false' })
  expect((await venue.signed(borrower, 'GET /sapi/v1/bnbBurn')).body.interestBNBBurn).toBe(false)
})

test('C3 which assets have more collateral than their cap lets count', async () => {
  const collateral = (await venue.get('/fulcrum/v1/margin/collateral')).body
  const btc = collateral.find((row: { asset: string }) => row.asset === 'BTC')
  expect(btc).toMatchObject({ cap: '2000000000', capBinds: false })
  expect(btc.bands[1]).toEqual({ upTo: '120000000', weight: '0.975', weightNow: '0.975' })
  expect((await venue.get('/sapi/v1/margin/restricted-asset')).body).toEqual({
    openLongRestrictedAsset: [],
    maxCollateralExceededAsset: [],
  })
})

test('I2 the rate history has each day’s rate and each change, newest first', async () => {
  const rows = await venue.signed(borrower, 'GET /sapi/v1/margin/interestRateHistory', {
    asset: 'USDT',
    startTime: String(VENUE_MS - 3 * 24 * HOUR_MS),
    endTime: String(VENUE_MS + 2 * 24 * HOUR_MS),
  })
  const times = rows.body.map((row: { timestamp: number }) => row.timestamp)
  expect(times).toEqual([...times].sort((a, b) => b - a))
  expect(times.at(-1)).toBe(VENUE_MS)
  expect(
    new Set(rows.body.map((row: { dailyInterestRate: string }) => row.dailyInterestRate)),
  ).toEqual(new Set(['0.00030000']))
})
