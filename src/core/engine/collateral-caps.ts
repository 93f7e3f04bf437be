import type { AccountId, AssetIndex } from '../domain/ids.ts'
import type { Asset, CollateralBand } from '../domain/venue.ts'
import { weighedBands } from '../margin/collateral.ts'
import { valueAt } from '../money/price.ts'
import type { ExchangeState } from './state.ts'
import { assetAt, venueOf } from './state.ts'

// Rule C3. How much of an asset lies in margin accounts is counted at each full hour, and follows deposits and transfers
// in between; trades and loans show at the next hour. The weight follows that count and each index price, so no order
// ever pays for it.

/** Counts anew what margin accounts hold of the assets that have a cap. */
export function countCollateral(state: ExchangeState): void {
  const { assets } = venueOf(state)
  for (const { index, collateralCap } of assets) {
    if (collateralCap === null) continue
    let held = 0n
    for (const [account, owner] of state.owners.entries()) {
      if (owner?.wallet === 'CROSS_MARGIN') held += state.ledger.held(account as AccountId, index)
    }
    state.collateralHeld[index] = held
  }
  weighCollateral(state)
}

/** So much more, or less, of an asset lies in margin accounts. */
export function noteCollateral(state: ExchangeState, asset: AssetIndex, change: bigint): void {
  if (venueOf(state).assets[asset]?.collateralCap === null) return
  const held = (state.collateralHeld[asset] ?? 0n) + change
  // A sale since the last count may have taken out more than was counted.
  state.collateralHeld[asset] = held > 0n ? held : 0n
  weigh(state, [asset])
}

/** Puts the weights in force that follow from what is held and its price. */
export function weighCollateral(state: ExchangeState): void {
  weigh(
    state,
    venueOf(state).assets.map(({ index }) => index),
  )
}

function weigh(state: ExchangeState, indexes: readonly AssetIndex[]): void {
  const venue = venueOf(state)
  let assets: Asset[] | null = null
  for (const index of indexes) {
    const asset = assetAt(state, index)
    const collateral = bandsInForce(state, asset)
    if (sameWeights(collateral, asset.collateral)) continue
    assets ??= [...venue.assets]
    assets[index] = { ...asset, collateral }
  }
  if (assets === null) return
  const assetByCode = new Map(assets.map((asset) => [asset.code, asset]))
  state.venue = { ...venue, assets, assetByCode }
}

function bandsInForce(state: ExchangeState, asset: Asset): readonly CollateralBand[] {
  const { index, collateralCap, policyCollateral } = asset
  const price = state.prices[index] ?? null
  if (collateralCap === null || price === null) return policyCollateral
  return weighedBands(
    policyCollateral,
    valueAt(state.collateralHeld[index] ?? 0n, price),
    collateralCap,
  )
}

function sameWeights(a: readonly CollateralBand[], b: readonly CollateralBand[]): boolean {
  return a === b || a.every(({ weight }, place) => weight === b[place]?.weight)
}
