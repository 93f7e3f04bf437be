import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../domain/ids.ts'
import { testVenue, units } from '../margin/fixture.ts'
import type { Amount } from '../money/amount.ts'
import type { EligibilityInput } from './eligibility.ts'
import { judgeEligibility, SAMPLE_HOURS } from './eligibility.ts'

const { policy } = testVenue()
/** Some minutes past a full hour. */
const NOW_MS = 500_000 * HOUR_MS + 600_000
const LAST_HOUR_MS = 500_000 * HOUR_MS

const hours = (count: number, equity: string): bigint[] =>
  new Array<bigint>(count).fill(units(equity))

/** Everything met, the average exactly at 50,000. */
const USER: EligibilityInput = {
  kyc: 'APPROVED',
  disclosure: '2026-01',
  policy,
  firstDepositMs: NOW_MS - 8 * DAY_MS,
  nowMs: NOW_MS,
  samples: hours(SAMPLE_HOURS, '50000'),
  currentEquity: units('50000'),
  mode: 'CROSS',
}

const judge = (change: Partial<EligibilityInput>) => judgeEligibility({ ...USER, ...change })

test('E1 E3 E4 E5 a user who meets everything is eligible now', () => {
  expect(judge({})).toEqual({
    eligible: true,
    conditions: [
      { rule: 'E1', met: true, have: 'APPROVED', need: 'APPROVED' },
      { rule: 'E3', met: true, have: '8 d 0 h', need: '7 d 0 h' },
      { rule: 'E4', met: true, have: '50000.00000000 USDT', need: '50000.00000000 USDT' },
      { rule: 'E5', met: true, have: '2026-01', need: '2026-01' },
    ],
    average: units('50000'),
    eligibleAtMs: NOW_MS,
  })
})

test('E6 a new user is told every condition, what is there and what is needed', () => {
  const judged = judge({
    kyc: 'NONE',
    disclosure: null,
    firstDepositMs: null,
    samples: [],
    currentEquity: units('0'),
  })
  expect(judged).toEqual({
    eligible: false,
    conditions: [
      { rule: 'E1', met: false, have: 'NONE', need: 'APPROVED' },
      { rule: 'E3', met: false, have: 'no deposit', need: '7 d 0 h' },
      { rule: 'E4', met: false, have: '0.00000000 USDT', need: '50000.00000000 USDT' },
      { rule: 'E5', met: false, have: 'none', need: '2026-01' },
    ],
    average: units('0'),
    eligibleAtMs: null,
  })
})

test.each(['NONE', 'PENDING', 'REJECTED', 'REVOKED'] as const)('E1 %s is not approved', (kyc) => {
  const { eligible, eligibleAtMs } = judge({ kyc })
  expect({ eligible, eligibleAtMs }).toEqual({ eligible: false, eligibleAtMs: null })
})

test('E5 an older version of the disclosure is not the current one', () => {
  const { conditions, eligibleAtMs } = judge({ disclosure: '2025-12' })
  expect(conditions.find(({ rule }) => rule === 'E5')).toEqual({
    rule: 'E5',
    met: false,
    have: '2025-12',
    need: '2026-01',
  })
  expect(eligibleAtMs).toBe(null)
})

test.each([
  ['a millisecond short of seven days', 7 * DAY_MS - 1, false, '6 d 23 h'],
  ['seven days', 7 * DAY_MS, true, '7 d 0 h'],
  ['a millisecond more', 7 * DAY_MS + 1, true, '7 d 0 h'],
])('E3 the first deposit %s ago', (_what, agoMs, met, have) => {
  const { eligible, conditions, eligibleAtMs } = judge({ firstDepositMs: NOW_MS - agoMs })
  expect(eligible).toBe(met)
  expect(conditions[1]).toEqual({ rule: 'E3', met, have, need: '7 d 0 h' })
  expect(eligibleAtMs).toBe(met ? NOW_MS : NOW_MS + 1)
})

test.each([
  [
    'one unit in one hour short',
    [...hours(167, '50000'), units('50000') - 1n],
    false,
    '49999.99999999',
  ],
  ['exactly there', hours(168, '50000'), true, '50000'],
  ['one unit more', [...hours(167, '50000'), units('50000') + 1n], true, '50000'],
  ['an hour missing before the rest', hours(167, '50000'), false, '49702.38095238'],
  ['an hour missing, the rest makes up for it', hours(167, '50299.40119761'), true, '50000'],
  [
    'older than a week counts no more',
    [...hours(9, '90000000'), ...hours(168, '49999')],
    false,
    '49999',
  ],
  [
    'an hour of debt counts against',
    [...hours(167, '50000'), -units('100')],
    false,
    '49701.78571428',
  ],
])('E2 E4 R1 the average of 168 hours: %s', (_what, samples, met, average) => {
  const judged = judge({ samples })
  expect(judged.eligible).toBe(met)
  expect(judged.average).toBe(units(average))
})

test('E2 an average below zero is rounded down too', () => {
  expect(judge({ samples: [-1n] }).average).toBe(-1n)
})

