import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Reply } from '../../../test/gateway/venue-under-test.ts'
import { form, VENUE_MS, VenueUnderTest, WALL_MS } from '../../../test/gateway/venue-under-test.ts'
import type { UserId } from '../../core/domain/ids.ts'
import { DAY_MS } from '../../core/domain/ids.ts'
import { endpoints } from './gateway.ts'

type Who = ReturnType<VenueUnderTest['operator']>

let venue: VenueUnderTest
let ann: Who
let bob: Who
let watcher: Who
let trader: Who

beforeAll(async () => {
  venue = await VenueUnderTest.open()
  ann = venue.operator('risk', 'market', 'compliance')
  bob = venue.operator('risk')
  watcher = venue.operator('viewer')
  trader = await venue.marginUser({ USDT: '60000' })
  await venue.setPrices({ BTC: '30000' })
})
afterAll(() => venue.close())

let stamp = WALL_MS

/** A JSON body signed with the query's time stamp, as an operator's tool would send it. */
async function ops(who: Who, route: string, body?: object): Promise<Reply> {
  const [method, path] = route.split(' ') as ['GET' | 'POST', string]
  stamp -= 1
  const query = form({ timestamp: stamp, recvWindow: 60_000 })
  const payload = body === undefined ? '' : JSON.stringify(body)
  const signature = createHmac('sha256', who.secret)
    .update(query + payload)
    .digest('hex')
  return venue.inject({
    method,
    url: `/fulcrum/v1/ops/${path}?${query}&signature=${signature}`,
    headers: { 'x-mbx-apikey': who.apiKey, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { payload }),
  })
}

const LOOSE = { changes: { 'assets.BTC.userBorrowLimit': '100000' }, reason: 'demand' }
const TIGHT = { changes: { 'policy.levels.5.marginCall': '1.2' }, reason: 'storm' }

test('O1 O2 a loosening change: shown, drafted, approved by a second person, in force a day later', async () => {
  const shown = await ops(watcher, 'POST policy/dry-run', { changes: LOOSE.changes })
  expect(shown).toMatchObject({
    status: 200,
    body: { loosening: true, needsSecondPerson: true, accountsLiquidated: 0, bandChanges: [] },
  })
  expect(shown.body.earliestEffectTime).toBe(VENUE_MS + DAY_MS)
  const drafted = await ops(ann, 'POST policy/changes', LOOSE)
  expect(drafted).toMatchObject({
    status: 200,
    body: {
      state: 'DRAFTED',
      loosening: true,
      author: 'operator-1',
      reason: 'demand',
      effectTime: VENUE_MS + DAY_MS,
      changes: [{ path: 'assets.BTC.userBorrowLimit', to: '100000', effect: 'LOOSENING' }],
      dryRun: { accountsCalled: 0 },
    },
  })
  const { id } = drafted.body
  expect(await ops(ann, `POST policy/changes/${id}/approve`, { reason: 'mine' })).toMatchObject({
    status: 400,
    body: { code: -31043, data: { author: 'operator-1' } },
  })
  expect(await ops(bob, `POST policy/changes/${id}/approve`, { reason: 'fine' })).toMatchObject({
    status: 200,
    body: { state: 'APPROVED', approver: 'operator-2', approvalReason: 'fine' },
  })
  expect((await ops(watcher, 'GET policy')).body.open).toMatchObject([{ id, state: 'APPROVED' }])
  venue.clock.advance(DAY_MS - 1)
  await venue.submit({ type: 'AdvanceTime' })
  expect((await ops(watcher, `GET policy/changes/${id}`)).body.state).toBe('APPROVED')
  venue.clock.advance(1)
  await venue.submit({ type: 'AdvanceTime' })
  expect((await ops(watcher, `GET policy/changes/${id}`)).body.state).toBe('IN_FORCE')
  const { document, open } = (await ops(watcher, 'GET policy')).body
  expect(open).toEqual([])
  const btc = document.assets.find(({ code }: { code: string }) => code === 'BTC')
  expect(btc.userBorrowLimit).toBe('100000')
})

test('O2 a tightening change by one person is in force with its approval', async () => {
  const { body } = await ops(bob, 'POST policy/changes', TIGHT)
  const approved = await ops(bob, `POST policy/changes/${body.id}/approve`, { reason: 'now' })
  expect(approved).toMatchObject({ status: 200, body: { state: 'IN_FORCE', loosening: false } })
  expect(venue.sequencer.venue.document.policy.levels['5'].marginCall).toBe('1.2')
})

