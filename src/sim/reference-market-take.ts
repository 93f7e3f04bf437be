import { present } from '../core/assert.ts'
import { stateLine } from './reference-market-lines.ts'
import { endOrder, fill, rest, tellEntry, touch } from './reference-market-orders.ts'
import { settlePrevented, settleTrade } from './reference-market-settle.ts'
import type { ModelOrder, ModelState, ModelSymbol } from './reference-market-state.ts'
import { hasNoLimit, symbolOf } from './reference-market-state.ts'
import type { Walk } from './reference-market-walk.ts'
import { walkBook } from './reference-market-walk.ts'

/** An order on its way into the market: what it will do there, decided and told before any of it happens. */
export interface Entry {
  readonly order: ModelOrder
  readonly walk: Walk
  readonly resting: number
}

/** An order enters the market as the limit or market order it stands for (rules T1 to T7, T11). */
export function announce(
  state: ModelState,
  order: ModelOrder,
  said: 'accepted' | 'activated',
): Entry {
  order.stage = 'WORKING'
  const walk = walkBook(state, order)
  const resting = lotsToRest(order, walk)
  tellEntry(state, order, said, resting)
  return { order, walk, resting }
}

/** What will show in the book of what is left once it has traded. */
function lotsToRest({ place }: ModelOrder, { stopped, left }: Walk): number {
  const rests = stopped === null && place.timeInForce === 'GTC' && !hasNoLimit(place.orderType)
  if (!rests) return 0
  return place.icebergLots > 0 ? Math.min(place.icebergLots, left) : left
}

/** Does what was announced, and gives the prices that it traded at, in order. */
export function carryOut(state: ModelState, { order: taker, walk, resting }: Entry): number[] {
  const symbol = symbolOf(state, taker.place.symbol)
  for (const step of walk.steps) {
    if (step.kind === 'trade') settleTrade(state, symbol, taker, step)
    else settlePrevented(state, symbol, taker, step)
  }
  if (walk.stopped === 'self_trade') {
    endOrder(state, taker, 'EXPIRED_IN_MATCH', 'self_trade')
  } else if (resting > 0) {
    rest(symbol, taker, resting)
  } else if (walk.left === 0 && taker.executed > 0) {
    fill(state, taker)
  } else {
    endOrder(state, taker, 'EXPIRED', walk.stopped ?? 'unfilled')
  }
  touch(state, taker)
  if (walk.stopped === 'volatility') interrupt(state, symbol)
  return walk.steps.flatMap((step) => (step.kind === 'trade' ? [step.maker.place.price] : []))
}

/** Rule T19: the symbol takes only resting orders for a while. */
function interrupt(state: ModelState, symbol: ModelSymbol): void {
  const { volatilityInterruption } = symbol.rules.orderRules
  const { pauseMs } = present(volatilityInterruption, 'the symbol interrupts')
  symbol.state = 'POST_ONLY'
  symbol.untilMs = state.nowMs + pauseMs
  state.lines.push(stateLine(symbol.rules.index, symbol.state, symbol.untilMs))
}
