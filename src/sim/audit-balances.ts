import type { UserId } from '../core/domain/ids.ts'
import type { Wallet } from '../core/domain/wallet.ts'
import { WALLETS } from '../core/domain/wallet.ts'

/** Place of one asset in one wallet of one user among the auditor's balances. */
export type Place = number

/** The auditor's own balances, plain arrays of plain bigints: nothing of the engine's ledger is used. */
export class AuditBalances {
  readonly assets: number
  /** Free and locked together. */
  readonly held: bigint[] = []
  readonly principal: bigint[] = []
  readonly interest: bigint[] = []
  users = 0
  /** How many places owe principal. */
  debts = 0

  constructor(assets: number) {
    this.assets = assets
  }

  openUser(): void {
    for (let place = 0; place < WALLETS.length * this.assets; place += 1) {
      this.held.push(0n)
      this.principal.push(0n)
      this.interest.push(0n)
    }
    this.users += 1
  }

  place(userId: UserId, wallet: Wallet, asset: number): Place {
    return ((userId - 1) * WALLETS.length + WALLETS.indexOf(wallet)) * this.assets + asset
  }

  hold(place: Place, change: bigint): void {
    this.held[place] = this.heldAt(place) + change
  }

  /** Changes the principal owed, and keeps count of who owes any. */
  owe(place: Place, change: bigint): void {
    const before = this.principalAt(place)
    const after = before + change
    this.principal[place] = after
    if (before === 0n && after !== 0n) this.debts += 1
    if (before !== 0n && after === 0n) this.debts -= 1
  }

  accrue(place: Place, change: bigint): void {
    this.interest[place] = this.interestAt(place) + change
  }

  heldAt(place: Place): bigint {
    return this.held[place] ?? 0n
  }

  principalAt(place: Place): bigint {
    return this.principal[place] ?? 0n
  }

  interestAt(place: Place): bigint {
    return this.interest[place] ?? 0n
  }

  owedAt(place: Place): bigint {
    return this.principalAt(place) + this.interestAt(place)
  }

  /** Worth of a user's cross account in 10⁻¹⁶ USDT: Σ held × price and Σ owed × price; null without a price needed. */
  valueCross(
    userId: UserId,
    prices: readonly (bigint | null)[],
  ): { readonly assets: bigint; readonly debts: bigint } | null {
    const first = this.place(userId, 'CROSS_MARGIN', 0)
    let assets = 0n
    let debts = 0n
    for (let asset = 0; asset < this.assets; asset += 1) {
      const held = this.heldAt(first + asset)
      const owed = this.owedAt(first + asset)
      if (held === 0n && owed === 0n) continue
      const price = prices[asset] ?? null
      if (price === null) return null
      assets += held * price
      debts += owed * price
    }
    return { assets, debts }
  }
}
