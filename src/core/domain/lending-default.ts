import type { LendingDocument } from './venue-document.ts'

/** How the venue lends where a policy is silent: one level for everybody; small is what Binance calls so. */
export const LENDING_DEFAULT: LendingDocument = {
  vip: [],
  smallDebt: { below: '10', everyMs: 21_600_000 },
  interestInBnb: null,
}
