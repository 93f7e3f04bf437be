import { expect, test } from 'vitest'
import type { PolicyChangeId, TimestampMs, UserId } from '../../src/core/domain/ids.ts'
import { DAY_MS, HOUR_MS } from '../../src/core/domain/ids.ts'
import type { NamedAccount } from '../../src/core/domain/operator-answer.ts'
import type { DocumentValue } from '../../src/core/domain/policy-difference.ts'
import { isRefusal } from '../../src/core/domain/question.ts'
import type { VenueDocument } from '../../src/core/domain/venue-document.ts'
import { bandsOf } from '../../src/core/engine/accounts-at-risk.ts'
import { decodeState, encodeState } from '../../src/core/engine/snapshot.ts'
import { ownerOf } from '../../src/core/engine/state.ts'
import { all, only, START_MS, TestExchange } from '../../src/core/engine/test-exchange.ts'
import { loadProfile } from '../../src/venue/profile.ts'

function venue(): VenueDocument {
  const classic = loadProfile('classic')
  return {
    ...classic,
    assets: classic.assets.map((asset) => ({ ...asset, dailyInterestRate: '0' })),
    policy: { ...classic.policy, positionInitialMarginCap: null, minimumAverageBalance: null },
  }
}

type Settings = Readonly<Record<string, DocumentValue>>

const settingsOf = (settings: Settings) =>
  Object.entries(settings).map(([path, to]) => ({ path, to }))

function draft(
  exchange: TestExchange,
  settings: Settings,
  author = 'ann',
  effectMs: number | null = null,
) {
  return exchange.do({
    type: 'DraftPolicyChange',
    settings: settingsOf(settings),
    effectMs: effectMs as TimestampMs | null,
    reason: 'because',
    author,
  })
}

function approve(exchange: TestExchange, author: string, id = exchange.state.policyChanges.lastId) {
  return exchange.do({ type: 'ApprovePolicyChange', policyChangeId: id, reason: 'seen', author })
}

const LOOSE: Settings = { 'assets.BTC.userBorrowLimit': '100000' }
const TIGHT: Settings = { 'policy.levels.5.marginCall': '1.2' }

/** A borrower of `debt` USDT on 1,000 of their own: level (1000 + debt) / debt. */
function borrower(exchange: TestExchange, debt: string): UserId {
  const userId = exchange.user({ CROSS_MARGIN: { USDT: '1000' } })
  const asset = exchange.asset('USDT')
  exchange.must({
    type: 'Borrow',
    userId,
    asset,
    pair: null,
    amount: (BigInt(debt) * 10n ** 8n) as never,
  })
  return userId
}

test('O2 what tightens may be approved by whoever drafted it, and is in force at once', () => {
  const exchange = new TestExchange(venue())
  const drafted = only(draft(exchange, TIGHT).events, 'PolicyChangeDrafted')
  expect(drafted).toMatchObject({ loosening: false, effectMs: START_MS, author: 'ann' })
  expect(drafted.changes).toEqual([
    { path: 'policy.levels.5.marginCall', from: '1.16', to: '1.2', effect: 'TIGHTENING' },
  ])
  expect(exchange.state.venue?.document.policy.levels['5'].marginCall).toBe('1.16')
  const { events } = approve(exchange, 'ann')
  expect(only(events, 'PolicyChanged').document.policy.levels['5'].marginCall).toBe('1.2')
  expect(exchange.state.venue?.document.policy.levels['5'].marginCall).toBe('1.2')
  expect(exchange.ask('policyChanges', {})).toEqual([])
})

test('O2 what loosens needs a second person', () => {
  const exchange = new TestExchange(venue())
  draft(exchange, LOOSE)
  expect(approve(exchange, 'ann').refusal).toEqual({
    reason: 'policy_second_person',
    author: 'ann',
  })
  expect(approve(exchange, 'bob').refusal).toBeNull()
  expect(approve(exchange, 'cid').refusal).toMatchObject({ reason: 'policy_change_approved' })
})

