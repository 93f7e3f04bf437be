import type { AccountId } from '../domain/ids.ts'

/** Where in an account an amount lies. Owed amounts are negative balances of the account that owes. */
export const BUCKET = { free: 0, locked: 1, principal: 2, interest: 3 } as const
export type Bucket = (typeof BUCKET)[keyof typeof BUCKET]
export const BUCKETS = 4

/** The venue's own accounts, the first of every ledger. Users' wallets follow. */
export const VENUE_ACCOUNT = {
  /** Everything outside: what came in through deposits is negative here. */
  external: 0 as AccountId,
  /** What the lending pools hold and can lend. */
  pool: 1 as AccountId,
  /** What users owe the pools, principal. */
  loans: 2 as AccountId,
  /** What users owe in interest. */
  interestDue: 3 as AccountId,
  tradingFees: 4 as AccountId,
  /** Pays deficits; takes portfolios over. May owe, as a user may. */
  insuranceFund: 5 as AccountId,
  /** The venue's share of interest. */
  venueIncome: 6 as AccountId,
  /** What rounding left (rule R2). */
  rounding: 7 as AccountId,
  /** The lenders' share of interest, until the hour credits it (rule B10), and what dividing it left (rule R2). */
  lendersDue: 8 as AccountId,
} as const

export const VENUE_ACCOUNTS = 9

/** The account that stands for the outside may hold less than nothing; no other may. */
export function mayBeNegative(account: AccountId): boolean {
  return account === VENUE_ACCOUNT.external
}
