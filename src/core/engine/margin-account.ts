import { present } from '../assert.ts'
import type { AccountId } from '../domain/ids.ts'
import type { Levels } from '../domain/venue.ts'
import type { ExchangeState, MarginAccount, User } from './state.ts'
import { venueOf } from './state.ts'

export function marginOf(state: ExchangeState, account: AccountId): MarginAccount {
  return present(state.owners[account]?.margin, 'the account is a margin account')
}

export function crossOf(state: ExchangeState, user: User): MarginAccount {
  return marginOf(state, user.accounts.CROSS_MARGIN)
}

/** What the account's level must be for what (rule L1). */
export function levelsOf(state: ExchangeState, { user }: MarginAccount): Levels {
  return venueOf(state).policy.levels[user.leverage]
}
