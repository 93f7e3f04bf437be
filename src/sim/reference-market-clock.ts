import { cancelMany } from './reference-market-change.ts'
import { countdownLine, stateLine } from './reference-market-lines.ts'
import { settleLists } from './reference-market-lists.ts'
import { endOrder } from './reference-market-orders.ts'
import type { ModelState } from './reference-market-state.ts'

interface Due {
  readonly dueMs: number
  /** What comes first when several are due at once. */
  readonly rank: number
  readonly happen: () => void
}

/** What time brings until now, each thing when it is due (rules T19, T21, T22). */
export function letTimePass(state: ModelState, untilMs: number): void {
  for (;;) {
    const due = [...countdowns(state), ...pauses(state), ...ages(state)]
      .filter(({ dueMs }) => dueMs <= untilMs)
      .sort((a, b) => a.dueMs - b.dueMs || a.rank - b.rank)
    const [first] = due
    if (first === undefined) break
    state.nowMs = Math.max(state.nowMs, first.dueMs)
    const together = due.filter(({ dueMs, rank }) => dueMs === first.dueMs && rank === first.rank)
    for (const { happen } of together) happen()
    settleLists(state)
  }
  state.nowMs = untilMs
}

function countdowns(state: ModelState): Due[] {
  const inOrder = state.countdowns.toSorted(
    (a, b) => a.userId - b.userId || (a.symbol ?? -1) - (b.symbol ?? -1),
  )
  return inOrder.map((countdown) => ({
    dueMs: countdown.dueMs,
    rank: 1,
    happen: () => {
      const { userId, symbol } = countdown
      state.countdowns.splice(state.countdowns.indexOf(countdown), 1)
      state.lines.push(countdownLine(userId, symbol, null))
      cancelMany(state, userId, symbol, 'countdown')
    },
  }))
}

function pauses(state: ModelState): Due[] {
  return state.symbols.flatMap((symbol) => {
    const { untilMs } = symbol
    if (untilMs === null) return []
    const happen = () => {
      symbol.state = 'TRADING'
      symbol.untilMs = null
      symbol.resumedMs = untilMs
      state.lines.push(stateLine(symbol.rules.index, symbol.state, null))
    }
    return [{ dueMs: untilMs, rank: 2, happen }]
  })
}

function ages(state: ModelState): Due[] {
  const { maximumOrderAgeMs } = state.venue.policy.trading
  if (maximumOrderAgeMs === null) return []
  return state.open.map((order) => ({
    dueMs: order.createdMs + maximumOrderAgeMs,
    rank: 3,
    happen: () => endOrder(state, order, 'EXPIRED', 'order_age'),
  }))
}
