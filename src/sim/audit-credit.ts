import type { UserId } from '../core/domain/ids.ts'
import type { Levels, Venue } from '../core/domain/venue.ts'
import type { Leverage } from '../core/domain/wallet.ts'
import type { AuditBalances } from './audit-balances.ts'
import type { Report } from './audit-order.ts'

const RATE_SCALE = 10n ** 12n

/** Rules B1, L2 and X3: what a loan or a transfer out leaves an account with, by the auditor's own sums and bands. */
export class AuditCredit {
  #venue: Venue
  readonly #balances: AuditBalances
  /** By asset; null while the index is not good. */
  readonly #prices: () => readonly (bigint | null)[]
  readonly #report: Report
  readonly #leverage = new Map<UserId, Leverage>()

  constructor(
    venue: Venue,
    balances: AuditBalances,
    prices: () => readonly (bigint | null)[],
    report: Report,
  ) {
    this.#venue = venue
    this.#balances = balances
    this.#prices = prices
    this.#report = report
  }

  changeVenue(venue: Venue): void {
    this.#venue = venue
  }

  openUser(userId: UserId): void {
    this.#leverage.set(userId, this.#venue.policy.defaultLeverage)
  }

  setLeverage(userId: UserId, leverage: Leverage): void {
    this.#leverage.set(userId, leverage)
  }

  /** B1: to be called once the loan and its first hour of interest are booked. */
  lent(userId: UserId): void {
    this.#check(userId, `B1 the loan of user ${userId}`, ({ borrow }) => borrow)
  }

  /** L2: to be called once what left the cross wallet is booked. */
  left(userId: UserId): void {
    this.#check(userId, `L2 the transfer of user ${userId}`, ({ transferOut }) => transferOut)
  }

  #check(userId: UserId, at: string, ratio: (levels: Levels) => bigint): void {
    const prices = this.#prices()
    let collateral = 0n
    let debts = 0n
    let owes = false
    let blind = false
    for (const { index } of this.#venue.assets) {
      const place = this.#balances.place(userId, 'CROSS_MARGIN', index)
      const held = this.#balances.heldAt(place)
      const owed = this.#balances.owedAt(place)
      const price = prices[index] ?? null
      if (price === null && held + owed > 0n) blind = true
      if (owed > 0n) owes = true
      collateral += this.#counted(index, held * (price ?? 0n))
      debts += owed * (price ?? 0n)
    }
    if (!owes) return
    const { levels, defaultLeverage } = this.#venue.policy
    const need = ratio(levels[this.#leverage.get(userId) ?? defaultLeverage])
    if (blind) this.#report(`X3 ${at} depends on an index that is not good`)
    else if (collateral * RATE_SCALE < debts * need) this.#report(`${at} leaves too little`)
  }

  /** C1: each band's weight on the part of the value inside it, rounded down once. 10⁻¹⁶ USDT. */
  #counted(asset: number, value: bigint): bigint {
    let weighted = 0n
    let below = 0n
    for (const { upTo, weight } of this.#venue.assets[asset]?.collateral ?? []) {
      if (value <= below) break
      const end = upTo === null || upTo > value ? value : upTo
      weighted += (end - below) * weight
      below = end
    }
    return weighted / RATE_SCALE
  }
}
