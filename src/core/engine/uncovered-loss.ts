import type { AssetIndex } from '../domain/ids.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
import { equityOf } from '../margin/valuation.ts'
import { valuationOf } from './standing.ts'
import type { ExchangeState } from './state.ts'

const { insuranceFund } = VENUE_ACCOUNT

/**
 * Rule B7: whether somebody who owes the asset is worth less than nothing by more than the insurance fund can pay, so
 * that its lenders are about to lose. Whoever is insolvent is being liquidated, unless an index is not good.
 */
export function threatensLenders(state: ExchangeState, asset: AssetIndex): boolean {
  if (state.liquidations.size === 0 && state.ledger.owed(insuranceFund, asset) === 0n) return false
  const fund = equityOf(valuationOf(state, insuranceFund))
  if (fund < 0n && state.ledger.owed(insuranceFund, asset) > 0n) return true
  let shortfall = 0n
  let owesAsset = false
  for (const { account } of state.liquidations.values()) {
    const equity = equityOf(valuationOf(state, account))
    if (equity >= 0n) continue
    shortfall -= equity
    owesAsset ||= state.ledger.owed(account, asset) > 0n
  }
  return owesAsset && shortfall > (fund > 0n ? fund : 0n)
}
