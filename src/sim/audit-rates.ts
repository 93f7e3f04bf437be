import type { EventOf } from '../core/domain/event.ts'
import type { AssetIndex, UserId } from '../core/domain/ids.ts'
import { HOUR_MS } from '../core/domain/ids.ts'
import type { Venue } from '../core/domain/venue.ts'

const SCALE = 10n ** 12n

/** What loans cost by the auditor's own reckoning: rates as they were announced, and each user's VIP level (I2, B12). */
export class AuditRates {
  #venue: Venue
  readonly #report: (violation: string) => void
  readonly #daily: bigint[]
  readonly #announced: boolean[]
  readonly #tiers = new Map<UserId, number>()
  readonly #levels = new Map<UserId, number>()

  constructor(venue: Venue, report: (violation: string) => void) {
    this.#venue = venue
    this.#report = report
    this.#daily = venue.assets.map(({ dailyInterestRate }) => dailyInterestRate)
    this.#announced = venue.assets.map(() => false)
  }

  /** The next full hour goes by the new curve. */
  changeVenue(venue: Venue): void {
    this.#venue = venue
  }

  setTier(userId: UserId, tier: number): void {
    this.#tiers.set(userId, tier)
  }

  setVipLevel(userId: UserId, level: number | null): void {
    if (level === null) this.#levels.delete(userId)
    else this.#levels.set(userId, level)
  }

  /** A rate changes at full hours, along the curve. The share lent is told rounded down, so the rate lies in a range. */
  set({ asset, dailyRate, utilization, effectiveMs }: EventOf<'InterestRateSet'>): void {
    const at = `I2 rate of asset ${asset}`
    const again = this.#announced[asset] === true
    if (again && effectiveMs % HOUR_MS !== 0) this.#report(`${at}: within an hour`)
    if (again && this.#daily[asset] === dailyRate) this.#report(`${at}: as before`)
    const [low, high] = [this.#at(asset, utilization), this.#at(asset, utilization + 1n) + 1n]
    if (dailyRate < low || dailyRate > high) this.#report(`${at}: ${dailyRate}, not ${low}`)
    this.#daily[asset] = dailyRate
    this.#announced[asset] = true
  }

  for(userId: UserId, asset: AssetIndex): bigint {
    const { vip } = this.#venue.policy.lending
    const level = this.#levels.get(userId) ?? this.#tiers.get(userId) ?? 0
    const interest = vip[level < vip.length ? level : vip.length - 1]?.interest ?? SCALE
    return ((this.#daily[asset] ?? 0n) * interest + SCALE - 1n) / SCALE
  }

  /** Rounded down. */
  #at(asset: AssetIndex, lent: bigint): bigint {
    const { dailyInterestRate: base = 0n, rateCurve = null } = this.#venue.assets[asset] ?? {}
    if (rateCurve === null) return base
    const { kink, atKink, atFull } = rateCurve
    if (lent <= kink) return base + ((atKink - base) * lent) / kink
    const beyond = lent < SCALE ? lent - kink : SCALE - kink
    return atKink + ((atFull - atKink) * beyond) / (SCALE - kink)
  }
}
