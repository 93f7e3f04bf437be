import { assert } from '../assert.ts'
import type { Amount } from '../money/amount.ts'
import { divFloor } from '../money/rounding.ts'

/**
 * Each one's part of a sum by weight, rounded down (rule R1). What is left over is less than one unit for each; it stays
 * where the sum is (rule R2).
 */
export function sharesOf(sum: Amount, weights: readonly Amount[]): Amount[] {
  const total = totalOf(weights)
  if (total === 0n) return weights.map(() => 0n as Amount)
  return weights.map((weight) => divFloor(sum * weight, total) as Amount)
}

/**
 * A loss divided by weight so that the parts are the whole of it, to the unit. It is the running sum that is rounded: no
 * part is a whole unit off its exact share, and none is more than its weight.
 */
export function lossesOf(loss: Amount, weights: readonly Amount[]): Amount[] {
  const total = totalOf(weights)
  assert(loss <= total, 'B11 lenders lose what they lent and no more')
  let passed = 0n
  let borne = 0n
  return weights.map((weight) => {
    passed += weight
    const upToHere = total === 0n ? 0n : divFloor(loss * passed, total)
    const part = upToHere - borne
    borne = upToHere
    return part as Amount
  })
}

function totalOf(weights: readonly Amount[]): bigint {
  let total = 0n
  for (const weight of weights) total += weight
  return total
}
