import type { Amount } from '../money/amount.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divCeil } from '../money/rounding.ts'

const HOURS_PER_DAY = 24n

/** What one started hour costs: simple interest on principal, rounded up (rules I1, R1). */
export function hourlyInterest(principal: Amount, dailyRate: Rate): Amount {
  return divCeil(principal * dailyRate, HOURS_PER_DAY * RATE_SCALE) as Amount
}
