import { afterEach, expect, test, vi } from 'vitest'
import { VENUE_ACCOUNT } from '../../../src/core/ledger/chart.ts'
import type { Amount } from '../../../src/core/money/amount.ts'
import { AMOUNT_MAX, ZERO } from '../../../src/core/money/amount.ts'
import type { Value } from '../../../src/core/money/price.ts'
import type { Rate } from '../../../src/core/money/rate.ts'
import { RATE_SCALE } from '../../../src/core/money/rate.ts'
import { playIncident } from './incident.ts'
import { INCIDENTS } from './incidents.ts'
import { removed } from './removed-rules.ts'

// Each of these functions is a rule. A twin that lacks it gets what a venue without that rule would have done instead.

vi.mock(import('../../../src/core/margin/borrowing.ts'), async (original) => {
  const real = await original()
  const everything = AMOUNT_MAX as Amount
  const anything = {
    amount: everything,
    borrowLimit: everything,
    binding: 'headroom' as const,
    headroom: everything,
    userLimit: everything,
    pool: everything,
    venueCap: everything,
  }
  return {
    ...real,
    maxTransferable: (input) =>
      removed.has('maxTransferable')
        ? input.ledger.free(input.account, input.asset.index)
        : real.maxTransferable(input),
    maxBorrowable: (input) => (removed.has('maxBorrowable') ? anything : real.maxBorrowable(input)),
  }
})

vi.mock(import('../../../src/core/margin/interest.ts'), async (original) => {
  const real = await original()
  return {
    ...real,
    hourlyInterest: (principal, rate) =>
      removed.has('hourlyInterest') ? ZERO : real.hourlyInterest(principal, rate),
  }
})

vi.mock(import('../../../src/core/risk/watchlist.ts'), async (original) => {
  const real = await original()
  class Watchlist extends real.Watchlist {
    override review(...input: Parameters<typeof real.Watchlist.prototype.review>): void {
      if (!removed.has('review')) super.review(...input)
    }
  }
  return { ...real, Watchlist }
})

vi.mock(import('../../../src/core/engine/standing.ts'), async (original) => {
  const real = await original()
  const worthless = {
    assets: 0n as Value,
    debts: 0n as Value,
    collateral: 0n as Value,
    missing: null,
  }
  return {
    ...real,
    refuseStale: (state, asset) =>
      removed.has('refuseStale') ? null : real.refuseStale(state, asset),
    refuseStaleAccount: (state, account) =>
      removed.has('refuseStale') ? null : real.refuseStaleAccount(state, account),
    valuationOf: (state, account) =>
      removed.has('fundPaysFirst') && account === VENUE_ACCOUNT.insuranceFund
        ? worthless
        : real.valuationOf(state, account),
  }
})

vi.mock(import('../../../src/core/engine/recheck.ts'), async (original) => {
  const real = await original()
  return {
    recheckSome: (state) => {
      if (!removed.has('recheckSome')) real.recheckSome(state)
    },
  }
})

/** What FTX had: one account, known by its id, that is not liquidated. */
const FAVOURITE = 2

vi.mock(import('../../../src/core/engine/margin-account.ts'), async (original) => {
  const real = await original()
  return {
    ...real,
    levelsOf: (state, margin) =>
      removed.has('levelsOf') && margin.user.id === FAVOURITE
        ? { ...real.levelsOf(state, margin), liquidation: (RATE_SCALE + 1n) as Rate }
        : real.levelsOf(state, margin),
  }
})

afterEach(() => removed.clear())

const played = INCIDENTS.filter(({ play }) => play !== null)

test.each(played)('$code $title', (incident) => {
  playIncident(incident, null)
})

const twins = played.flatMap((incident) =>
  incident.without.map((without) => ({ ...incident, without, incident })),
)

test.each(twins)('$code bites: without $without.rule it fails', ({ incident, without }) => {
  if ('removed' in without) for (const rule of without.removed) removed.add(rule)
  expect(() => playIncident(incident, without)).toThrow(without.breaks)
})

test('each of the 32 incidents is played with a twin, or says what it waits for', () => {
  expect(INCIDENTS.map(({ code }) => code)).toEqual(
    Array.from({ length: 32 }, (_, index) => `S${String(index + 1).padStart(2, '0')}`),
  )
  for (const { code, play, without, missing } of INCIDENTS) {
    if (play === null) expect(missing?.length, code).toBeGreaterThan(20)
    else expect(without.length, code).toBeGreaterThan(0)
  }
})
