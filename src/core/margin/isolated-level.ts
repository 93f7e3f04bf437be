import type { Amount } from '../money/amount.ts'
import { AMOUNT_SCALE } from '../money/amount.ts'
import type { Value } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divCeil, divFloor, divNearest } from '../money/rounding.ts'
import { formatLevel } from './level.ts'

/** One asset of an isolated account: what is held of it, and what is owed with interest. */
export interface IsolatedSide {
  readonly held: Amount
  readonly owed: Amount
}

export interface IsolatedLevelInput {
  readonly base: IsolatedSide
  readonly quote: IsolatedSide
  /** What a whole unit of each is worth, both in one unit: Binance's is BTC. It cancels, so no rounding is in it. */
  readonly baseWorth: bigint
  readonly quoteWorth: bigint
  /** The pair's index: 10⁻⁸ of the quote for a whole base. */
  readonly indexPrice: Amount
  readonly liquidation: Rate
}

export interface IsolatedLevel {
  /** Eight places, "999" without debt. */
  readonly marginLevel: string
  /** As `indexPrice`; null: no price does it (rule L3). */
  readonly liquidationPrice: Amount | null
  /** How far that is from the index: 10⁻⁶ of one per cent, to the nearest; 0 without a price. */
  readonly liquidationRate: bigint
}

const RATE_PLACES_OF_PERCENT = 10n ** 8n

/**
 * Rule S4: the level is valued asset by asset, the price of liquidation is on the pair's index. Where an asset's own
 * price and the pair's index differ, as at Binance they may, the two do not agree to the last digit, and need not.
 */
export function isolatedLevel(input: IsolatedLevelInput): IsolatedLevel {
  const { base, quote, baseWorth, quoteWorth, indexPrice } = input
  const assets = base.held * baseWorth + quote.held * quoteWorth
  const debts = base.owed * baseWorth + quote.owed * quoteWorth
  const liquidationPrice = turningPrice(input)
  return {
    marginLevel: formatLevel(assets as Value, debts as Value),
    liquidationPrice,
    liquidationRate:
      liquidationPrice === null || indexPrice === 0n
        ? 0n
        : divNearest((liquidationPrice - indexPrice) * RATE_PLACES_OF_PERCENT, indexPrice),
  }
}

/** Rule L3 in quote: net long the highest price at which the level is at or below, net short the lowest. */
function turningPrice({ base, quote, liquidation: k }: IsolatedLevelInput): Amount | null {
  const slope = base.held * RATE_SCALE - k * base.owed
  const rest = k * quote.owed - quote.held * RATE_SCALE
  if (slope === 0n) return null
  const price =
    slope > 0n ? divFloor(rest * AMOUNT_SCALE, slope) : divCeil(-rest * AMOUNT_SCALE, -slope)
  return price > 0n ? (price as Amount) : null
}
