import { assert } from '../assert.ts'

/** Why a text is not the decimal that was asked for. */
export type DecimalFault = 'malformed' | 'too_precise'

const DECIMAL = /^(\d{1,40})(?:\.(\d{1,40}))?$/

/**
 * The exact value of plain decimal text as a count of 10^-`decimals`.
 *
 * Accepts digits with at most one point between digits: no sign, exponent, blank, separator or bare point.
 * Digits beyond `decimals` are a fault unless they are zeros: nothing is ever rounded away in silence.
 */
export function parseDecimal(text: string, decimals: number): bigint | DecimalFault {
  const match = DECIMAL.exec(text)
  if (match === null) return 'malformed'
  const whole = match[1] ?? ''
  const fraction = match[2] ?? ''
  if (/[1-9]/.test(fraction.slice(decimals))) return 'too_precise'
  return BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'))
}

/** As `parseDecimal`, for text this program wrote itself or has validated: a fault is a bug. */
export function decimal(text: string, decimals: number): bigint {
  const negative = text.startsWith('-')
  const parsed = parseDecimal(negative ? text.slice(1) : text, decimals)
  assert(typeof parsed === 'bigint', `"${text}" is a decimal with at most ${decimals} places`)
  return negative ? -parsed : parsed
}

/** Decimal text with exactly `decimals` places, as Binance prints balances: `1.00000000`. */
export function formatDecimal(value: bigint, decimals: number): string {
  const negative = value < 0n
  const digits = (negative ? -value : value).toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const text = decimals === 0 ? whole : `${whole}.${digits.slice(digits.length - decimals)}`
  return negative ? `-${text}` : text
}

/** Decimal text without trailing zeros: `1`, `0.05`. */
export function formatDecimalShort(value: bigint, decimals: number): string {
  const text = formatDecimal(value, decimals)
  return decimals === 0 ? text : text.replace(/\.?0+$/, '')
}
