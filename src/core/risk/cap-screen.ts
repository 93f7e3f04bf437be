import type { TradingSymbol } from '../domain/venue.ts'
import type { Leverage } from '../domain/wallet.ts'
import { AMOUNT_SCALE } from '../money/amount.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_SCALE } from '../money/rate.ts'

export interface CapScreenInput {
  /** In USDT, no more than it is. */
  readonly equity: number
  /** Null: no cap. */
  readonly cap: Rate | null
  readonly leverage: Leverage
  readonly symbol: TradingSymbol
  /** In USDT, each off by no more than a double's rounding. */
  readonly basePrice: number
  readonly quotePrice: number
  /** The account's own open orders of the order's side in the pair, and this order. */
  readonly lots: number
  /** No order among them is dearer, in ticks; 0 for a market order alone. */
  readonly dearest: number
  /** Base amount, without its sign, in 10⁻⁸. */
  readonly position: number
}

/** Far more than twenty roundings of a double can add up to. */
const TOLERANCE = 1e-9

/**
 * Whether an order is so far inside the cap that it need not be measured. Every simplification overstates: reducing
 * parts count, shorts are not bounded by debt, all is valued at the dearest price. A false answer says nothing.
 */
export function surelyWithinCap(input: CapScreenInput): boolean {
  if (input.cap === null) return true
  const { symbol, basePrice, quotePrice, equity } = input
  const base = (input.position + input.lots * symbol.screen.stepSize) / ATOMS
  const dearest = ((input.dearest * symbol.screen.tickSize) / ATOMS) * quotePrice
  const notional = base * Math.max(basePrice, dearest)
  const limit = equity * (Number(input.cap) / Number(RATE_SCALE)) * input.leverage
  return notional * (1 + TOLERANCE) < limit * (1 - TOLERANCE) - MARGIN_USDT
}

const ATOMS = Number(AMOUNT_SCALE)

/** More than initial margin's rounding up can be. */
const MARGIN_USDT = 0.0001
