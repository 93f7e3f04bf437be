import { assert } from '../assert.ts'
import type { Brand } from './brand.ts'

/**
 * A signed count of 10⁻⁸ of one asset. Every asset counts in the same unit, as every balance on Binance's
 * wire has eight decimals; which asset is meant is said by what holds the amount.
 */
export type Amount = Brand<bigint, 'Amount'>

export const AMOUNT_DECIMALS = 8
export const AMOUNT_SCALE = 10n ** BigInt(AMOUNT_DECIMALS)

/** The largest amount the ledger holds in one place: a quarter of the int64 range, so that two of them still add up. */
export const AMOUNT_MAX = 2n ** 61n

export const ZERO = 0n as Amount

export function amount(atoms: bigint): Amount {
  assert(atoms >= -AMOUNT_MAX && atoms <= AMOUNT_MAX, 'an amount is within ±2^61 units of 10^-8')
  return atoms as Amount
}
