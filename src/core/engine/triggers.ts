import type { SymbolIndex } from '../domain/ids.ts'
import { activate } from './activate-order.ts'
import { settleLists } from './settle-lists.ts'
import type { ExchangeState } from './state.ts'
import { marketOf } from './state.ts'

/**
 * Rule T10: sets off what is queued, oldest first, what that triggers among it, at most `budget` orders. Returns how
 * many it set off.
 */
export function runTriggers(state: ExchangeState, budget: number): number {
  if (state.triggers.isEmpty) return 0
  const tradesNow = (symbol: SymbolIndex): boolean => marketOf(state, symbol).state === 'TRADING'
  let done = 0
  while (done < budget) {
    const trigger = state.triggers.take(tradesNow)
    if (trigger === null) break
    const order = state.orders.byId(trigger.orderId)
    // It ended, or was set off, while it stood in the queue.
    if (order === undefined || order.stage === 'WORKING') continue
    activate(state, order)
    settleLists(state)
    done += 1
  }
  return done
}
