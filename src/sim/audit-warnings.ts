import type { EventOf } from '../core/domain/event.ts'
import type { UserId } from '../core/domain/ids.ts'
import type { AuditBalances } from './audit-balances.ts'
import type { Report } from './audit-order.ts'

interface Followed {
  /** Highest first, as counts of 10⁻¹². */
  readonly levels: readonly bigint[]
  /** Told of in cross margin, since anything is owed there. */
  readonly told: Set<bigint>
}

const RATE_SCALE = 10n ** 12n

/** Rule L8: users are told of the levels they set, of no other, and of each that they have fallen to. */
export class AuditWarnings {
  readonly #balances: AuditBalances
  readonly #report: Report
  readonly #followed = new Map<UserId, Followed>()

  constructor(balances: AuditBalances, report: Report) {
    this.#balances = balances
    this.#report = report
  }

  set({ userId, levels }: EventOf<'WarningLevelsSet'>): void {
    const falls = levels.every((level, index) => index === 0 || level < (levels[index - 1] ?? 0n))
    if (!falls || levels.length > 5) this.#report(`L8 user ${userId} has levels out of order`)
    this.#followed.set(userId, { levels, told: new Set() })
  }

  warned({ userId, pair, level, warningLevel }: EventOf<'LevelWarned'>): void {
    const at = scaled(warningLevel)
    const followed = this.#followed.get(userId)
    if (followed === undefined || !followed.levels.includes(at)) {
      this.#report(`L8 user ${userId} is told of ${warningLevel}, which is not theirs`)
      return
    }
    if (scaled(level) > at) this.#report(`L8 user ${userId} is told of ${warningLevel} at ${level}`)
    if (pair !== null) return
    for (const each of followed.levels) if (each >= at) followed.told.add(each)
  }

  /** By good `prices`: whoever stands at or below a level in cross margin has been told of it. */
  sweep(prices: readonly (bigint | null)[], isLiquidating: (userId: UserId) => boolean): void {
    for (const [userId, { levels, told }] of this.#followed) {
      const value = this.#balances.valueOf(userId, null, prices)
      if (value === null || isLiquidating(userId)) continue
      for (const level of levels) {
        const above = value.debts === 0n || value.assets * RATE_SCALE > value.debts * level
        if (!above && !told.has(level)) this.#report(`L8 user ${userId} was not told of a level`)
      }
      if (value.debts === 0n) told.clear()
    }
  }
}

function scaled(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(12, '0'))
}
