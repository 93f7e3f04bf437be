import type { AccountId } from '../domain/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'

/**
 * How far above its level an account still counts as at risk, relative. A sum of some hundred products of doubles is
 * off by less than 10⁻¹³, so what is exactly at its level is never missed; one flagged in vain costs an exact look.
 */
const SCREEN_MARGIN = 1e-9

/**
 * Appends every account whose margin level may be at or below `levels(account)` (rule Q1) to `into`, in the order given.
 * A screen: whether it is at risk is decided by the caller, on exact integers. `prices` are by asset index in any one
 * unit, NaN where there is none: every account with such an asset is then looked at.
 */
export function screenAtRisk(
  ledger: Ledger,
  accounts: Int32Array | readonly AccountId[],
  prices: Float64Array,
  levels: (account: AccountId) => number,
  into: AccountId[],
): void {
  const sums = new Float64Array(2)
  for (let place = 0; place < accounts.length; place += 1) {
    const account = accounts[place] as AccountId
    ledger.screen(account, prices, sums)
    const debts = sums[1] ?? 0
    // Written so that NaN falls on the side of flagging.
    if (debts === 0) continue
    const safe = (sums[0] ?? 0) > levels(account) * debts * (1 + SCREEN_MARGIN)
    if (!safe) into.push(account)
  }
}
