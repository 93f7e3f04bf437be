import { isDeepStrictEqual } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { assert } from '../src/core/assert.ts'
import type { AccountId, UserId } from '../src/core/domain/ids.ts'
import { levelsOf, marginOf } from '../src/core/engine/margin-account.ts'
import { valuationOf } from '../src/core/engine/standing.ts'
import type { ExchangeState } from '../src/core/engine/state.ts'
import { venueOf } from '../src/core/engine/state.ts'
import { compareLevels, levelAtOrBelow } from '../src/core/margin/level.ts'
import type { Prices } from '../src/core/margin/prices.ts'
import type { Valuation } from '../src/core/margin/valuation.ts'
import { valueAccount } from '../src/core/margin/valuation.ts'
import { RiskPopulation } from './risk-population.ts'
import type { BenchRow } from './row.ts'
import { median } from './row.ts'

const SEED = 11
const TICKS = 21
const SCANS = 3
const SIZES = [1_000, 10_000, 100_000, 1_000_000]
const FRAGILE = 10_000
const CRASHES = 3
/** Of 10,000. */
const TICK = 10
const CRASH = 3_000
const SWEEP_BYTES = 256 * 2 ** 20

type Row = Pick<BenchRow, 'case' | 'metric' | 'unit'> &
  Partial<Pick<BenchRow, 'peer' | 'peerValue' | 'ratio'>>

/** Who is at or below a level after a move of BTC, found by the engine, beside the exact scan over all accounts. */
export async function risk({ quick = false }: { readonly quick?: boolean }): Promise<BenchRow[]> {
  const sizes = quick ? SIZES.slice(0, 3) : SIZES
  const rows: BenchRow[] = [bandwidth()]
  for (const accounts of sizes) rows.push(...watch(accounts))
  rows.push(...crash(sizes.at(-1) as number))
  return rows
}

function watch(accounts: number): BenchRow[] {
  const name = `${accounts.toLocaleString('en')} margin accounts, 10 assets each`
  const before = arrayBytes()
  const population = new RiskPopulation({ accounts, fragile: 0, seed: SEED })
  const { state } = population
  const balances = arrayBytes() - before
  const firstMs = population.settle()
  const bytes = arrayBytes() - before - balances
  // Compiles what is measured, and lets those that were just placed be met once.
  for (let n = 0; n < TICKS; n += 1) population.tick(n % 2 === 0 ? -TICK : TICK)
  const falls = Array.from({ length: TICKS }, () => population.tick(-TICK))
  assertSameVerdicts(state)
  const scans = Array.from({ length: SCANS }, () => timed(() => exactScan(state)))
  const walk = Array.from({ length: TICKS }, (_, n) => population.tick(n % 3 === 0 ? -TICK : TICK))
  assertSameVerdicts(state)
  const screens = Array.from({ length: SCANS }, () => timed(() => screenAll(state)))
  const [fall, scan, screen] = [median(falls.map(({ ms }) => ms)), median(scans), median(screens)]
  const memory =
    accounts === SIZES.at(-1) ? memoryRows(name, bytes / accounts, balances / accounts) : []
  const counted = (figures: readonly number[], row: Row): BenchRow => summary(figures, row)
  return [
    counted(
      falls.map(({ ms }) => ms),
      {
        case: `${name}, BTC falls by 0.1 %`,
        metric: 'verdicts on all, to their events',
        unit: 'ms',
        peer: 'the exact scan over all',
        peerValue: scan,
        ratio: scan / fall,
      },
    ),
    counted(
      walk.map(({ ms }) => ms),
      {
        case: `${name}, BTC rises twice by 0.1 % and falls once`,
        metric: 'verdicts on all, to their events',
        unit: 'ms',
        peer: 'floating point over all accounts, no verdict',
        peerValue: screen,
        ratio: screen / median(walk.map(({ ms }) => ms)),
      },
    ),
    counted(
      falls.map(({ measured }) => measured),
      { case: `${name}, BTC falls by 0.1 %`, metric: 'accounts measured', unit: 'accounts' },
    ),
    counted([firstMs], { case: name, metric: 'until all are watched, once', unit: 'ms' }),
    ...memory,
  ]
}

/** Of the largest venue alone: what else is collected meanwhile would outweigh a small one's. */
function memoryRows(name: string, watchlist: number, balances: number): BenchRow[] {
  const unit = 'bytes/account'
  return [
    summary([watchlist], { case: name, metric: 'memory of the watchlist', unit }),
    summary([balances], { case: name, metric: 'memory of the balances, for comparison', unit }),
  ]
}