test.each<[string, Partial<EligibilityInput>, number | null]>([
  // Every hour replaces a zero: 100 of 168 hours at 84,000 are 50,000.
  [
    '40 hours at 84,000, 60 to come',
    {
      samples: hours(40, '84000'),
      currentEquity: units('84000'),
      firstDepositMs: NOW_MS - 7 * DAY_MS,
    },
    LAST_HOUR_MS + 60 * HOUR_MS,
  ],
  [
    'the same with a deposit of two days ago',
    {
      samples: hours(40, '84000'),
      currentEquity: units('84000'),
      firstDepositMs: NOW_MS - 2 * DAY_MS,
    },
    NOW_MS + 5 * DAY_MS,
  ],
  [
    'a deposit just now: the hours suffice, the week takes ten minutes more',
    { samples: [], currentEquity: units('50000'), firstDepositMs: NOW_MS },
    NOW_MS + 7 * DAY_MS,
  ],
  [
    'a rich deposit just now',
    { samples: [], currentEquity: units('9000000'), firstDepositMs: NOW_MS },
    NOW_MS + 7 * DAY_MS,
  ],
  ['never enough', { samples: hours(168, '49000'), currentEquity: units('49999.99999999') }, null],
  [
    'enough now, spent before the week is over',
    { firstDepositMs: NOW_MS - 3 * DAY_MS, currentEquity: units('1') },
    null,
  ],
  [
    'enough when the week is over, though sinking',
    {
      firstDepositMs: NOW_MS - 7 * DAY_MS + HOUR_MS,
      samples: hours(168, '60000'),
      currentEquity: units('0'),
    },
    NOW_MS + HOUR_MS,
  ],
  ['no deposit', { firstDepositMs: null }, null],
])('E6 when E2–E4 would be met: %s', (_what, change, at) => {
  expect(judge(change).eligibleAtMs).toBe(at)
})

test('E6 at the moment given the user is eligible if balances stay, and at no earlier hour', () => {
  const equity = fc.bigInt(-units('1000'), units('200000'))
  fc.assert(
    fc.property(
      fc.array(equity, { maxLength: 170 }),
      equity,
      fc.integer({ min: 0, max: 9 * DAY_MS }),
      (samples, current, fundedMs) => {
        const start = {
          samples,
          currentEquity: current as Amount,
          firstDepositMs: NOW_MS - fundedMs,
        }
        const { eligibleAtMs } = judge(start)
        const eligibleAt = (nowMs: number): boolean => {
          const passed = Math.floor(nowMs / HOUR_MS) - Math.floor(NOW_MS / HOUR_MS)
          const grown = [...samples, ...new Array<bigint>(passed).fill(current)]
          return judge({ ...start, samples: grown, nowMs }).eligible
        }
        if (eligibleAtMs !== null) expect(eligibleAt(eligibleAtMs)).toBe(true)
        const end = eligibleAtMs ?? NOW_MS + 20 * DAY_MS
        for (let ms = NOW_MS; ms < end; ms = Math.floor(ms / HOUR_MS + 1) * HOUR_MS) {
          if (eligibleAt(ms)) throw new Error(`eligible at ${ms}, before ${eligibleAtMs}`)
        }
      },
    ),
    { numRuns: 25 },
  )
})

test('E3 E4 without a balance gate both are met, the rest still counts', () => {
  const ungated = { policy: { ...policy, minimumAverageBalance: null }, firstDepositMs: null }
  const judged = judge({ ...ungated, samples: [], currentEquity: units('0') })
  expect(judged.eligible).toBe(true)
  expect(judged.eligibleAtMs).toBe(NOW_MS)
  expect(judged.conditions.map(({ rule, need }) => [rule, need])).toEqual([
    ['E1', 'APPROVED'],
    ['E3', '0 d 0 h'],
    ['E4', '0.00000000 USDT'],
    ['E5', '2026-01'],
  ])
  expect(judge({ ...ungated, kyc: 'PENDING' }).eligible).toBe(false)
})

test.each([
  ['999.99999999', false],
  ['1000', true],
  ['1000.00000001', true],
])('M4 isolated margin at an average of %s, with no wait', (equity, met) => {
  const judged = judge({
    mode: 'ISOLATED',
    samples: hours(168, equity),
    currentEquity: units(equity),
    firstDepositMs: NOW_MS,
  })
  expect(judged.eligible).toBe(met)
  expect(judged.conditions).toEqual([
    { rule: 'E1', met: true, have: 'APPROVED', need: 'APPROVED' },
    { rule: 'E5', met: true, have: '2026-01', need: '2026-01' },
    { rule: 'M4', met, have: `${judgedText(equity)} USDT`, need: '1000.00000000 USDT' },
  ])
  expect(judged.eligibleAtMs).toBe(met ? NOW_MS : null)
})

function judgedText(equity: string): string {
  return equity.includes('.') ? equity : `${equity}.00000000`
}

test('M4 needs E1 and E5, and no average without its gate', () => {
  expect(judge({ mode: 'ISOLATED', kyc: 'REVOKED' }).eligible).toBe(false)
  const ungated = { ...policy, isolatedMinimumAverageBalance: null }
  expect(judge({ mode: 'ISOLATED', policy: ungated, samples: [] }).eligible).toBe(true)
})

test('E6 a week that ends on the full hour is judged with that hour’s sample', () => {
  const firstDepositMs = LAST_HOUR_MS + HOUR_MS - 7 * DAY_MS
  expect(judge({ firstDepositMs }).eligibleAtMs).toBe(LAST_HOUR_MS + HOUR_MS)
  expect(judge({ firstDepositMs, currentEquity: units('49999') }).eligibleAtMs).toBe(null)
})
