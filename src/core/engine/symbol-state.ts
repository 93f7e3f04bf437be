import type { Command } from '../domain/command.ts'
import type { TimestampMs } from '../domain/ids.ts'
import type { SymbolState, TradingSymbol } from '../domain/venue.ts'
import type { ExchangeState } from './state.ts'
import { marketOf, symbolAt, venueOf } from './state.ts'

type Of<T extends Command['type']> = Extract<Command, { type: T }>

/** Rule T20, by an operator. */
export function setSymbolState(
  state: ExchangeState,
  { symbol, state: next, reason, author }: Of<'SetSymbolState'>,
): null {
  change(state, symbolAt(state, symbol), { next, untilMs: null, reason, author })
  return null
}

/** Rule T19: trading pauses by itself. What rests may stay and be joined; nothing trades until the clock says so. */
export function interruptTrading(state: ExchangeState, symbol: TradingSymbol): void {
  const rule = symbol.orderRules.volatilityInterruption
  if (rule === null || marketOf(state, symbol.index).state !== 'TRADING') return
  const untilMs = (state.nowMs + rule.pauseMs) as TimestampMs
  change(state, symbol, {
    next: 'POST_ONLY',
    untilMs,
    reason: 'volatility interruption',
    author: 'venue',
  })
}

/** Ends the pauses that are over, in symbol order; the window of rule T19 starts anew from the last price. */
export function endPauses(state: ExchangeState): void {
  for (const symbol of venueOf(state).symbols) {
    const market = marketOf(state, symbol.index)
    if (market.untilMs === null || market.untilMs > state.nowMs) continue
    market.window = -1
    change(state, symbol, {
      next: 'TRADING',
      untilMs: null,
      reason: 'volatility interruption over',
      author: 'venue',
    })
  }
}

interface Change {
  readonly next: SymbolState
  readonly untilMs: TimestampMs | null
  readonly reason: string
  readonly author: string
}

function change(
  state: ExchangeState,
  symbol: TradingSymbol,
  { next, untilMs, reason, author }: Change,
): void {
  const market = marketOf(state, symbol.index)
  market.state = next
  market.untilMs = untilMs
  state.nextPauseEndMs = Number.POSITIVE_INFINITY
  for (const each of state.markets) {
    if (each.untilMs !== null) state.nextPauseEndMs = Math.min(state.nextPauseEndMs, each.untilMs)
  }
  state.events.push({
    type: 'SymbolStateChanged',
    symbol: symbol.index,
    state: next,
    untilMs,
    reason,
    author,
  })
}
