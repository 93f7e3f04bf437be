import ccxt from 'ccxt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StartedVenue } from '../../src/index.ts'
import { startVenue } from '../../src/index.ts'

const START_MS = Date.UTC(2026, 0, 1)
let venue: StartedVenue

beforeAll(async () => {
  venue = await startVenue({ seed: 3, startTime: START_MS })
})

afterAll(() => venue.close())

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(`${venue.url}/sandbox/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, answer: (await response.json()) as { msg: string } }
}

/** The status once the market maker, which follows what happens in its own time, has nothing left to do. */
async function settledStatus(of: StartedVenue) {
  for (;;) {
    const before = await of.sandbox.status()
    await new Promise((resolve) => setTimeout(resolve, 100))
    const after = await of.sandbox.status()
    if (after.sequence === before.sequence) return after
  }
}

test('a week of hourly samples passes in one call, and the clock says what happened on the way', async () => {
  const { sandbox } = venue
  const { time } = await sandbox.status()
  await sandbox.createUser({ wallets: { SPOT: { USDT: '1000' } } })
  const moved = await sandbox.clock({ advanceMs: 7 * 24 * 3_600_000 })
  expect(moved).toMatchObject({ from: time, to: time + 7 * 24 * 3_600_000, liquidations: 0 })
  expect(moved.balanceSamples).toBeGreaterThanOrEqual(168)
})

test.each`
  path              | body                                              | why
  ${'clock'}        | ${{ to: 1 }}                                      | ${'only forwards'}
  ${'clock'}        | ${{ advanceMs: 400 * 24 * 3600_000 }}             | ${'366 days'}
  ${'clock'}        | ${{ speed: 1e9 }}                                 | ${'a day a second'}
  ${'clock'}        | ${{}}                                             | ${'send one of'}
  ${'clock'}        | ${{ advanceMs: -5 }}                              | ${'advanceMs'}
  ${'index-prices'} | ${{ prices: { BTC: '1.123456789' } }}             | ${'8 decimals'}
  ${'index-prices'} | ${{ prices: { BTC: '0' } }}                       | ${'positive'}
  ${'index-prices'} | ${{ prices: { XYZ: '1' } }}                       | ${'margin asset'}
  ${'index-prices'} | ${{ prices: {} }}                                 | ${'at least one asset'}
  ${'users'}        | ${{ kyc: 'MAYBE' }}                               | ${'kyc'}
  ${'users'}        | ${{ wallets: { SPOT: { USDT: -1 } } }}            | ${'USDT'}
  ${'users'}        | ${{ key: { type: 'ED25519', publicKey: 'x' } }}   | ${'public key'}
  ${'deposits'}     | ${{ userId: 99_999, asset: 'USDT', amount: '1' }} | ${'user'}
  ${'deposits'}     | ${{ userId: 1, asset: 'USDT', amount: '1e5' }}    | ${'amount'}
`(
  'W5 $path with $body is refused saying "$why", and nothing changes',
  async ({ path, body, why }) => {
    const before = await settledStatus(venue)
    const { status, answer } = await call('POST', path, body)
    expect(status).toBe(400)
    expect(answer.msg.toLowerCase()).toContain(why.toLowerCase())
    const after = await venue.sandbox.status()
    if (path === 'deposits' && why === 'user') expect(after.sequence).toBe(before.sequence + 1)
    else expect(after).toEqual(before)
  },
)

test('pinned index prices are taken exactly, the market follows, and unpinning lets them go', async () => {
  await call('POST', 'index-prices', { prices: { BTC: '30000.00000001' } })
  const book = async () =>
    (await fetch(`${venue.url}/api/v3/ticker/bookTicker?symbol=BTCUSDT`)).json()
  const { bidPrice, askPrice } = (await book()) as { bidPrice: string; askPrice: string }
  expect(Number(bidPrice)).toBeLessThan(30_000.1)
  expect(Number(bidPrice)).toBeGreaterThan(29_900)
  expect(Number(askPrice)).toBeGreaterThan(30_000)
  await call('POST', 'index-prices', { prices: { BTC: '20000' }, market: 'leave' })
  expect(((await book()) as { bidPrice: string }).bidPrice).toBe(bidPrice)
  expect((await call('DELETE', 'index-prices')).status).toBe(200)
  expect(Number(((await book()) as { bidPrice: string }).bidPrice)).toBeGreaterThan(60_000)
})

test('the same calls with the same seed lead to the same state', async () => {
  const hashes = []
  for (const _run of [1, 2]) {
    const again = await startVenue({ seed: 5, startTime: START_MS })
    await again.sandbox.createUser({ kyc: 'APPROVED', disclosure: true, email: 'same@example.org' })
    await again.sandbox.setIndexPrices({ prices: { ETH: '1234.5' } })
    await again.sandbox.clock({ advanceMs: 3_600_000 })
    hashes.push((await settledStatus(again)).stateHash)
    await again.close()
  }
  expect(hashes[0]).toBe(hashes[1])
})

test('a market that stands still stays fresh while the clock runs, however fast', async () => {
  const running = await startVenue({ seed: 4, startTime: START_MS })
  try {
    const user = await running.sandbox.createUser({
      kyc: 'APPROVED',
      disclosure: true,
      fundedDaysAgo: 8,
      mode: 'CROSS',
      wallets: { CROSS_MARGIN: { USDT: '60000' } },
    })
    await running.sandbox.clock({ speed: 3_600 })
    // Some two hours of the venue's time: prices would be too old a hundred times over.
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    const exchange = new ccxt.binance(running.ccxt({ ...user, secretKey: user.secretKey ?? '' }))
    await exchange.loadMarkets()
    const loan = await exchange.borrowCrossMargin('BTC', 0.01)
    expect(loan.id).toMatch(/^\d+$/)
  } finally {
    await running.close()
  }
})
