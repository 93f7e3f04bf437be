import { afterAll, beforeAll, expect, test } from 'vitest'
import { VenueUnderTest } from '../../../test/gateway/venue-under-test.ts'

let venue: VenueUnderTest

beforeAll(async () => {
  venue = await VenueUnderTest.open()
  await venue.setPrices({ BTC: '30000', ETH: '2000' })
})

afterAll(() => venue.close())

type User = Awaited<ReturnType<VenueUnderTest['user']>>

/** What a preview says is what the call then does, and what `risk` shows afterwards; nothing moves before. */
async function previewThenDo(
  user: User,
  [preview, call]: readonly [`POST /${string}`, `POST /${string}`],
  parameters: Record<string, string>,
) {
  const before = venue.sequencer.stateHash()
  const shown = await venue.signed(user, preview, parameters)
  expect(shown.status).toBe(200)
  expect(venue.sequencer.stateHash(), 'a preview changes nothing').toBe(before)
  const done = await venue.signed(user, call, parameters)
  const { body: risk } = await venue.signed(user, 'GET /fulcrum/v1/margin/risk')
  const standing = shown.body.after ?? shown.body.before
  for (const field of ['marginLevel', 'collateralMarginLevel', 'equity', 'marketShock', 'can']) {
    expect(risk[field], field).toEqual(standing[field])
  }
  return { shown: shown.body, done }
}

const MODE = ['POST /fulcrum/v1/margin/mode/preview', 'POST /fulcrum/v1/margin/mode'] as const
const TRANSFER = [
  'POST /fulcrum/v1/margin/transfer/preview',
  'POST /sapi/v1/asset/transfer',
] as const
const LOAN = [
  'POST /fulcrum/v1/margin/borrow-repay/preview',
  'POST /sapi/v1/margin/borrow-repay',
] as const

test('M2 M6 L2 B2 a margin life, previewed step by step', async () => {
  const user = await venue.marginUser({ USDT: '60000' })
  const inward = { type: 'MAIN_MARGIN', asset: 'USDT', amount: '10000' }
  const entering = await previewThenDo(user, TRANSFER, inward)
  expect(entering.shown).toMatchObject({
    sequence: expect.any(Number),
    before: { equity: '0.00000000' },
    after: { equity: '10000.00000000', marginLevel: '999' },
    max: { asset: 'USDT', amount: '60000.00000000' },
    binding: 'balance',
    blockers: [],
  })

  const loan = { type: 'BORROW', asset: 'BTC', amount: '0.5' }
  const borrowing = await previewThenDo(user, LOAN, loan)
  expect(borrowing.shown).toMatchObject({
    borrow: { asset: 'BTC', amount: '0.50000000', interestPerDay: expect.any(String) },
    before: { liquidationPrice: null },
    after: { liquidationPrice: expect.any(String) },
    repay: null,
    binding: 'headroom',
  })
  expect(borrowing.done.status).toBe(200)

  const outward = { type: '2', asset: 'USDT', amount: '9999' }
  const old = [TRANSFER[0], 'POST /sapi/v1/margin/transfer'] as const
  const tooMuch = await previewThenDo(user, old, outward)
  expect(tooMuch.shown).toMatchObject({ after: null, binding: 'transfer_exceeds_max' })
  expect(tooMuch.shown.blockers).toEqual([{ reason: 'transfer_exceeds_max', ...tooMuch.done.body }])

  const leaving = await previewThenDo(user, MODE, { mode: 'NONE' })
  expect(leaving.shown).toMatchObject({ after: null, mode: null, max: null })
  expect(leaving.shown.blockers).toEqual([{ reason: 'exit_blocked', ...leaving.done.body }])

  const back = { type: 'REPAY', asset: 'BTC', amount: '0.25' }
  const repaying = await previewThenDo(user, LOAN, back)
  expect(repaying.shown).toMatchObject({
    repay: { asset: 'BTC', amount: '0.25000000' },
    borrow: null,
    max: { asset: 'BTC', amount: '0.50000000' },
    binding: 'balance',
  })
})

test('M2 a mode that comes with the first act is part of its preview', async () => {
  const user = await venue.user({ USDT: '60000' })
  const refused = await previewThenDo(user, MODE, { mode: 'CROSS' })
  expect(refused.shown.blockers).toEqual([{ reason: 'not_eligible', ...refused.done.body }])
  const able = await venue.marginUser({ USDT: '60000' })
  const left = await previewThenDo(able, MODE, { mode: 'NONE' })
  expect(left.shown).toMatchObject({ mode: { from: 'CROSS', to: 'NONE' }, blockers: [] })
  const inward = { type: 'MAIN_MARGIN', asset: 'USDT', amount: '1' }
  const entered = await previewThenDo(able, TRANSFER, inward)
  expect(entered.shown).toMatchObject({ mode: { from: 'NONE', to: 'CROSS' }, blockers: [] })
})

const UNREADABLE = [
  ['transfer/preview', { type: 'MAIN_ISOLATED_MARGIN', asset: 'USDT', amount: '1' }],
  ['transfer/preview', { type: '3', asset: 'USDT', amount: '1' }],
  ['transfer/preview', { asset: 'USDT', amount: '1' }],
  ['borrow-repay/preview', { type: 'LEND', asset: 'USDT', amount: '1' }],
  ['borrow-repay/preview', { type: 'BORROW', asset: 'NONE', amount: '1' }],
  ['mode/preview', { mode: 'BOTH' }],
  ['mode/preview', {}],
] as const

test.each(UNREADABLE)('%s %j is refused as the call itself would be', async (path, parameters) => {
  const user = await venue.user({ USDT: '10' })
  const answer = await venue.signed(user, `POST /fulcrum/v1/margin/${path}`, parameters)
  expect(answer.status).toBe(400)
  expect(answer.body.code).toBeLessThan(0)
})
