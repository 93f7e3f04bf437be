import type { SymbolIndex } from './ids.ts'

/** Wallets of which every user has exactly one. */
export const WALLETS = ['SPOT', 'FUNDING', 'CROSS_MARGIN'] as const
export type SingleWallet = (typeof WALLETS)[number]

/** Where a user's funds lie. Of isolated margin there is one for each pair (rule S1), which is named beside it. */
export type Wallet = SingleWallet | 'ISOLATED_MARGIN'

/** One wallet of a user: by its name, or an isolated account by its pair. */
export type WalletReference = SingleWallet | IsolatedWallet
export interface IsolatedWallet {
  readonly pair: SymbolIndex
}

export type MarginMode = 'NONE' | 'CROSS' | 'ISOLATED'

export type KycState = 'NONE' | 'PENDING' | 'APPROVED' | 'REJECTED' | 'REVOKED'

export type Leverage = 3 | 5

/** The pair that a reference names; null: none. */
export function pairOf(reference: Wallet | IsolatedWallet): SymbolIndex | null {
  return typeof reference === 'object' ? reference.pair : null
}

export function walletOf(reference: Wallet | IsolatedWallet): Wallet {
  return typeof reference === 'object' ? 'ISOLATED_MARGIN' : reference
}
