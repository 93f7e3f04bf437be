import { afterAll, beforeAll, expect, test } from 'vitest'
import { VENUE_MS, VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'

type Who = Awaited<ReturnType<VenueUnderTest['user']>>

let venue: VenueUnderTest
let trader: Who
let other: Who

beforeAll(async () => {
  venue = await VenueUnderTest.open()
  await venue.setPrices({ BTC: '60000' })
  trader = await venue.marginUser({ USDT: '1000', BTC: '1' })
  other = await venue.marginUser({ USDT: '60000' })
  for (const [asset, amount] of [
    ['BTC', '1'],
    ['USDT', '1000'],
  ] as const) {
    await venue.signed(trader, 'POST /sapi/v1/margin/transfer', { asset, amount, type: 1 })
  }
  const loan = { asset: 'USDT', amount: '40000', type: 'BORROW', isIsolated: 'FALSE' }
  await venue.signed(trader, 'POST /sapi/v1/margin/borrow-repay', loan)
})
afterAll(() => venue.close())

const notices = async (who: Who) =>
  (await venue.signed(who, 'GET /fulcrum/v1/notices')).body.rows as {
    type: string
    mandatory: boolean
  }[]

test('L8 own levels are set, read, and refused with what is wrong', async () => {
  const path = '/fulcrum/v1/margin/warning-levels'
  const levels = { levels: '1.5, 1.3,2' }
  expect(await venue.signed(trader, `PUT ${path}`, levels)).toMatchObject({
    status: 200,
    body: { levels: ['2', '1.5', '1.3'] },
  })
  expect((await venue.signed(trader, `GET ${path}`)).body).toEqual({ levels: ['2', '1.5', '1.3'] })
  for (const [text, code] of [
    ['1', -31047],
    ['1.1,1.2,1.3,1.4,1.5,1.6', -31047],
    ['high', -1130],
    ['-1.5', -1130],
    ['1.5;1.6', -1130],
  ] as const)
    expect((await venue.signed(trader, `PUT ${path}`, { levels: text })).body.code).toBe(code)
  expect((await venue.signed(trader, `PUT ${path}`)).body.code).toBe(-1102)
  expect((await venue.signed(trader, `GET ${path}`)).body.levels).toHaveLength(3)
  expect((await venue.signed(other, `PUT ${path}`, { levels: '' })).body).toEqual({ levels: [] })
})

test('L5 L8 N1 calls and warnings are among one’s notices, and nobody else’s', async () => {
  // (BTC + 41,000) / 40,000
  for (const price of ['19000', '5400', '60000']) await venue.setPrices({ BTC: price })
  const rows = await notices(trader)
  expect(rows.map(({ type, mandatory }) => [type, mandatory])).toEqual([
    ['MARGIN_CALL_ENDED', true],
    ['MARGIN_CALL', true],
    ['LEVEL_WARNING', false],
    ['LEVEL_WARNING', false],
    ['KYC_REVIEWED', true],
  ])
  expect(rows[1]).toMatchObject({
    id: expect.stringMatching(/^\d+-\d+$/),
    time: VENUE_MS,
    // An hour's interest was charged with the loan.
    data: { level: '1.15998550', callLevel: '1.16', liquidationLevel: '1.1' },
    deliveries: [{ channel: 'OUTBOX', state: 'DELIVERED' }],
  })
  expect((await notices(other)).map(({ type }) => type)).toEqual(['KYC_REVIEWED'])
})

test('N4 a webhook is set to a public address, told its secret once, and removed', async () => {
  const path = '/fulcrum/v1/notices/webhook'
  expect((await venue.signed(trader, `GET ${path}`)).body).toEqual({ url: null, since: null })
  for (const url of ['https://127.0.0.1/', 'http://169.254.169.254/', 'ftp://example.org', 'x'])
    expect((await venue.signed(trader, `PUT ${path}`, { url })).body.code).toBe(-1130)
  const url = 'https://hooks.example.org/fulcrum?a=b'
  const set = await venue.signed(trader, `PUT ${path}`, { url })
  expect(set.body).toMatchObject({ url, secret: expect.stringMatching(/^[\w-]{43}$/) })
  const read = await venue.signed(trader, `GET ${path}`)
  expect(read.body).toMatchObject({ url })
  expect(read.body).not.toHaveProperty('secret')
  expect((await venue.signed(other, `GET ${path}`)).body.url).toBeNull()
  expect((await venue.signed(trader, `DELETE ${path}`)).body).toEqual({ removed: true })
  expect((await venue.signed(trader, `DELETE ${path}`)).body).toEqual({ removed: false })
})

test('N1 an operator sees what a user was told, and what could not be delivered', async () => {
  const operator = venue.operator('viewer')
  const path = 'GET /fulcrum/v1/ops/notices'
  const { body } = await venue.signed(operator, path, { userId: trader.userId, size: 2 })
  expect(body).toMatchObject({ total: 5, rows: [{ type: 'MARGIN_CALL_ENDED' }, {}] })
  expect((await venue.signed(operator, path, { state: 'FAILED' })).body).toEqual([])
  expect((await venue.signed(operator, path)).body.code).toBe(-1102)
})

test('N1 nothing but reading is needed to read, and to read one’s own alone', async () => {
  const reader = await venue.user({}, ['READ'])
  expect(await notices(reader)).toEqual([])
  const put = await venue.signed(reader, 'PUT /fulcrum/v1/margin/warning-levels', { levels: '2' })
  expect(put.body.code).toBe(-2015)
})
