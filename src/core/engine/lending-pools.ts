import { present } from '../assert.ts'
import type { AssetIndex, UserId } from '../domain/ids.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import type { Rate } from '../money/rate.ts'

/** A user, or 0 for the venue, whose own claim is what it seeded the pool with. */
export type LenderId = UserId | 0
export const VENUE_LENDER = 0

/** What a lender has in a pool. */
export interface PoolClaim {
  /** What the pool owes the lender. */
  amount: Amount
  /** The part of it that has been there since the last full hour, and so earns at the next (rule B10). */
  earning: Amount
  /** Over all time. */
  earned: Amount
  lost: Amount
}

export interface LendingPool {
  readonly asset: AssetIndex
  /** A day's interest at VIP level 0 (rule I2). */
  dailyRate: Rate
  /** False while an operator keeps it from lending. */
  lends: boolean
  /** In order of first supply: the order in which sums are divided. */
  readonly claims: Map<LenderId, PoolClaim>
}

/**
 * The pools that loans come from, asset by asset. What a pool owes its lenders is what it holds and what it has lent
 * (rule V12); where that lies is the ledger's business.
 */
export class LendingPools {
  readonly #pools: readonly LendingPool[]

  constructor(rates: readonly Rate[]) {
    this.#pools = rates.map((dailyRate, asset) => ({
      asset: asset as AssetIndex,
      dailyRate,
      lends: true,
      claims: new Map(),
    }))
  }

  of(asset: AssetIndex): LendingPool {
    return present(this.#pools[asset], 'every asset has a pool')
  }

  all(): readonly LendingPool[] {
    return this.#pools
  }

  claim(asset: AssetIndex, lender: LenderId): Readonly<PoolClaim> | undefined {
    return this.of(asset).claims.get(lender)
  }

  /** The lender's claim, made if there is none yet. */
  open(asset: AssetIndex, lender: LenderId): PoolClaim {
    const { claims } = this.of(asset)
    const claim = claims.get(lender) ?? { amount: ZERO, earning: ZERO, earned: ZERO, lost: ZERO }
    claims.set(lender, claim)
    return claim
  }
}