test('O1 a change is withdrawn, and its story stays', async () => {
  const { body } = await ops(ann, 'POST policy/changes', {
    ...LOOSE,
    changes: { 'policy.makerFee': '0' },
  })
  const withdrawn = await ops(bob, `POST policy/changes/${body.id}/withdraw`, { reason: 'no' })
  expect(withdrawn).toMatchObject({ body: { state: 'WITHDRAWN', endReason: 'no' } })
  expect((await ops(watcher, 'GET policy/changes')).body[0]).toMatchObject({ id: body.id })
})

test.each<[string, object, number, number]>([
  ['no reason', { changes: LOOSE.changes }, 400, -1102],
  ['a blank reason', { ...LOOSE, reason: '  ' }, 400, -1130],
  ['no changes', { reason: 'x' }, 400, -1102],
  ['changes that are a list', { reason: 'x', changes: ['a'] }, 400, -1130],
  ['changes that are no JSON', { reason: 'x', changes: 'yes' }, 400, -1130],
  ['an unknown field', { reason: 'x', changes: { 'policy.colour': 'red' } }, 400, -31040],
  [
    'a time too early',
    { reason: 'x', changes: { 'policy.makerFee': '0' }, effectTime: 1 },
    400,
    -31044,
  ],
])('O3 a draft is refused: %s', async (_, body, status, code) => {
  expect(await ops(ann, 'POST policy/changes', body)).toMatchObject({ status, body: { code } })
})

test('O3 what is not there is 404', async () => {
  expect((await ops(ann, 'GET policy/changes/77')).status).toBe(404)
  expect((await ops(ann, 'GET policy/changes/x')).status).toBe(404)
  expect(await ops(ann, 'POST policy/changes/77/approve', { reason: 'x' })).toMatchObject({
    status: 404,
    body: { code: -31041 },
  })
})

test('T20 one symbol is halted, or all, by whoever may', async () => {
  const halt = { symbol: 'BTCUSDT', state: 'HALTED', reason: 'odd prints' }
  expect((await ops(bob, 'POST halts', halt)).body).toMatchObject({ code: -31050 })
  expect((await ops(ann, 'POST halts', halt)).body).toEqual([
    { symbol: 'BTCUSDT', state: 'HALTED' },
  ])
  const states = async () =>
    (await ops(watcher, 'GET halts')).body.map(({ state }: { state: string }) => state)
  expect((await states()).filter((state: string) => state === 'HALTED')).toHaveLength(1)
  await ops(ann, 'POST halts', { state: 'CANCEL_ONLY', reason: 'storm' })
  expect(new Set(await states())).toEqual(new Set(['CANCEL_ONLY']))
  await ops(ann, 'POST halts', { state: 'TRADING', reason: 'over' })
  expect(new Set(await states())).toEqual(new Set(['TRADING']))
})

test('E1 T6 an identity check is reviewed from the queue, and users are put into groups', async () => {
  const user = await venue.user()
  await venue.submit({ type: 'SubmitKyc', userId: user.userId })
  const { userId } = user
  expect((await ops(watcher, 'GET kyc')).body).toMatchObject([
    { userId, kyc: 'PENDING', email: `user-${userId}@example.org` },
  ])
  const review = { decision: 'REJECTED', reason: 'blurred' }
  expect((await ops(ann, `POST kyc/${userId}`, review)).status).toBe(200)
  expect((await ops(ann, `POST kyc/${userId}`, review)).body.code).toBe(-31007)
  const group = { tradeGroupId: 7, reason: 'one owner' }
  await ops(ann, `POST users/${userId}/trade-group`, group)
  const { body } = await ops(watcher, `GET users/${userId}`)
  expect(body).toMatchObject({ kyc: 'REJECTED', tradeGroupId: 7 })
  expect(body.kycHistory[0]).toMatchObject({ reason: 'blurred', reviewer: 'operator-1' })
  await ops(ann, `POST users/${userId}/trade-group`, { tradeGroupId: null, reason: 'over' })
  expect((await ops(watcher, `GET users/${userId}`)).body.tradeGroupId).toBeNull()
  expect((await ops(watcher, 'GET users/999')).status).toBe(404)
})

