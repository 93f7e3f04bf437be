import type { AccountId } from '../domain/ids.ts'
import { assertDebtor, assertLocked } from './invariants.ts'
import type { ExchangeState } from './state.ts'

/** A command of prices or of the clock rechecks so many accounts, and of a large venue one in so many more. */
const ACCOUNTS_AT_LEAST = 32
const ONE_IN = 2_048
/** Knuth's multiplicative constant, 2³² over the golden ratio: spreads neighbouring sequences evenly. */
const SPREAD = 2_654_435_769

/**
 * Rules V3 and V8 once more, from scratch, for a few accounts: what nothing touches is looked at too, so that a balance
 * changed by anything but a command is found while the venue runs. It starts where the command's sequence says, so that
 * every machine looks at the same accounts.
 */
export function recheckSome(state: ExchangeState): void {
  const { accountCount } = state.ledger
  const count = Math.min(accountCount, ACCOUNTS_AT_LEAST + Math.floor(accountCount / ONE_IN))
  const start = (Math.imul(state.sequence, SPREAD) >>> 0) % accountCount
  for (let n = 0; n < count; n += 1) {
    const account = ((start + n) % accountCount) as AccountId
    assertLocked(state, account)
    assertDebtor(state, account)
  }
}