test.each([
  ['a unit before a day', DAY_MS - 1, false],
  ['a day after the draft', DAY_MS, true],
  ['later', DAY_MS + 1, true],
])(
  'O2 what loosens is in force no earlier than a day after it was drafted: %s',
  (_, ms, inForce) => {
    const exchange = new TestExchange(venue())
    draft(exchange, LOOSE)
    exchange.pass(HOUR_MS)
    const approved = only(approve(exchange, 'bob').events, 'PolicyChangeApproved')
    expect(approved.effectMs).toBe(START_MS + DAY_MS)
    const { events } = exchange.pass(ms - HOUR_MS)
    expect(all(events, 'PolicyChanged')).toHaveLength(inForce ? 1 : 0)
    const limit = exchange.state.venue?.assetByCode.get('BTC')?.userBorrowLimit
    expect(limit === 100_000n * 10n ** 8n).toBe(inForce)
  },
)

test.each([
  ['loosening before its day', LOOSE, DAY_MS - 1, true],
  ['loosening at its day', LOOSE, DAY_MS, false],
  ['tightening in the past', TIGHT, -1, true],
  ['tightening now', TIGHT, 0, false],
  ['tightening next week', TIGHT, 7 * DAY_MS, false],
])('O2 a draft cannot ask for an earlier time: %s', (_, settings, inMs, refused) => {
  const exchange = new TestExchange(venue())
  const { refusal } = draft(exchange, settings, 'ann', START_MS + inMs)
  expect(refusal?.reason).toBe(refused ? 'policy_too_soon' : undefined)
})

test('O2 a change approved after its time takes effect with the approval', () => {
  const exchange = new TestExchange(venue())
  draft(exchange, LOOSE)
  exchange.pass(3 * DAY_MS)
  expect(all(approve(exchange, 'bob').events, 'PolicyChanged')).toHaveLength(1)
})

test('O1 a withdrawn change is gone, and what is unknown is refused', () => {
  const exchange = new TestExchange(venue())
  draft(exchange, LOOSE)
  approve(exchange, 'bob')
  const policyChangeId = 1 as PolicyChangeId
  const withdraw = {
    type: 'WithdrawPolicyChange',
    policyChangeId,
    reason: 'no',
    author: 'cid',
  } as const
  expect(exchange.do(withdraw).refusal).toBeNull()
  expect(exchange.do(withdraw).refusal).toEqual({ reason: 'policy_change_unknown', policyChangeId })
  expect(all(exchange.pass(2 * DAY_MS).events, 'PolicyChanged')).toEqual([])
})

test('O3 a draft that another change has overtaken is refused, or lapses when its time comes', () => {
  const exchange = new TestExchange(venue())
  draft(exchange, { 'assets.BTC.userBorrowLimit': '100000' })
  draft(exchange, { 'assets.BTC.userBorrowLimit': '200000' })
  draft(exchange, { 'assets.BTC.userBorrowLimit': '300000' })
  approve(exchange, 'bob', 1 as PolicyChangeId)
  approve(exchange, 'bob', 2 as PolicyChangeId)
  const { events } = exchange.pass(DAY_MS)
  expect(only(events, 'PolicyChanged').policyChangeId).toBe(1)
  expect(only(events, 'PolicyChangeLapsed').policyChangeId).toBe(2)
  expect(approve(exchange, 'bob', 3 as PolicyChangeId).refusal).toMatchObject({
    reason: 'policy_moved',
    path: 'assets.BTC.userBorrowLimit',
    is: '"100000"',
  })
})

test.each<[string, Settings, string]>([
  ['levels out of order', { 'policy.levels.5.liquidation': '1.2' }, 'policy.levels.5.marginCall'],
  ['what cannot change', { 'assets.BTC.pool.supply': '9000' }, 'assets.BTC.pool.supply'],
  ['what is so already', { 'policy.levels.5.marginCall': '1.16' }, 'policy.levels.5.marginCall'],
  ['an unknown field', { 'policy.colour': 'red' }, 'policy.colour'],
])('O3 L1 a change is judged as a loaded policy is: %s', (_, settings, path) => {
  const exchange = new TestExchange(venue())
  const { refusal } = draft(exchange, settings)
  expect(refusal).toMatchObject({ reason: 'policy_faulty', faults: [{ path }] })
  const rehearsed = exchange.ask('policyRehearsal', { settings: settingsOf(settings) })
  expect(rehearsed).toEqual(refusal)
})

/** Levels 1.5, 1.2, 1.1667 and 1.25 at 5x. */
const DEBTS = ['2000', '3900', '3950', '3999']

