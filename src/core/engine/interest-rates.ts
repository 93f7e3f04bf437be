import type { Command } from '../domain/command.ts'
import type { AssetIndex } from '../domain/ids.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { VipTerms } from '../domain/venue.ts'
import { dailyRateAt, rateAtLevel, utilizationOf } from '../margin/interest-rate.ts'
import type { Rate } from '../money/rate.ts'
import { ONE } from '../money/rate.ts'
import { lentFrom, suppliedTo } from './lend.ts'
import type { ExchangeState, User } from './state.ts'
import { assetAt, venueOf } from './state.ts'

const PLAIN_TERMS: VipTerms = { borrowLimit: ONE, interest: ONE }

/** Rule B12: as an operator set it, else by the volume that fees go by; never above the highest that there is. */
export function vipLevelOf(state: ExchangeState, { vipLevel, feeTier }: User): number {
  const highest = venueOf(state).policy.lending.vip.length - 1
  return Math.min(vipLevel ?? feeTier, highest)
}

export function vipTermsOf(state: ExchangeState, user: User): VipTerms {
  return vipTermsAt(state, vipLevelOf(state, user))
}

/** Of a level that there is; the plain ones of any other. */
export function vipTermsAt(state: ExchangeState, vipLevel: number): VipTerms {
  return venueOf(state).policy.lending.vip[vipLevel] ?? PLAIN_TERMS
}

export function setVipLevel(
  state: ExchangeState,
  user: User,
  { vipLevel }: Extract<Command, { type: 'SetVipLevel' }>,
): Refusal | null {
  const highest = venueOf(state).policy.lending.vip.length - 1
  if (vipLevel !== null && (vipLevel < 0 || vipLevel > highest)) {
    return { reason: 'vip_level_unknown', asked: vipLevel, highest }
  }
  user.vipLevel = vipLevel
  state.events.push({ type: 'VipLevelSet', userId: user.id, vipLevel })
  return null
}

/** What a day's loan costs a user; null: the insurance fund, which pays the plain rate. */
export function dailyRateOf(state: ExchangeState, asset: AssetIndex, user: User | null): Rate {
  const { dailyRate } = state.pools.of(asset)
  return user === null ? dailyRate : rateAtLevel(dailyRate, vipTermsOf(state, user).interest)
}

/** What the next full hour will set, should the pool then be lent as it is now. At VIP level 0. */
export function nextDailyRate(state: ExchangeState, asset: AssetIndex): Rate {
  return dailyRateAt(assetAt(state, asset), lentFrom(state, asset), suppliedTo(state, asset))
}

/** Rule I2, at the start and at each full hour. */
export function setRates(state: ExchangeState): void {
  for (const pool of state.pools.all()) {
    const dailyRate = nextDailyRate(state, pool.asset)
    if (dailyRate !== pool.dailyRate) {
      pool.dailyRate = dailyRate
      announceRate(state, pool.asset)
    }
  }
}

export function announceRate(state: ExchangeState, asset: AssetIndex): void {
  state.events.push({
    type: 'InterestRateSet',
    asset,
    dailyRate: state.pools.of(asset).dailyRate,
    utilization: utilizationOf(lentFrom(state, asset), suppliedTo(state, asset)),
    effectiveMs: state.nowMs,
  })
}
