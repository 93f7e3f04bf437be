import type { AccountId, AssetIndex } from '../domain/ids.ts'
import { redemptionPrice } from '../index-price/redemption.ts'
import type { IndexPrice } from '../money/price.ts'
import type { ExchangeState } from './state.ts'
import { assetAt, indexOf } from './state.ts'

/**
 * Rule X3: whether an account that has fallen to its level may be closed now. While an index it depends on is contested
 * or stale it may not; once that has lasted longer than the policy allows, it may if it is worth less than nothing at the
 * best that any source last said for it, or an operator let liquidations at that index go on.
 */
export function mayLiquidate(state: ExchangeState, account: AccountId): boolean {
  if (state.heldIndexes === 0) return true
  let isHeld = false
  let mustWait = false
  let best = 0n
  state.ledger.forEachHolding(account, (asset, held, owed) => {
    if (held === 0n && owed === 0n) return
    const { standing, isOverdue, isReleased } = indexOf(state, asset)
    const price = state.prices[asset] ?? null
    const isRelied = standing === 'GOOD' || isReleased
    if (price === null || !(isRelied || isOverdue)) mustWait = true
    else if (isRelied) best += (held - owed) * price
    else {
      isHeld = true
      best += bestFor(state, asset, held - owed)
    }
  })
  if (mustWait) return false
  return !isHeld || best < 0n
}

/** The most that a net holding is worth, and the least that a net debt costs, at any source's last price. */
function bestFor(state: ExchangeState, asset: AssetIndex, net: bigint): bigint {
  let best: bigint | null = null
  for (const price of pricesSaid(state, asset)) {
    const worth = net * price
    if (best === null || worth > best) best = worth
  }
  return best ?? 0n
}

/** Every price an asset may have: of its index, of what was declared, of each source. */
function pricesSaid(state: ExchangeState, asset: AssetIndex): IndexPrice[] {
  const { redemption } = assetAt(state, asset)
  const ratio = indexOf(state, asset).redemption?.ratio ?? null
  if (redemption !== null && ratio !== null) {
    return pricesSaid(state, redemption.underlying).map((price) => redemptionPrice(ratio, price))
  }
  const { declared, quotes } = indexOf(state, asset)
  const index = state.prices[asset] ?? null
  const said = [index, ...(declared === null ? quotes.map((quote) => quote?.price ?? null) : [])]
  return said.filter((price) => price !== null)
}