test.each<[string, Settings]>([
  [
    'a higher call level',
    { 'policy.levels.5.marginCall': '1.252', 'policy.levels.5.borrow': '1.26' },
  ],
  [
    'a higher liquidation level',
    {
      'policy.levels.5.marginCall': '1.254',
      'policy.levels.5.borrow': '1.26',
      'policy.levels.5.liquidation': '1.2532',
    },
  ],
  ['no collateral', { 'assets.USDT.collateral': [] }],
  ['a lower haircut level', { 'policy.levels.5.borrow': '1.6' }],
])(
  'O1 a dry run names exactly the accounts that change band and are liquidated: %s',
  (_, settings) => {
    const exchange = new TestExchange(venue())
    exchange.prices({ BTC: '30000' })
    for (const debt of DEBTS) borrower(exchange, debt)
    exchange.user({ CROSS_MARGIN: { USDT: '5' } })
    const before = bandsOf(exchange.state)
    const bytes = encodeState(exchange.state)
    const dryRun = exchange.ask('policyRehearsal', { settings: settingsOf(settings) })
    if (isRefusal(dryRun)) throw new Error(JSON.stringify(dryRun))
    expect(Buffer.compare(encodeState(exchange.state), bytes)).toBe(0)
    expect(dryRun.loosening).toBe(false)
    expect(dryRun.bandChanges.length).toBeGreaterThan(0)
    expect(draft(exchange, settings).refusal).toBeNull()
    const { events, refusal } = approve(exchange, 'ann')
    expect(refusal).toBeNull()
    const after = bandsOf(exchange.state)
    const changed = [...before].flatMap(([account, from]) => {
      const to = after.get(account) ?? 'NO_DEBT'
      const userId = ownerOf(exchange.state, account).user.id
      return from === to ? [] : [{ userId, pair: null, from, to }]
    })
    expect(changed).toEqual(dryRun.bandChanges)
    const named = ({ userId, pair }: NamedAccount) => ({ userId, pair })
    expect(all(events, 'LiquidationStarted').map(named)).toEqual(dryRun.liquidations)
    expect(all(events, 'MarginCalled').map(named)).toEqual(dryRun.marginCalls)
  },
)

test('Q1 L5 accounts are called and liquidated by the clock that brings a change, as its dry run said', () => {
  const exchange = new TestExchange(venue())
  exchange.prices({ BTC: '30000' })
  const users = DEBTS.map((debt) => borrower(exchange, debt))
  const settings = {
    'policy.levels.5.borrow': '1.5',
    'policy.levels.5.marginCall': '1.252',
    'policy.levels.5.liquidation': '1.2502',
  }
  draft(exchange, settings, 'ann', START_MS + HOUR_MS / 2)
  approve(exchange, 'ann')
  const { events } = exchange.pass(HOUR_MS / 2)
  expect(all(events, 'LiquidationStarted').map(({ userId }) => userId)).toEqual([users[3]])
  expect(events.findIndex((e) => e.type === 'PolicyChanged')).toBeLessThan(
    events.findIndex((e) => e.type === 'LiquidationStarted'),
  )
})

test('O1 open changes and the changed policy are in the snapshot', () => {
  const exchange = new TestExchange(venue())
  draft(exchange, TIGHT)
  approve(exchange, 'ann')
  draft(exchange, LOOSE)
  draft(exchange, { 'policy.makerFee': '0' })
  approve(exchange, 'bob')
  const copy = decodeState(encodeState(exchange.state))
  expect(Buffer.compare(encodeState(copy), encodeState(exchange.state))).toBe(0)
  expect(copy.policyChanges.nextMs).toBe(START_MS + DAY_MS)
  expect(copy.venue?.policy.levels[5].marginCall).toBe(1_200_000_000_000n)
})

test('O1 the number of open changes has a bound', () => {
  const exchange = new TestExchange(venue())
  for (let n = 0; n < 100; n += 1) draft(exchange, LOOSE)
  expect(draft(exchange, LOOSE).refusal).toEqual({ reason: 'policy_changes_full', limit: 100 })
})

test('T27 other fee tiers hold from their time on, for those who traded before too', () => {
  const exchange = new TestExchange(venue())
  draft(exchange, { 'policy.trading.feeTiers': [], 'policy.makerFee': '0.0005' })
  approve(exchange, 'bob')
  exchange.pass(DAY_MS)
  expect(exchange.state.venue?.policy.trading.feeTiers).toHaveLength(1)
  const userId = exchange.stranger({ SPOT: { USDT: '10' } })
  const symbol = exchange.symbol('BTCUSDT').index
  expect(exchange.ask('commission', { userId, symbol }).standard.maker).toBe(500_000_000n)
})
