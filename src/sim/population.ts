import type { UserId } from '../core/domain/ids.ts'
import { Prng } from '../server/feed/prng.ts'

/** What a trader does when the market turns. */
export type Temper =
  /** Sits through it. */
  | 'holder'
  /** Buys the dip, and sells the rally when short. */
  | 'adder'
  /** Halves the largest position at a margin call. */
  | 'reducer'
  /** Adds collateral at a margin call, once. */
  | 'backer'
  /** Closes everything at a margin call or a bad hour. */
  | 'panicker'

/** One margin trader as drawn from the seed, before anything happened. */
export interface Trader {
  /** Whole USDT put in as own collateral. */
  readonly deposit: number
  readonly temper: Temper
  /** Symbols to open in, by place, with the direction of each. */
  readonly pairs: readonly { readonly symbol: number; readonly long: boolean }[]
  /** Value of all positions over own funds. */
  readonly gearing: number
  /** When it opens, as a share of the opening phase. */
  readonly opensAt: number
}

/** A trader with an account. */
export interface Participant extends Trader {
  readonly userId: UserId
}

export interface PopulationSettings {
  readonly seed: number
  readonly accounts: number
  readonly symbols: number
  /** The most one position may be worth over own funds; null: no cap (rule P3). */
  readonly positionMax: number | null
}

const TEMPERS: readonly (readonly [Temper, weight: number])[] = [
  ['holder', 40],
  ['adder', 15],
  ['reducer', 20],
  ['backer', 10],
  ['panicker', 15],
]

/** Gearing ranges with their weights: a fifth of the traders sit near the edge of what may be borrowed. */
const GEARINGS: readonly (readonly [low: number, high: number, weight: number])[] = [
  [0.8, 2, 30],
  [2, 3.4, 40],
  [3.4, 4.7, 30],
]

/** The margin of error under the cap for fees and moves between the orders of one trader. */
const CAP_SHARE = 0.94
const PAIRS_MAX = 12

/**
 * Traders that differ in size, direction, gearing and temper; the same seed draws the same ones.
 *
 * Under a cap on each position a higher gearing takes more pairs, as rule P4 bounds no sum.
 */
export function drawTraders(settings: PopulationSettings): Trader[] {
  const prng = new Prng(settings.seed)
  return Array.from({ length: settings.accounts }, () => drawTrader(prng, settings))
}

function drawTrader(prng: Prng, { symbols, positionMax }: PopulationSettings): Trader {
  const place = prng.weighted(GEARINGS.map(([, , weight]) => weight))
  const [low, high] = GEARINGS[place] ?? [1, 1]
  const wanted = prng.between(low, high)
  const deposit = Math.round(60_000 + 440_000 * prng.unit() ** 2)
  const temper = TEMPERS[prng.weighted(TEMPERS.map(([, weight]) => weight))]?.[0] ?? 'holder'
  const perPair = positionMax === null ? Infinity : positionMax * CAP_SHARE
  const pairsMin = Math.max(1, Math.ceil(wanted / perPair))
  const count = Math.min(symbols, PAIRS_MAX, Math.max(pairsMin, prng.integer(1, 8)))
  const gearing = Math.min(wanted, count * perPair)
  // Most are bulls with the odd hedge, some are bears; few are balanced.
  const bullishness = prng.pick([0.95, 0.95, 0.9, 0.8, 0.5, 0.1])
  const chosen = prng.shuffled(Array.from({ length: symbols }, (_, symbol) => symbol))
  const pairs = chosen.slice(0, count).map((symbol) => ({ symbol, long: prng.chance(bullishness) }))
  return { deposit, temper, pairs, gearing, opensAt: prng.unit() }
}
