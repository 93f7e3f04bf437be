import type { CancelAllAfter } from '../domain/command.ts'
import type { TimestampMs } from '../domain/ids.ts'
import { tradingAccounts } from './accounts.ts'
import { cancelAllOf } from './cancel-order.ts'
import type { ExchangeState, User } from './state.ts'
import { userOf } from './state.ts'

/** Rule T22: starts, restarts or stops a countdown. */
export function cancelAllAfter(
  state: ExchangeState,
  user: User,
  { wallet, symbol, timeoutMs }: CancelAllAfter,
): null {
  const dueMs = timeoutMs === 0 ? null : ((state.nowMs + timeoutMs) as TimestampMs)
  const scope = { userId: user.id, wallet, symbol }
  state.countdowns.set(scope, dueMs)
  state.events.push({ type: 'CountdownSet', ...scope, dueMs })
  return null
}

/** Countdowns that have run out: what is open in their scope is cancelled. */
export function endCountdowns(state: ExchangeState): void {
  for (const { userId, wallet, symbol } of state.countdowns.takeDue(state.nowMs)) {
    const user = userOf(state, userId)
    if (user === undefined) continue
    state.events.push({ type: 'CountdownSet', userId, wallet, symbol, dueMs: null })
    for (const account of tradingAccounts(user, wallet)) {
      cancelAllOf(state, account, symbol, 'countdown')
    }
  }
}
