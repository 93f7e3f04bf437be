import type { CollateralBand } from '../domain/venue.ts'
import type { Value } from '../money/price.ts'
import { ZERO_VALUE } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { ONE, RATE_SCALE } from '../money/rate.ts'

/**
 * What an asset's notional counts for as collateral (rule C1): each band weighs the part of the notional inside it,
 * and what lies above the last band counts nothing. Rounded down once.
 */
export function collateralValue(bands: readonly CollateralBand[], notional: Value): Value {
  const [first] = bands
  // Nearly every holding lies in its first band, at full weight.
  if (first?.weight === ONE && (first.upTo === null || notional <= first.upTo)) return notional
  let weighted = 0n
  let from = 0n
  for (const band of bands) {
    if (notional <= from) break
    const to = band.upTo === null || notional < band.upTo ? notional : band.upTo
    weighted += (to - from) * band.weight
    from = to
  }
  return (weighted / RATE_SCALE) as Value
}

/** The weight of the next unit above a notional. */
export function weightAbove(bands: readonly CollateralBand[], notional: Value): Rate {
  const band = bands.find(({ upTo }) => upTo === null || notional < upTo)
  return band?.weight ?? (0n as Rate)
}

/** How the collateral of one asset changes when its notional does. */
export function collateralChange(
  bands: readonly CollateralBand[],
  before: Value,
  after: Value,
): Value {
  return before === after
    ? ZERO_VALUE
    : ((collateralValue(bands, after) - collateralValue(bands, before)) as Value)
}

/**
 * The bands while so much of the asset is collateral over all accounts (rule C3): beyond the cap every weight falls in
 * the measure of cap to total, rounded down, so that what all of it counts for stays within the cap.
 */
export function weighedBands(
  bands: readonly CollateralBand[],
  total: Value,
  cap: Value,
): readonly CollateralBand[] {
  if (total <= cap) return bands
  return bands.map(({ upTo, weight }) => ({ upTo, weight: ((weight * cap) / total) as Rate }))
}
