import { baseOf, type TradingSymbol } from '../core/domain/venue.ts'
import { AMOUNT_DECIMALS, AMOUNT_SCALE } from '../core/money/amount.ts'
import { formatDecimal, formatDecimalShort } from '../core/money/decimal.ts'
import type { Lots, Ticks } from '../core/money/price.ts'
import { VALUE_DECIMALS } from '../core/money/price.ts'
import { RATE_DECIMALS } from '../core/money/rate.ts'
import { divCeil, divFloor } from '../core/money/rounding.ts'

/** An amount with eight places: `1.00000000`. */
export function amountText(amount: bigint): string {
  return formatDecimal(amount, AMOUNT_DECIMALS)
}

/** An amount without trailing zeros: `1`. */
export function amountShort(amount: bigint): string {
  return formatDecimalShort(amount, AMOUNT_DECIMALS)
}

export function priceText(symbol: TradingSymbol, price: Ticks): string {
  return amountText(BigInt(price) * symbol.tickSize)
}

export function lotsText(symbol: TradingSymbol, lots: Lots): string {
  return amountText(baseOf(symbol, lots))
}

/** A rate with eight places; what is below that is cut off. */
export function rateText(rate: bigint): string {
  return formatDecimal(divFloor(rate, 10n ** BigInt(RATE_DECIMALS - 8)), 8)
}

/** A rate without trailing zeros: `0.1`, `1.25`. */
export function rateShort(rate: bigint): string {
  return formatDecimalShort(rate, RATE_DECIMALS)
}

/** A value with all its places, as many as are needed. */
export function valueText(value: bigint): string {
  return formatDecimalShort(value, VALUE_DECIMALS)
}

/** A buffer T − k·D or a part of it, to the last of its 28 places. */
export function bufferText(buffer: bigint): string {
  return formatDecimalShort(buffer, VALUE_DECIMALS + RATE_DECIMALS)
}

/** What an amount of USDT is in BTC, rounded down; `0` without a price. */
export function inBtcFloor(usdt: bigint, btcPrice: bigint | null): bigint {
  return btcPrice === null ? 0n : divFloor(usdt * AMOUNT_SCALE, btcPrice)
}

export function inBtcCeil(usdt: bigint, btcPrice: bigint | null): bigint {
  return btcPrice === null ? 0n : divCeil(usdt * AMOUNT_SCALE, btcPrice)
}
