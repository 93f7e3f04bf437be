export const WALLETS = ['SPOT', 'FUNDING', 'CROSS_MARGIN'] as const

/** Where a user's funds lie. Every user has one ledger account for each. */
export type Wallet = (typeof WALLETS)[number]

export type MarginMode = 'NONE' | 'CROSS' | 'ISOLATED'

export type KycState = 'NONE' | 'PENDING' | 'APPROVED' | 'REJECTED' | 'REVOKED'

export type Leverage = 3 | 5
