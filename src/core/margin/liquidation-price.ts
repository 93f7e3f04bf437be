import type { AccountId, AssetIndex } from '../domain/ids.ts'
import type { Venue } from '../domain/venue.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { formatDecimal } from '../money/decimal.ts'
import type { IndexPrice } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divCeil, divFloor } from '../money/rounding.ts'
import type { Prices } from './prices.ts'
import { priceOf } from './prices.ts'

const FACTOR_DECIMALS = 8
const FACTOR_SCALE = 10n ** BigInt(FACTOR_DECIMALS)

interface LevelQuestion {
  readonly ledger: Ledger
  readonly account: AccountId
  readonly venue: Venue
  readonly prices: Prices
  readonly level: Rate
}

/** An account as one unknown x moves it: T = fixedAssets + movingAssets·x, and D alike. */
interface Exposure {
  readonly fixedAssets: bigint
  readonly fixedDebts: bigint
  readonly movingAssets: bigint
  readonly movingDebts: bigint
}

/**
 * The index price of one asset, all others as they are, at which the margin level is `level` (rule L3).
 *
 * Net long, it is the highest price at which the level is at or below; net short, the lowest. Null: no price above
 * zero does it, another asset has no price, or the asset is USDT, which does not move.
 */
export function liquidationPrice(
  input: LevelQuestion & { readonly asset: AssetIndex },
): IndexPrice | null {
  const { ledger, account, venue, prices, asset, level } = input
  if (asset === venue.usdt) return null
  const withUnitPrice = prices.with(asset, 1n as IndexPrice)
  const exposure = exposureOf(ledger, account, withUnitPrice, (index) => index === asset)
  return exposure && (turningPoint(exposure, level, 1n) as IndexPrice | null)
}

/**
 * The common factor on the prices of all assets that are not stable at which the margin level is `level` (rule L4), as
 * decimal text with eight places. At the factor given the level is at or below. Null: no factor above zero does it, or
 * an asset has no price.
 */
export function marketShock(input: LevelQuestion): string | null {
  const { ledger, account, venue, prices, level } = input
  const moves = (index: AssetIndex): boolean => venue.assets[index]?.stable === false
  const exposure = exposureOf(ledger, account, prices, moves)
  const factor = exposure && turningPoint(exposure, level, FACTOR_SCALE)
  return factor === null ? null : formatDecimal(factor, FACTOR_DECIMALS)
}

function exposureOf(
  ledger: Ledger,
  account: AccountId,
  prices: Prices,
  moves: (asset: AssetIndex) => boolean,
): Exposure | null {
  const sums = { fixedAssets: 0n, fixedDebts: 0n, movingAssets: 0n, movingDebts: 0n }
  let complete = true
  ledger.forEachHolding(account, (asset, held, owed) => {
    if (held === 0n && owed === 0n) return
    const price = priceOf(prices, asset)
    if (price === null) {
      complete = false
    } else if (moves(asset)) {
      sums.movingAssets += held * price
      sums.movingDebts += owed * price
    } else {
      sums.fixedAssets += held * price
      sums.fixedDebts += owed * price
    }
  })
  return complete ? sums : null
}

/**
 * The x, as a count of 1/`scale`, at which fixed + moving·x crosses the level: T ≤ k·D is slope·x ≤ rest.
 * Rounded to the side on which the level is at or below.
 */
function turningPoint(exposure: Exposure, level: Rate, scale: bigint): bigint | null {
  const slope = exposure.movingAssets * RATE_SCALE - level * exposure.movingDebts
  const rest = level * exposure.fixedDebts - exposure.fixedAssets * RATE_SCALE
  if (slope === 0n) return null
  const x = slope > 0n ? divFloor(rest * scale, slope) : divCeil(-rest * scale, -slope)
  return x > 0n ? x : null
}
