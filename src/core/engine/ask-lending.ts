import type {
  CollateralAnswer,
  LoanTerms,
  PoolAnswer,
  PoolPosition,
  SmallDebtAnswer,
} from '../domain/question.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
import { rateAtLevel, utilizationOf } from '../margin/interest-rate.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import type { IndexPrice } from '../money/price.ts'
import { valueAt } from '../money/price.ts'
import { maxBigint } from '../money/rounding.ts'
import { borrowLimitAt } from './funds.ts'
import { nextDailyRate, vipLevelOf, vipTermsAt } from './interest-rates.ts'
import { lentFrom, suppliedTo } from './lend.ts'
import { smallDebtsOf } from './small-debts.ts'
import type { ExchangeState, User } from './state.ts'
import { venueOf } from './state.ts'

const NO_PRICE = 0n as IndexPrice

export function pools(state: ExchangeState): PoolAnswer[] {
  return venueOf(state).assets.map(({ index, poolReserve }) => {
    const { lends, dailyRate } = state.pools.of(index)
    const withdrawable = state.ledger.free(VENUE_ACCOUNT.pool, index)
    const supplied = suppliedTo(state, index)
    const lent = lentFrom(state, index)
    return {
      supplied,
      lent,
      available: lends ? (maxBigint(withdrawable - poolReserve, 0n) as Amount) : ZERO,
      withdrawable,
      due: state.ledger.free(VENUE_ACCOUNT.lendersDue, index),
      lends,
      utilization: utilizationOf(lent, supplied),
      dailyRate,
      nextDailyRate: nextDailyRate(state, index),
    }
  })
}

export function collateral(state: ExchangeState): CollateralAnswer[] {
  return venueOf(state).assets.map(({ index, collateralCap, ...asset }) => {
    const held = valueAt(state.collateralHeld[index] ?? 0n, state.prices[index] ?? NO_PRICE)
    return {
      cap: collateralCap,
      held,
      weights: asset.collateral.map(({ weight }) => weight),
      capBinds: collateralCap !== null && held > collateralCap,
    }
  })
}

/** Where the user lends, or ever did. */
export function poolPositions(state: ExchangeState, user: User): PoolPosition[] {
  return state.pools.all().flatMap(({ asset, claims }) => {
    const claim = claims.get(user.id)
    if (claim === undefined) return []
    const { amount, earning, earned, lost } = claim
    return [{ asset, claim: amount, earning, earned, lost }]
  })
}

export function loanTerms(state: ExchangeState, user: User, asked: number | null): LoanTerms {
  const vipLevel = asked ?? vipLevelOf(state, user)
  const terms = vipTermsAt(state, vipLevel)
  const assets = state.pools.all().map(({ asset, dailyRate }) => ({
    dailyRate: rateAtLevel(dailyRate, terms.interest),
    nextDailyRate: rateAtLevel(nextDailyRate(state, asset), terms.interest),
    borrowLimit: borrowLimitAt(state, asset, terms),
  }))
  return { vipLevel, assets }
}

export function smallDebts(state: ExchangeState, user: User): SmallDebtAnswer[] {
  const account = user.accounts.CROSS_MARGIN
  return smallDebtsOf(state, user).map(({ asset: { index }, cost }) => ({
    asset: index,
    principal: state.ledger.principal(account, index),
    interest: state.ledger.interest(account, index),
    cost,
  }))
}
