import type { AccountId, AssetIndex } from '../domain/ids.ts'
import type { Venue } from '../domain/venue.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Value } from '../money/price.ts'
import { collateralValue } from './collateral.ts'
import type { Prices } from './prices.ts'
import { priceOf } from './prices.ts'

/** A margin account's sums in 10⁻¹⁶ USDT, exact but for the haircut, which is rounded down per asset. */
export interface Valuation {
  /** T: everything held, locked or free. */
  readonly assets: Value
  /** D: principal and interest owed. */
  readonly debts: Value
  /** C: assets after haircut (rule C1). */
  readonly collateral: Value
  /** The first asset held or owed that has no price and so counts for nothing here; null: none. */
  readonly missing: AssetIndex | null
}

/** Debts are valued at prices of their own where such are given (rule C4). */
export function valueAccount(
  ledger: Ledger,
  account: AccountId,
  venue: Venue,
  prices: Prices,
  owedPrices: Prices = prices,
): Valuation {
  let assets = 0n
  let debts = 0n
  let collateral = 0n
  let missing: AssetIndex | null = null
  ledger.forEachHolding(account, (asset, held, owed) => {
    if (held === 0n && owed === 0n) return
    const price = priceOf(prices, asset)
    if (price === null) {
      missing ??= asset
      return
    }
    const notional = (held * price) as Value
    assets += notional
    collateral += collateralValue(venue.assets[asset]?.collateral ?? [], notional)
    debts += owed * (priceOf(owedPrices, asset) ?? price)
  })
  return {
    assets: assets as Value,
    debts: debts as Value,
    collateral: collateral as Value,
    missing,
  }
}

/** The same without haircuts: collateral is what is held. */
export function valuedInFull(valuation: Valuation): Valuation {
  return { ...valuation, collateral: valuation.assets }
}

/** E = T − D; negative when the account is insolvent. */
export function equityOf(valuation: Valuation): Value {
  return (valuation.assets - valuation.debts) as Value
}
