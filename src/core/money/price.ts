import type { Amount } from './amount.ts'
import type { Brand } from './brand.ts'
import { divFloor } from './rounding.ts'

/** An order price as a count of its symbol's tick size; a positive safe integer below 2^30. */
export type Ticks = Brand<number, 'Ticks'>

/** An order quantity as a count of its symbol's step size; a positive safe integer. */
export type Lots = Brand<number, 'Lots'>

/** Ticks are less than this: what the price ladder can address. */
export const TICKS_LIMIT = 2 ** 30

/** USDT for one whole unit of an asset, as a count of 10⁻⁸ USDT. */
export type IndexPrice = Brand<bigint, 'IndexPrice'>

export const INDEX_PRICE_DECIMALS = 8
export const INDEX_PRICE_SCALE = 10n ** BigInt(INDEX_PRICE_DECIMALS)

/** USDT as a count of 10⁻¹⁶: the exact product of an `Amount` and an `IndexPrice`, nothing rounded. */
export type Value = Brand<bigint, 'Value'>

export const VALUE_DECIMALS = 16
export const VALUE_SCALE = 10n ** BigInt(VALUE_DECIMALS)

export const ZERO_VALUE = 0n as Value

export function valueAt(amount: bigint, price: IndexPrice): Value {
  return (amount * price) as Value
}

/** A value in whole units of 10⁻⁸ USDT, rounded toward minus infinity. */
export function usdtFloor(value: bigint): Amount {
  return divFloor(value, INDEX_PRICE_SCALE) as Amount
}
