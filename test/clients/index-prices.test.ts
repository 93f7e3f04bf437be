import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StartedVenue } from '../../src/index.ts'
import { startVenue } from '../../src/index.ts'
import { loadProfile } from '../../src/venue/profile.ts'

// Everything here goes over HTTP, to a whole venue whose clock and market stand still.
let venue: StartedVenue

beforeAll(async () => {
  venue = await startVenue({ seed: 11, startTime: Date.UTC(2026, 0, 1) })
})

afterAll(() => venue.close())

async function call(method: string, path: string, body?: object) {
  const response = await fetch(`${venue.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects.
  return { status: response.status, answer: (await response.json()) as any }
}

const post = (path: string, body: object) => call('POST', `/sandbox/v1/${path}`, body)
const say = (source: string, price: string) =>
  post('source-prices', { source, prices: { BTC: price } })

async function bitcoin() {
  const { answer } = await call('GET', '/fulcrum/v1/margin/index-prices?asset=BTC')
  return answer[0]
}

const priceIndex = async () =>
  (await call('GET', '/sapi/v1/margin/priceIndex?symbol=BTCUSDT')).answer

test('X1 C4 the index of every asset is shown with what it is made of', async () => {
  await post('index-prices', { prices: { BTC: '30000' } })
  expect(await bitcoin()).toEqual({
    asset: 'BTC',
    indexPrice: '30000.00000000',
    secondPrice: '30000.00000000',
    state: 'GOOD',
    heldSince: null,
    overdue: false,
    released: false,
    redemptionRatio: null,
    sources: [
      { source: 'declared', price: '30000.00000000', ageMs: 0, weight: null, state: 'COUNTED' },
    ],
  })
  expect((await call('GET', '/fulcrum/v1/margin/index-prices')).answer).toHaveLength(12)
  // The first pin sets the scene; the next one is a move of the market.
  await post('index-prices', { prices: { BTC: '40000' } })
  expect(await bitcoin()).toMatchObject({
    indexPrice: '40000.00000000',
    secondPrice: '30000.00000000',
  })
  await post('clock', { advanceMs: 3_600_000 })
  expect(await bitcoin()).toMatchObject({ secondPrice: '31800.00000000' })
  await call('DELETE', '/sandbox/v1/index-prices')
  const { indexPrice, secondPrice } = await bitcoin()
  expect(secondPrice).toBe(indexPrice)
})

test('X1 X3 sources by hand make the index, disagree, are released and let go again', async () => {
  expect((await say('okx', '30000')).answer.source).toBe('okx')
  expect(await bitcoin()).toMatchObject({ state: 'STALE' })
  await say('bybit', '30100')
  expect(await bitcoin()).toMatchObject({ state: 'GOOD', indexPrice: '30050.00000000' })
  expect(await priceIndex()).toMatchObject({ price: '30050.00000000' })
  await say('bybit', '40000')
  const contested = await bitcoin()
  expect(contested).toMatchObject({ state: 'CONTESTED', heldSince: expect.any(Number) })
  expect(
    contested.sources.map(
      ({ source, state }: { source: string; state: string }) => `${source} ${state}`,
    ),
  ).toEqual(expect.arrayContaining(['binance SILENT', 'okx CLAMPED', 'bybit CLAMPED']))
  expect(await priceIndex()).toMatchObject({ code: -3042 })
  const early = await post('index-releases', { asset: 'BTC', reason: 'too early' })
  expect(early.answer).toMatchObject({ code: -31005, msg: expect.stringContaining('CONTESTED') })
  await post('clock', { advanceMs: 300_000 })
  expect(await bitcoin()).toMatchObject({ state: 'STALE', overdue: true, released: false })
  expect((await post('index-releases', { asset: 'BTC' })).status).toBe(200)
  expect(await bitcoin()).toMatchObject({ released: true })
  await call('DELETE', '/sandbox/v1/index-prices')
  expect(await bitcoin()).toMatchObject({ state: 'GOOD', released: false })
})

test('X3 an index without prices is stale after a minute, until the fault is over', async () => {
  await post('faults', { staleIndex: ['BTC'] })
  await post('clock', { advanceMs: 60_000 })
  expect(await bitcoin()).toMatchObject({ state: 'GOOD' })
  await post('clock', { advanceMs: 1 })
  expect(await bitcoin()).toMatchObject({ state: 'STALE' })
  expect(await priceIndex()).toMatchObject({ code: -3042 })
  await call('DELETE', '/sandbox/v1/faults')
  expect(await bitcoin()).toMatchObject({ state: 'GOOD' })
})

test('X2 a staked asset follows its underlying, and its ratio only as fast as it may', async () => {
  const document = loadProfile('classic')
  const redemption = { underlying: 'ETH', ratio: '1.08', movePerDayMax: '0.01' }
  const assets = document.assets.map((asset) =>
    asset.code === 'SOL' ? { ...asset, redemption } : asset,
  )
  const folder = mkdtempSync(join(tmpdir(), 'fulcrum-staked-'))
  const policy = join(folder, 'staked.json')
  writeFileSync(policy, JSON.stringify({ ...document, assets }))
  const staked = await startVenue({ policy, startTime: Date.UTC(2026, 0, 1) })
  try {
    const ask = async (path: string, body?: object) => {
      const response = await fetch(`${staked.url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects.
      return (await response.json()) as any
    }
    const index = '/fulcrum/v1/margin/index-prices?asset=SOL'
    await ask('/sandbox/v1/index-prices', { prices: { ETH: '3800' } })
    expect((await ask(index))[0]).toMatchObject({
      indexPrice: '4104.00000000',
      redemptionRatio: '1.08',
      sources: [],
    })
    // Its market is quoted around that.
    const book = await ask('/api/v3/ticker/bookTicker?symbol=SOLUSDT')
    expect(Number(book.bidPrice)).toBeGreaterThan(4_000)
    await ask('/sandbox/v1/clock', { advanceMs: 24 * 3_600_000 })
    await ask('/sandbox/v1/redemption-ratios', { asset: 'SOL', ratio: '2' })
    expect((await ask(index))[0]).toMatchObject({ redemptionRatio: '1.0908' })
    const pinned = await ask('/sandbox/v1/index-prices', { prices: { SOL: '100' } })
    expect(pinned.msg).toContain('what it redeems for')
  } finally {
    await staked.close()
    rmSync(folder, { recursive: true })
  }
})

test.each([
  ['source-prices', { source: 'kraken', prices: { BTC: '1' } }, 'binance, okx, bybit'],
  ['source-prices', { source: 'okx', prices: { XYZ: '1' } }, 'margin asset'],
  ['source-prices', { source: 'okx', prices: { BTC: '1.123456789' } }, '8 decimals'],
  ['faults', { staleIndex: ['XYZ'] }, 'margin asset'],
  ['redemption-ratios', { asset: 'BTC', ratio: '1.1' }, 'index of its own'],
  ['index-releases', { asset: 'XYZ' }, 'margin asset'],
])('W5 X2 X3 %s with %j is refused saying "%s"', async (path, body, why) => {
  const { status, answer } = await post(path, body)
  expect(status).toBe(400)
  expect(answer.msg.toLowerCase()).toContain(why.toLowerCase())
})
