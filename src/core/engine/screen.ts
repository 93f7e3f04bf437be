import type { AccountId } from '../domain/ids.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { surelyWithinCap } from '../risk/cap-screen.ts'
import { feeRateOf } from './fees.ts'
import { levelsOf, marginOf, watchLevelOf } from './margin-account.ts'
import type { OrderPlan } from './order-plan.ts'
import type { ExchangeState } from './state.ts'
import { symbolAt, venueOf } from './state.ts'

// Most commands leave an account far from every threshold. These screens see that in floating point, from the account's
// holdings at the shadow prices; whatever is near, or without a price, is decided on exact integers by the rules
// themselves. A screen only ever says "surely"; its silence says nothing.

/** Far more than some hundred products of doubles, and their sum, can be off by, relative. */
const TOLERANCE = 1e-9
const ATOMS = 1e8
/** Assets and debts of the account looked at last, in 10⁻¹⁶ USDT. Written before each use. */
const SUMS = new Float64Array(2)

/** Whether an account that owes surely stands above every level that is told of, and has no call to end. */
export function surelyCalm(state: ExchangeState, account: AccountId): boolean {
  const margin = marginOf(state, account)
  const { marginCall, liquidation, warningsPassed } = margin
  if (marginCall !== null || liquidation !== null || warningsPassed > 0) return false
  state.ledger.screen(account, state.screenPrices, SUMS)
  const assets = SUMS[0] as number
  const debts = SUMS[1] as number
  const level = watchLevelOf(state, margin)
  // Written so that NaN, which a missing price makes, is not calm.
  return debts === 0 ? assets >= 0 : assets > level * debts * (1 + TOLERANCE)
}

/** Whether the index price of every asset of the venue is good. */
export function surelyFresh(state: ExchangeState): boolean {
  return state.heldIndexes === 0
}

/**
 * Whether an order that borrows nothing surely passes all that margin asks of it: the level before, the cap (P3)
 * and the level after its fills and with everything open filled at its limit (L6). Every simplification overstates: all
 * counts as opening, at the dearest price, and what the fills repay is left aside.
 */
export function surelyPasses(state: ExchangeState, plan: OrderPlan): boolean {
  const { user, account, symbol, place, fills } = plan
  if (plan.borrow > 0n || user.kyc !== 'APPROVED' || !surelyFresh(state)) return false
  const { policy } = venueOf(state)
  if (policy.recheckBalance) return false
  const basePrice = state.screenPrices[symbol.base] as number
  const tickPrice = (state.screenPrices[symbol.quote] as number) * (symbol.screen.tickSize / ATOMS)
  const lotBase = symbol.screen.stepSize
  // The second prices (rule C4) only overstate here: at the index the account stands no lower.
  state.ledger.screen(account, state.screenHeld, SUMS, state.screenOwed)
  const assets = SUMS[0] as number
  const debts = SUMS[1] as number
  const buys = place.side === 'BUY'

  let filledLots = 0
  let change = 0
  for (let at = 0; at < fills.length; at += 1) {
    const { price, lots } = fills[at] as (typeof fills)[number]
    filledLots += lots
    const gain = lots * lotBase * (basePrice - price * tickPrice)
    change += buys ? gain : -gain
  }
  const worth = filledLots * lotBase * basePrice
  if (fills.length > 0) {
    const fee = Number(feeRateOf(policy, symbol, user, 'taker', place.side)) / Number(RATE_SCALE)
    change -= (worth + Math.abs(change)) * fee
    // Each fill's fee is rounded up, by less than one unit of what it brings in.
    change -= fills.length * (buys ? basePrice : (state.screenPrices[symbol.quote] as number))
  }
  const atLimit = (lots: number, price: number): number => {
    const gain = lots * lotBase * (basePrice - price * tickPrice)
    return Math.min(buys ? gain : -gain, 0)
  }
  change += atLimit(plan.restLots, place.price) - openLossAtMost(state, account)
  // A cross account's levels are its user's, who is at hand.
  const levels =
    place.wallet === 'CROSS_MARGIN'
      ? policy.levels[user.leverage]
      : levelsOf(state, marginOf(state, account))
  const level = levels.screen.liquidation
  const slack = TOLERANCE * (assets + debts + worth)
  if (!(assets + Math.min(change, 0) - slack > level * debts)) return false
  // The cap is on cross positions (rule P3).
  if (place.wallet === 'ISOLATED_MARGIN') return true
  return isFarBelowCap(state, plan, (assets - debts - slack) / ATOMS / ATOMS, filledLots)
}

/** What the account's open orders may lose against the index at most, side by side as if all stood at the worst limit. */
function openLossAtMost(state: ExchangeState, account: AccountId): number {
  let loss = 0
  const { commitments } = state.orders
  let record = commitments.first(account)
  for (; record >= 0; record = commitments.next(record)) {
    const buys = commitments.lots(record, 'BUY')
    const sells = commitments.lots(record, 'SELL')
    if (buys === 0 && sells === 0) continue
    const symbol = symbolAt(state, commitments.symbolOf(record))
    const base = state.screenPrices[symbol.base] as number
    const tick = (state.screenPrices[symbol.quote] as number) * (symbol.screen.tickSize / ATOMS)
    const lot = symbol.screen.stepSize
    if (buys > 0)
      loss += Math.max(buys * lot * (commitments.dearest(record, 'BUY') * tick - base), 0)
    if (sells > 0)
      loss += Math.max(sells * lot * (base - commitments.cheapest(record, 'SELL') * tick), 0)
  }
  return loss
}

function isFarBelowCap(
  state: ExchangeState,
  { user, account, symbol, place }: OrderPlan,
  equity: number,
  filledLots: number,
): boolean {
  const { commitments } = state.orders
  const record = commitments.find(account, symbol.index)
  const { side } = place
  const resting = commitments.lots(record, side) + commitments.waitingLots(record, side)
  return surelyWithinCap({
    equity,
    cap: venueOf(state).policy.positionInitialMarginCap,
    leverage: user.leverage,
    symbol,
    basePrice: (state.screenPrices[symbol.base] as number) / ATOMS,
    quotePrice: (state.screenPrices[symbol.quote] as number) / ATOMS,
    lots: resting + (place.lots > 0 ? place.lots : filledLots),
    dearest: Math.max(
      commitments.dearest(record, side),
      commitments.waitingDearest(record, side),
      place.price,
      place.stopPrice,
    ),
    position: commitments.positionSize(record),
  })
}
