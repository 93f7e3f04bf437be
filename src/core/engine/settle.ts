import type { Happened } from './settle-changes.ts'
import { settleChanges } from './settle-changes.ts'
import { settleLists } from './settle-lists.ts'
import type { ExchangeState } from './state.ts'
import { venueOf } from './state.ts'
import { runTriggers } from './triggers.ts'

/**
 * What follows from a command: orders whose price or turn has come are set off (rule T10), then risk is looked at; what
 * that liquidates may trigger more.
 */
export function settle(state: ExchangeState, happened: Happened): void {
  settleLists(state)
  let budget = venueOf(state).policy.trading.triggersPerCommand
  budget -= runTriggers(state, budget)
  settleChanges(state, happened)
  while (budget > 0) {
    const done = runTriggers(state, budget)
    if (done === 0) return
    budget -= done
    settleChanges(state, NOTHING_BUT_CHANGES)
  }
}

export const NOTHING_BUT_CHANGES: Happened = { pricesMoved: false, continueLiquidations: false }
