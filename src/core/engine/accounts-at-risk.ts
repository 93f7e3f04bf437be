import type { Band } from '../domain/band.ts'
import type { AccountId } from '../domain/ids.ts'
import type { AccountAtRisk } from '../domain/operator-answer.ts'
import { bandOf } from '../margin/band.ts'
import { formatLevel } from '../margin/level.ts'
import type { Amount } from '../money/amount.ts'
import { usdtFloor } from '../money/price.ts'
import { levelsOf, marginOf } from './margin-account.ts'
import { valuationOf } from './standing.ts'
import type { ExchangeState } from './state.ts'

/** The band of every margin account that owes anything; every other has no debt. In the order of accounts. */
export function bandsOf(state: ExchangeState): Map<AccountId, Band> {
  const bands = new Map<AccountId, Band>()
  for (const member of state.indebted.members()) {
    bands.set(member as AccountId, bandAt(state, member as AccountId))
  }
  return bands
}

function bandAt(state: ExchangeState, account: AccountId): Band {
  const margin = marginOf(state, account)
  if (margin.liquidation !== null) return 'LIQUIDATION'
  return bandOf(valuationOf(state, account), levelsOf(state, margin))
}

/**
 * The accounts nearest to their liquidation level, nearest first, at most `limit`. All that owe are looked at in
 * floating point; only those listed are valued exactly.
 */
export function accountsAtRisk(state: ExchangeState, limit: number): AccountAtRisk[] {
  const sums = new Float64Array(2)
  const near = [...state.indebted.members()].map((member) => {
    const account = member as AccountId
    state.ledger.screen(account, state.screenPrices, sums)
    const level = levelsOf(state, marginOf(state, account)).screen.liquidation
    const distance = (sums[0] ?? 0) / ((sums[1] ?? 0) * level)
    // Of what has no price nothing is known: it comes first.
    return { account, distance: Number.isNaN(distance) ? -1 : distance }
  })
  near.sort((a, b) => a.distance - b.distance || a.account - b.account)
  return near.slice(0, limit).map(({ account }) => riskOf(state, account))
}

function riskOf(state: ExchangeState, account: AccountId): AccountAtRisk {
  const { user, pair, liquidation } = marginOf(state, account)
  const { assets, debts } = valuationOf(state, account)
  return {
    userId: user.id,
    pair,
    band: bandAt(state, account),
    marginLevel: formatLevel(assets, debts),
    leverage: user.leverage,
    assetsUsdt: usdtFloor(assets),
    debtsUsdt: -usdtFloor(-debts) as Amount,
    liquidationId: liquidation,
  }
}
