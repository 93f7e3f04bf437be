import type { Band } from '../domain/band.ts'
import type { Levels } from '../domain/venue.ts'
import { levelAbove } from './level.ts'
import type { Valuation } from './valuation.ts'

/** Where an account stands (rule L1). */
export function bandOf({ assets, debts, collateral, missing }: Valuation, levels: Levels): Band {
  if (missing !== null) return 'UNPRICED'
  if (debts === 0n) return 'NO_DEBT'
  if (!levelAbove(assets, debts, levels.liquidation)) return 'LIQUIDATION'
  if (!levelAbove(assets, debts, levels.marginCall)) return 'MARGIN_CALL'
  if (levelAbove(collateral, debts, levels.transferOut)) return 'TRANSFER_OUT'
  return levelAbove(collateral, debts, levels.borrow) ? 'BORROW' : 'TRADE'
}
