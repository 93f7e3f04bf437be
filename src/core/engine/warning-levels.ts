import { formatLevel, levelAtOrBelow } from '../margin/level.ts'
import type { Valuation } from '../margin/valuation.ts'
import { formatDecimalShort } from '../money/decimal.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_DECIMALS } from '../money/rate.ts'
import { levelsOf } from './margin-account.ts'
import type { ExchangeState, MarginAccount } from './state.ts'
import { venueOf } from './state.ts'

/**
 * Rule L8: told once on the way down. A level is armed again when the account stands above it by the step of rule L5, so
 * that one that trembles around it is not told at every price.
 */
export function reviewWarnings(
  state: ExchangeState,
  margin: MarginAccount,
  { assets, debts }: Valuation,
): void {
  const { user, pair } = margin
  const { warningLevels } = user
  const step = venueOf(state).policy.marginCallStep
  const isPassed = (level: Rate): boolean => levelAtOrBelow(assets, debts, level)
  let passed = margin.warningsPassed
  const lowest = (): Rate => ((warningLevels[passed - 1] ?? 0n) + step) as Rate
  while (passed > 0 && !isPassed(lowest())) passed -= 1
  const before = passed
  while (passed < warningLevels.length && isPassed(warningLevels[passed] as Rate)) passed += 1
  margin.warningsPassed = passed
  if (passed === before) return
  state.events.push({
    type: 'LevelWarned',
    userId: user.id,
    pair,
    level: formatLevel(assets, debts),
    warningLevel: formatDecimalShort(warningLevels[passed - 1] as Rate, RATE_DECIMALS),
    callLevel: formatDecimalShort(levelsOf(state, margin).marginCall, RATE_DECIMALS),
  })
}
