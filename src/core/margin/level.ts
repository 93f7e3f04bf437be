import { assert } from '../assert.ts'
import type { Levels } from '../domain/venue.ts'
import { AMOUNT_DECIMALS, AMOUNT_SCALE } from '../money/amount.ts'
import { formatDecimal } from '../money/decimal.ts'
import type { Value } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { ONE, RATE_SCALE } from '../money/rate.ts'
import { divFloor } from '../money/rounding.ts'
import type { Valuation } from './valuation.ts'

// A level is numerator ÷ debts, with T or C above the line. It is never divided to be compared: the products are
// exact, a quotient is not. Without debt an account is above every level.

const NO_DEBT = '999'

export function levelAtOrBelow(numerator: Value, debts: Value, level: Rate): boolean {
  return !levelAbove(numerator, debts, level)
}

export function levelAbove(numerator: Value, debts: Value, level: Rate): boolean {
  return debts === 0n || numerator * RATE_SCALE > level * debts
}

export function levelAtLeast(numerator: Value, debts: Value, level: Rate): boolean {
  return debts === 0n || numerator * RATE_SCALE >= level * debts
}

/** For people and the wire: eight places rounded down, "999" without debt and as the highest. */
export function formatLevel(numerator: Value, debts: Value): string {
  if (debts === 0n) return NO_DEBT
  const level = divFloor(numerator * AMOUNT_SCALE, debts)
  return level >= BigInt(NO_DEBT) * AMOUNT_SCALE ? NO_DEBT : formatDecimal(level, AMOUNT_DECIMALS)
}

/** Orders by margin level, lowest first (rule Q8); accounts without debt last. */
export function compareLevels(a: Valuation, b: Valuation): number {
  if (a.debts === 0n || b.debts === 0n) return Number(a.debts === 0n) - Number(b.debts === 0n)
  const left = a.assets * b.debts
  const right = b.assets * a.debts
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** Rule L1: what loading a policy has checked, and what the measures here rest on. */
export function assertOrdered(levels: Levels): void {
  assert(
    levels.transferOut > levels.borrow &&
      levels.borrow > levels.marginCall &&
      levels.marginCall > levels.liquidation &&
      levels.liquidation > ONE,
    'L1 transfer-out > borrow > margin call > liquidation > 1',
  )
}
