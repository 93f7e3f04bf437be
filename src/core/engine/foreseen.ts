import { repaysAutomatically } from '../domain/order.ts'
import type { Refusal } from '../domain/rejection.ts'
import { hourlyInterest } from '../margin/interest.ts'
import { formatLevel, levelAbove } from '../margin/level.ts'
import type { Valuation } from '../margin/valuation.ts'
import { formatDecimalShort } from '../money/decimal.ts'
import type { Value } from '../money/price.ts'
import { RATE_DECIMALS } from '../money/rate.ts'
import { maxBigint, minBigint } from '../money/rounding.ts'
import { feeOn, feeRateOf } from './fees.ts'
import { dailyRateOf } from './interest-rates.ts'
import { lossAtLimit, openOrdersLoss, openOrdersLossAtMost } from './limit-loss.ts'
import { levelsOf, marginOf } from './margin-account.ts'
import type { OrderPlan } from './order-plan.ts'
import type { ExchangeState } from './state.ts'
import { venueOf } from './state.ts'

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
  const { account, place, symbol, fills } = plan
  const restLoss = lossAtLimit(state, symbol, place.side, place.price, plan.restLots)
  const lossAtMost = restLoss + openOrdersLossAtMost(state, account)
  // Nothing is given away, and a loan was granted at a far higher level.
  if (fills.length === 0 && lossAtMost === 0n) return null
  const { assetsAfter, debtsAfter } = afterFills(state, plan, assets, debts)
  const { liquidation } = levelsOf(state, marginOf(state, account))
  const standsAbove = (loss: bigint): boolean =>
    levelAbove((assetsAfter - loss) as Value, debtsAfter, liquidation)
  if (standsAbove(lossAtMost)) return null
  const loss = restLoss + openOrdersLoss(state, account)
  if (standsAbove(loss)) return null
  return {
    reason: 'trade_level_too_low',
    level: formatLevel(maxBigint(assetsAfter - loss, 0n) as Value, debtsAfter),
    need: formatDecimalShort(liquidation, RATE_DECIMALS),
  }
}

/** The account at index prices once what trades at once has traded, been charged and repaid. */
function afterFills(state: ExchangeState, plan: OrderPlan, assets: Value, debts: Value) {
  const { account, gives, receives, borrow, place, user } = plan
  const givesPrice = state.prices[gives.index] ?? 0n
  const receivesPrice = state.prices[receives.index] ?? 0n
  const charged = borrow > 0n ? hourlyInterest(borrow, dailyRateOf(state, gives.index, user)) : 0n
  const { given, received } = exchanged(state, plan)
  const repaid = repaysAutomatically(place.sideEffect)
    ? minBigint(received, state.ledger.owed(account, receives.index)) * receivesPrice
    : 0n
  const assetsAfter = assets + (borrow - given) * givesPrice + received * receivesPrice - repaid
  const debtsAfter = debts + (borrow + charged) * givesPrice - repaid
  return { assetsAfter, debtsAfter: debtsAfter as Value }
}

/** What the fills at once will give away and bring in after fees. */
function exchanged(state: ExchangeState, { place, fills, symbol, user }: OrderPlan) {
  const rate = feeRateOf(venueOf(state).policy, symbol, user, 'taker', place.side)
  const buys = place.side === 'BUY'
  let given = 0n
  let received = 0n
  for (const { base, quote } of fills) {
    given += buys ? quote : base
    const gross = buys ? base : quote
    received += gross - feeOn(gross, rate)
  }
  return { given, received }
}
