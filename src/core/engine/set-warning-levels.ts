import type { Command } from '../domain/command.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { Rate } from '../money/rate.ts'
import { ONE } from '../money/rate.ts'
import { crossOf } from './margin-account.ts'
import { reviewMarginCall } from './margin-call.ts'
import type { ExchangeState, User } from './state.ts'

/** What one user may ask to be told of. */
export const WARNING_LEVELS_MAX = 5
const HIGHEST = (100n * ONE) as Rate

/** Rule L8: the user's levels from now on, whatever there was before; none ends the warnings, never the margin call. */
export function setWarningLevels(
  state: ExchangeState,
  user: User,
  { levels }: Extract<Command, { type: 'SetWarningLevels' }>,
): Refusal | null {
  const distinct = [...new Set(levels)].sort((a, b) => (a < b ? 1 : -1))
  const wrong = distinct.some((level) => level <= ONE || level > HIGHEST)
  if (wrong || distinct.length > WARNING_LEVELS_MAX) {
    return { reason: 'warning_levels', most: WARNING_LEVELS_MAX, between: '1 and 100' }
  }
  user.warningLevels = distinct
  state.events.push({ type: 'WarningLevelsSet', userId: user.id, levels: distinct })
  // Whoever stands below a new level already is told so at once.
  for (const margin of [crossOf(state, user), ...user.isolated.values()]) {
    margin.warningsPassed = 0
    state.watchlist.note(margin.account)
    reviewMarginCall(state, margin.account)
  }
  return null
}
