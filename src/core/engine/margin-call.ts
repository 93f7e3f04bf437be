import type { AccountId } from '../domain/ids.ts'
import { formatLevel, levelAtOrBelow } from '../margin/level.ts'
import { AMOUNT_SCALE } from '../money/amount.ts'
import { formatDecimalShort } from '../money/decimal.ts'
import { RATE_DECIMALS, RATE_SCALE } from '../money/rate.ts'
import { divFloor } from '../money/rounding.ts'
import { levelsOf, marginOf } from './margin-account.ts'
import { valuationOf } from './standing.ts'
import type { ExchangeState } from './state.ts'
import { venueOf } from './state.ts'

/** Rule L5: called at the call level, again every so often and at each further step down, ended above it. */
export function reviewMarginCall(state: ExchangeState, account: AccountId): void {
  const margin = marginOf(state, account)
  if (margin.liquidation !== null) {
    margin.marginCall = null
    state.called.delete(account)
    return
  }
  const valuation = valuationOf(state, account)
  if (valuation.missing !== null) return
  const { assets, debts } = valuation
  const levels = levelsOf(state, margin)
  if (!levelAtOrBelow(assets, debts, levels.marginCall)) {
    if (margin.marginCall === null) return
    margin.marginCall = null
    state.called.delete(account)
    state.events.push({
      type: 'MarginCallEnded',
      userId: margin.user.id,
      pair: margin.pair,
      level: formatLevel(assets, debts),
    })
    return
  }
  const level = divFloor(assets * AMOUNT_SCALE, debts)
  if (!isDue(state, margin.marginCall, level)) return
  margin.marginCall = { lastMs: state.nowMs, lastLevel: level }
  state.called.add(account)
  state.events.push({
    type: 'MarginCalled',
    userId: margin.user.id,
    pair: margin.pair,
    level: formatLevel(assets, debts),
    callLevel: formatDecimalShort(levels.marginCall, RATE_DECIMALS),
    liquidationLevel: formatDecimalShort(levels.liquidation, RATE_DECIMALS),
  })
}

function isDue(
  state: ExchangeState,
  last: { readonly lastMs: number; readonly lastLevel: bigint } | null,
  level: bigint,
): boolean {
  if (last === null) return true
  const { marginCallRepeatMs, marginCallStep } = venueOf(state).policy
  if (state.nowMs - last.lastMs >= marginCallRepeatMs) return true
  return (last.lastLevel - level) * RATE_SCALE >= marginCallStep * AMOUNT_SCALE
}
