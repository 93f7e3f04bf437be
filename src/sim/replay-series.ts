import type { Outcome } from '../core/domain/event.ts'
import { VENUE_ACCOUNT } from '../core/ledger/chart.ts'
import type { IndexPrice } from '../core/money/price.ts'
import { INDEX_PRICE_SCALE } from '../core/money/price.ts'
import { divFloor } from '../core/money/rounding.ts'
import type { Participant } from './population.ts'
import type { Session } from './session.ts'

/** Accounts by margin level, healthiest first; the last counts those that owe nothing. */
export const BANDS = [
  { name: 'level above 2', below: Infinity },
  { name: '1.5 to 2', below: 2 },
  { name: '1.25 to 1.5', below: 1.5 },
  { name: '1.16 to 1.25', below: 1.25 },
  { name: '1.16 or less', below: 1.16 },
] as const

/** The state of the venue at one point of a replay. */
export interface Sample {
  readonly timeMs: number
  /** USDT by asset; null while unknown. */
  readonly prices: readonly (number | null)[]
  /** Accounts by band, then accounts without debt. */
  readonly bands: readonly number[]
  /** Since the sample before. */
  readonly liquidations: number
  readonly marginCalls: number
  /** Whole USDT. */
  readonly insuranceFund: number
  /** What accounts owed beyond what they had, so far; whole USDT. */
  readonly badDebt: number
}

/** Sums over a whole replay. Amounts in 10⁻⁸ USDT. */
export interface Totals {
  liquidations: number
  marginCalls: number
  takenOver: number
  trades: number
  valueLiquidated: bigint
  clearanceFees: bigint
  fundPaid: bigint
  lendersLost: bigint
  readonly liquidatedUsers: Set<number>
}

/** Watches a replay: running totals from events, and samples of the state for charts. */
export class ReplaySeries {
  readonly #session: Session
  readonly samples: Sample[] = []
  readonly totals: Totals = {
    liquidations: 0,
    marginCalls: 0,
    takenOver: 0,
    trades: 0,
    valueLiquidated: 0n,
    clearanceFees: 0n,
    fundPaid: 0n,
    lendersLost: 0n,
    liquidatedUsers: new Set(),
  }
  #sampledLiquidations = 0
  #sampledCalls = 0

  constructor(session: Session) {
    this.#session = session
    session.observe((_sequenced, outcome) => this.#count(outcome))
  }

  sample(
    timeMs: number,
    participants: readonly Participant[],
    prices: readonly (IndexPrice | null)[],
  ): void {
    const { liquidations, marginCalls, fundPaid, lendersLost } = this.totals
    const floats = prices.map((price) => (price === null ? null : Number(price) / 1e8))
    this.samples.push({
      timeMs,
      prices: floats,
      bands: this.#bands(participants, floats),
      liquidations: liquidations - this.#sampledLiquidations,
      marginCalls: marginCalls - this.#sampledCalls,
      insuranceFund: Math.floor(Number(this.insuranceFund(prices)) / 1e8),
      badDebt: Math.floor(Number(fundPaid + lendersLost) / 1e8),
    })
    this.#sampledLiquidations = liquidations
    this.#sampledCalls = marginCalls
  }

  /** What the insurance fund has less what it owes, at index prices, in 10⁻⁸ USDT; unpriced assets count nothing. */
  insuranceFund(prices: readonly (IndexPrice | null)[]): bigint {
    const { ledger } = this.#session.state
    let value = 0n
    ledger.forEachHolding(VENUE_ACCOUNT.insuranceFund, (asset, held, owed) => {
      value += (held - owed) * (prices[asset] ?? 0n)
    })
    return divFloor(value, INDEX_PRICE_SCALE)
  }

  #count(outcome: Outcome): void {
    const { totals } = this
    for (const event of outcome.events) {
      if (event.type === 'TradeExecuted') totals.trades += 1
      else if (event.type === 'MarginCalled') totals.marginCalls += 1
      else if (event.type === 'LiquidationStarted') {
        totals.liquidations += 1
        totals.liquidatedUsers.add(event.userId)
      } else if (event.type === 'LiquidationFinished') {
        totals.valueLiquidated += event.valueLiquidated
        totals.clearanceFees += event.clearanceFee
        totals.fundPaid += event.fundPaid
        totals.lendersLost += event.lendersLost
        if (event.outcome === 'taken_over') totals.takenOver += 1
      }
    }
  }

  #bands(participants: readonly Participant[], prices: readonly (number | null)[]): number[] {
    const { ledger, users } = this.#session.state
    const row = Float64Array.from(prices, (price) => price ?? 0)
    const sums = new Float64Array(2)
    const counts = new Array<number>(BANDS.length + 1).fill(0)
    for (const { userId } of participants) {
      const account = users[userId - 1]?.accounts.CROSS_MARGIN
      if (account === undefined) continue
      ledger.screen(account, row, sums)
      const [assets = 0, debts = 0] = sums
      const band = debts > 0 ? bandOf(assets / debts) : BANDS.length
      counts[band] = (counts[band] ?? 0) + 1
    }
    return counts
  }
}

function bandOf(level: number): number {
  let band = 0
  for (const [place, { below }] of BANDS.entries()) if (level < below) band = place
  return band
}
