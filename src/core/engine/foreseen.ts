import { repaysAutomatically } from '../domain/order.ts'
import type { Refusal } from '../domain/rejection.ts'
import { hourlyInterest } from '../margin/interest.ts'
import { formatLevel, levelAbove } from '../margin/level.ts'
import type { Valuation } from '../margin/valuation.ts'
import { formatDecimalShort } from '../money/decimal.ts'
import type { Value } from '../money/price.ts'
import { RATE_DECIMALS } from '../money/rate.ts'
import { maxBigint, minBigint } from '../money/rounding.ts'
import { lossAtLimit, openOrdersLoss } from './limit-loss.ts'
import type { OrderPlan } from './order-plan.ts'
import { feeOn } from './post-order.ts'
import type { ExchangeState } from './state.ts'
import { levelsOf, venueOf } from './state.ts'

/**
 * Refuses an order after which, with everything it has open filled at its limit, an account that owes would stand at or
 * below its liquidation level. Prices far from the index would otherwise carry borrowed funds to whoever is on the
 * other side, which may be the same person, and leave the debt to the fund and the lenders.
 */
export function refuseRuin(
  state: ExchangeState,
  plan: OrderPlan,
  { assets, debts }: Valuation,
): Refusal | null {
  const { account, gives, receives, borrow, place, user } = plan
  const foreseenLoss =
    lossAtLimit(state, plan.symbol, place.side, place.price, plan.restLots) +
    openOrdersLoss(state, account)
  // Nothing is given away, and a loan was granted at a far higher level.
  if (plan.fills.length === 0 && foreseenLoss === 0n) return null
  const givesPrice = state.prices[gives.index] ?? 0n
  const receivesPrice = state.prices[receives.index] ?? 0n
  const charged = borrow > 0n ? hourlyInterest(borrow, gives.dailyInterestRate) : 0n
  let debtsAfter = debts + (borrow + charged) * givesPrice
  if (debtsAfter === 0n) return null
  const { given, received } = exchanged(state, plan)
  let assetsAfter = assets + (borrow - given) * givesPrice + received * receivesPrice
  if (repaysAutomatically(place.sideEffect)) {
    const repaid = minBigint(received, state.ledger.owed(account, receives.index)) * receivesPrice
    debtsAfter -= repaid
    assetsAfter -= repaid
  }
  assetsAfter -= foreseenLoss
  const { liquidation } = levelsOf(state, user)
  if (levelAbove(assetsAfter as Value, debtsAfter as Value, liquidation)) return null
  return {
    reason: 'trade_level_too_low',
    level: formatLevel(maxBigint(assetsAfter, 0n) as Value, debtsAfter as Value),
    need: formatDecimalShort(liquidation, RATE_DECIMALS),
  }
}

/** What the fills at once will give away and bring in after fees. */
function exchanged(state: ExchangeState, { place, fills }: OrderPlan) {
  const { takerFee } = venueOf(state).policy
  const buys = place.side === 'BUY'
  let given = 0n
  let received = 0n
  for (const { base, quote } of fills) {
    given += buys ? quote : base
    const gross = buys ? base : quote
    received += gross - feeOn(gross, takerFee)
  }
  return { given, received }
}
