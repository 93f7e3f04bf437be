import type { AccountId } from '../domain/ids.ts'
import { formatLevel, levelAtOrBelow } from '../margin/level.ts'
import type { Valuation } from '../margin/valuation.ts'
import { AMOUNT_SCALE } from '../money/amount.ts'
import { formatDecimalShort } from '../money/decimal.ts'
import { RATE_DECIMALS, RATE_SCALE } from '../money/rate.ts'
import { divFloor } from '../money/rounding.ts'
import { noteBuffer, openBuffer } from './explain-buffer.ts'
import { levelsOf, marginOf } from './margin-account.ts'
import { valuationOf } from './standing.ts'
import type { ExchangeState, MarginAccount } from './state.ts'
import { venueOf } from './state.ts'
import { reviewWarnings } from './warning-levels.ts'

/** What an account's level has to be told of: its user's own levels (rule L8) and the margin call (rule L5). */
export function reviewMarginCall(state: ExchangeState, account: AccountId): void {
  const margin = marginOf(state, account)
  const buffer = state.buffers.get(account)
  if (buffer !== undefined) noteBuffer(state, account, buffer)
  if (margin.liquidation !== null) {
    margin.marginCall = null
    margin.warningsPassed = 0
    state.called.delete(account)
    return
  }
  const valuation = valuationOf(state, account)
  if (valuation.missing !== null) return
  if (margin.user.warningLevels.length > 0) reviewWarnings(state, margin, valuation)
  reviewCall(state, margin, valuation)
  if (margin.marginCall !== null || margin.warningsPassed > 0) state.called.add(account)
  else state.called.delete(account)
}

/** Rule L5: called at the call level, again every so often and at each further step down, ended above it. */
function reviewCall(
  state: ExchangeState,
  margin: MarginAccount,
  { assets, debts }: Valuation,
): void {
  const { user, pair } = margin
  const levels = levelsOf(state, margin)
  const told = { userId: user.id, pair, level: formatLevel(assets, debts) }
  if (!levelAtOrBelow(assets, debts, levels.marginCall)) {
    if (margin.marginCall === null) return
    margin.marginCall = null
    state.buffers.delete(margin.account)
    state.events.push({ type: 'MarginCallEnded', ...told })
    return
  }
  const level = divFloor(assets * AMOUNT_SCALE, debts)
  if (!isDue(state, margin.marginCall, level)) return
  margin.marginCall = { lastMs: state.nowMs, lastLevel: level }
  if (!state.buffers.has(margin.account)) openBuffer(state, margin.account)
  state.events.push({
    type: 'MarginCalled',
    ...told,
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
