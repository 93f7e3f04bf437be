import type { AccountId } from '../domain/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { testVenue } from '../margin/fixture.ts'
import type { Prices } from '../margin/prices.ts'
import { Watchlist } from './watchlist.ts'

export const venue = testVenue()
export const RULES = {}
const screened = (prices: Prices): Float64Array =>
  Float64Array.from(prices, (price) => (price === null ? Number.NaN : Number(price)))

/** A watchlist beside what it watches. For tests. */
export class Watch {
  readonly list = new Watchlist(venue.assets.length, venue.usdt)
  readonly ledger: Ledger
  readonly accounts: readonly AccountId[]
  readonly levelOf: (account: AccountId) => number
  rules: object = RULES

  constructor(
    ledger: Ledger,
    accounts: readonly AccountId[],
    levelOf: (account: AccountId) => number,
  ) {
    this.ledger = ledger
    this.accounts = accounts
    this.levelOf = levelOf
  }

  review(at: Prices): { readonly found: AccountId[]; readonly measured: number } {
    const { ledger, levelOf, rules } = this
    const prices = screened(at)
    const found: AccountId[] = []
    const debtors = () => Int32Array.from(this.accounts)
    const before = this.list.measured
    this.list.review({ ledger, prices, levelOf, rules, debtors }, found)
    return { found, measured: this.list.measured - before }
  }
}
