import type { SymbolIndex, UserId } from '../core/domain/ids.ts'
import type { Wallet, WalletReference } from '../core/domain/wallet.ts'
import { pairOf, WALLETS, walletOf } from '../core/domain/wallet.ts'

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
  /** Where each user's own wallets begin, and each isolated account, by user and pair. */
  readonly #first: Place[] = []
  readonly #isolated = new Map<string, Place>()
  /** Every margin account: whose it is, and its pair; null: cross. */
  readonly marginAccounts: { readonly userId: UserId; readonly pair: SymbolIndex | null }[] = []
  /** How many places owe principal. */
  debts = 0

  constructor(assets: number) {
    this.assets = assets
  }

  openUser(): void {
    this.#first.push(this.#open(WALLETS.length * this.assets))
    this.users += 1
    this.marginAccounts.push({ userId: this.users as UserId, pair: null })
  }

  openIsolated(userId: UserId, pair: SymbolIndex): void {
    const name = `${userId}/${pair}`
    if (this.#isolated.has(name)) return
    this.#isolated.set(name, this.#open(this.assets))
    this.marginAccounts.push({ userId, pair })
  }

  #open(places: number): Place {
    const first = this.held.length
    for (let place = 0; place < places; place += 1) {
      this.held.push(0n)
      this.principal.push(0n)
      this.interest.push(0n)
    }
    return first
  }

  /** Of an isolated account `pair` says which. */
  place(userId: UserId, wallet: Wallet, asset: number, pair: SymbolIndex | null = null): Place {
    if (wallet === 'ISOLATED_MARGIN') {
      return (this.#isolated.get(`${userId}/${pair}`) ?? Number.NaN) + asset
    }
    const first = this.#first[userId - 1] ?? Number.NaN
    return first + WALLETS.indexOf(wallet) * this.assets + asset
  }

  placeNamed(userId: UserId, reference: WalletReference, asset: number): Place {
    return this.place(userId, walletOf(reference), asset, pairOf(reference))
  }

  /** In the cross account, or in that of a pair. */
  marginPlace(userId: UserId, pair: SymbolIndex | null, asset: number): Place {
    return this.place(userId, pair === null ? 'CROSS_MARGIN' : 'ISOLATED_MARGIN', asset, pair)
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

  /** Worth of a margin account in 10⁻¹⁶ USDT: Σ held × price and Σ owed × price; null without a price needed. */
  valueOf(
    userId: UserId,
    pair: SymbolIndex | null,
    prices: readonly (bigint | null)[],
  ): { readonly assets: bigint; readonly debts: bigint } | null {
    const first = this.marginPlace(userId, pair, 0)
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