/** A fall of 30 % that brings 10,000 accounts down, each time of a venue of its own. */
function crash(accounts: number): BenchRow[] {
  const fragile = Math.min(FRAGILE, accounts / 10)
  const runs = Array.from({ length: CRASHES }, (_, run) => {
    const population = new RiskPopulation({ accounts, fragile, seed: SEED + run })
    population.settle()
    const expected = breachedInOrder(population.state, population.pricesAfter(-CRASH))
    const usage = process.cpuUsage()
    const { events, ms, measured } = population.tick(-CRASH)
    const { user, system } = process.cpuUsage(usage)
    const started = events.filter((event) => event.type === 'LiquidationStarted')
    assert(
      isDeepStrictEqual(
        started.map(({ userId }) => userId),
        expected,
      ),
      'Q8 those and only those at or below their level, the lowest first',
    )
    assert(started.length >= fragile, 'the fall brings down those that it was meant to')
    return { ms, cpuMs: (user + system) / 1_000, measured, started: started.length }
  })
  const name = `${accounts.toLocaleString('en')} margin accounts, BTC falls by 30 %, books empty`
  return [
    summary(
      runs.map(({ ms }) => ms),
      { case: name, metric: 'all found and started', unit: 'ms' },
    ),
    // On a machine that others use this says more: with all threads, the collector's included.
    summary(
      runs.map(({ cpuMs }) => cpuMs),
      { case: name, metric: 'processor time of that', unit: 'ms' },
    ),
    summary(
      runs.map(({ measured }) => measured),
      { case: name, metric: 'accounts measured', unit: 'accounts' },
    ),
    summary(
      runs.map(({ started }) => started),
      { case: name, metric: 'accounts liquidated', unit: 'accounts' },
    ),
  ]
}

/** Whom these prices bring down, by exact integers. With empty books no liquidation moves another account. */
function breachedInOrder(state: ExchangeState, prices: Prices): UserId[] {
  const breached: { readonly userId: UserId; readonly valuation: Valuation }[] = []
  for (const debtor of state.indebted.members()) {
    const account = debtor as AccountId
    const margin = marginOf(state, account)
    const valuation = valueAccount(state.ledger, account, venueOf(state), prices)
    const { assets, debts } = valuation
    if (!levelAtOrBelow(assets, debts, levelsOf(state, margin).liquidation)) continue
    breached.push({ userId: margin.user.id, valuation })
  }
  breached.sort((a, b) => compareLevels(a.valuation, b.valuation) || a.userId - b.userId)
  return breached.map(({ userId }) => userId)
}

/** Those at or below their liquidation level, and those only at or below their call level, by exact integers. */
function exactScan(state: ExchangeState): { liquidated: number[]; called: number[] } {
  const liquidated: number[] = []
  const called: number[] = []
  for (const debtor of state.indebted.members()) {
    const { assets, debts } = valuationOf(state, debtor as AccountId)
    const levels = levelsOf(state, marginOf(state, debtor as AccountId))
    if (levelAtOrBelow(assets, debts, levels.liquidation)) liquidated.push(debtor)
    else if (levelAtOrBelow(assets, debts, levels.marginCall)) called.push(debtor)
  }
  return { liquidated, called }
}

function screenAll(state: ExchangeState): number {
  const sums = new Float64Array(2)
  let near = 0
  for (const debtor of state.indebted.members()) {
    state.ledger.screen(debtor as AccountId, state.screenPrices, sums)
    if ((sums[0] as number) <= 1.16 * (sums[1] as number)) near += 1
  }
  return near
}

/** The engine has called and closed exactly those that the scan finds, but for those that rose again in liquidation. */
function assertSameVerdicts(state: ExchangeState): void {
  const { liquidated, called } = exactScan(state)
  const closing = new Set<number>([...state.liquidations.values()].map(({ account }) => account))
  assert(
    liquidated.every((account) => closing.has(account)),
    'Q1 none is missed',
  )
  assert(
    isDeepStrictEqual(
      called.filter((account) => !closing.has(account)),
      [...state.called].toSorted((a, b) => a - b),
    ),
    'L5 exactly those are called',
  )
}

/** How fast this machine reads memory in order on one core: what no scan over all accounts can be faster than. */
function bandwidth(): BenchRow {
  const numbers = new Float64Array(SWEEP_BYTES / 8).fill(1)
  const figures = Array.from({ length: 5 }, () => {
    let sum = 0
    const ms = timed(() => {
      sum = sweep(numbers)
    })
    assert(sum === numbers.length, 'every number was read')
    return SWEEP_BYTES / 1e6 / ms
  })
  const row = { case: 'this machine', metric: 'memory read in order', unit: 'GB/s' }
  return summary(figures, row)
}

function sweep(numbers: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let at = 0; at < numbers.length; at += 4) {
    a += numbers[at] as number
    b += numbers[at + 1] as number
    c += numbers[at + 2] as number
    d += numbers[at + 3] as number
  }
  return a + b + c + d
}

function timed(act: () => unknown): number {
  const started = performance.now()
  act()
  return performance.now() - started
}

/** What typed arrays take once those no longer in use are collected. */
function arrayBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().arrayBuffers
}

function summary(figures: readonly number[], row: Row): BenchRow {
  return {
    bench: 'risk',
    ...row,
    value: median(figures),
    runs: figures.length,
    min: Math.min(...figures),
    max: Math.max(...figures),
  }
}