test('L1 accounts are listed by how near they are, and the fund with what it holds', async () => {
  const near = await venue.marginUser({ USDT: '60000' })
  const transfer = { asset: 'USDT', amount: '1000', type: 1 }
  for (const [who, debt] of [
    [near, '3500'],
    [trader, '100'],
  ] as const) {
    await venue.signed(who, 'POST /sapi/v1/margin/transfer', transfer)
    const loan = { asset: 'USDT', amount: debt, type: 'BORROW', isIsolated: 'FALSE' }
    expect((await venue.signed(who, 'POST /sapi/v1/margin/borrow-repay', loan)).status).toBe(200)
  }
  const { body } = await ops(watcher, 'GET accounts-at-risk')
  expect(body.map(({ userId, band }: { userId: number; band: string }) => [userId, band])).toEqual([
    [near.userId, 'BORROW'],
    [trader.userId, 'TRANSFER_OUT'],
  ])
  const fund = (await ops(watcher, 'GET insurance-fund')).body
  expect(fund.assets).toContainEqual(expect.objectContaining({ asset: 'BTC', held: '50.00000000' }))
})

test('O5 the audit log says who did what and why, newest first, page by page', async () => {
  const all = (await ops(watcher, 'GET audit-log')).body
  const actions = new Set(all.map(({ action }: { action: string }) => action))
  for (const action of ['VenueOpened', 'KycReviewed', 'TradeGroupSet', 'SymbolStateChanged'])
    expect(actions).toContain(action)
  for (const action of ['PolicyChangeDrafted', 'PolicyChangeApproved', 'PolicyChanged'])
    expect(actions).toContain(action)
  const paged: object[] = []
  for (;;) {
    const last = (paged.at(-1) as { id?: string } | undefined)?.id
    const page: object[] = await auditPage(
      last === undefined ? { limit: 3 } : { limit: 3, before: last },
    )
    if (page.length === 0) break
    paged.push(...page)
  }
  expect(paged).toEqual(all)
  const byBob = await auditPage({ author: 'operator-2' })
  expect(new Set(byBob.map(({ author }) => author))).toEqual(new Set(['operator-2']))
})

async function auditPage(parameters: Record<string, string | number>) {
  stamp -= 1
  const own = { timestamp: stamp, recvWindow: 60_000 }
  const route = 'GET /fulcrum/v1/ops/audit-log'
  return (await venue.signed(watcher, route, { ...own, ...parameters })).body as {
    author: string
  }[]
}

const doors = endpoints.filter(({ path }) => path.startsWith('/fulcrum/v1/ops'))

test.each(doors.map((door) => [`${door.method} ${door.path}`]))(
  'O4 %s is closed to users, and users’ doors to operators',
  async (route) => {
    const path = route.replace(':id', '1')
    expect(await venue.signed(trader, path)).toMatchObject({ status: 401, body: { code: -2015 } })
    expect(
      (await venue.inject({ method: path.split(' ')[0] as 'GET', url: path.split(' ')[1] ?? '' }))
        .status,
    ).toBe(401)
  },
)

test('O4 an operator’s key opens no user’s door, and one without roles none at all', async () => {
  for (const route of ['GET /api/v3/account', 'GET /fulcrum/v1/margin/risk', 'POST /api/v3/order'])
    expect((await venue.signed(ann, route)).body.code).toBe(-2015)
  const gone = venue.operator()
  expect((await ops(gone, 'GET me')).body.code).toBe(-2015)
  expect((await ops(ann, 'GET me')).body).toMatchObject({ name: 'operator-1' })
  expect((await ops(watcher, 'POST policy/changes', TIGHT)).body).toMatchObject({ code: -31050 })
})

test('O4 a browser session is an operator’s or a user’s, not both', async () => {
  const operator = { name: 'operator-1', email: 'o@example.org', roles: ['viewer'] as const }
  const operators = { operator: () => operator, operators: () => [operator] }
  const sessions: Record<string, number> = { ['o'.repeat(43)]: -1, ['u'.repeat(43)]: 1 }
  const sessionUser = (token: string) => (sessions[token] ?? null) as UserId | null
  const other = await VenueUnderTest.open({ deps: { operators, sessionUser } })
  await other.user()
  const status = async (token: string, path: string) => {
    const headers = { cookie: `fulcrum_session=${token.repeat(43)}` }
    return (await other.inject({ method: 'GET', url: `/fulcrum/v1/${path}`, headers })).status
  }
  expect(await status('o', 'ops/me')).toBe(200)
  expect(await status('o', 'margin/mode')).toBe(401)
  expect(await status('u', 'margin/mode')).toBe(200)
  expect(await status('u', 'ops/me')).toBe(401)
  await other.close()
})
