import type { AccountId } from '../domain/ids.ts'
import type { Order, Side } from '../domain/order.ts'
import { borrowsAutomatically, remainingLots } from '../domain/order.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { TradingSymbol } from '../domain/venue.ts'
import { baseOf } from '../domain/venue.ts'
import { hourlyInterest } from '../margin/interest.ts'
import { formatLevel, levelAbove } from '../margin/level.ts'
import type { Valuation } from '../margin/valuation.ts'
import { equityOf } from '../margin/valuation.ts'
import type { Amount } from '../money/amount.ts'
import { formatDecimalShort } from '../money/decimal.ts'
import type { Lots, Ticks, Value } from '../money/price.ts'
import { RATE_DECIMALS } from '../money/rate.ts'
import { maxBigint } from '../money/rounding.ts'
import type { PositionCap } from '../risk/position-cap.ts'
import { positionCap } from '../risk/position-cap.ts'
import { refuseRuin } from './foreseen.ts'
import { refuseLoan } from './funds.ts'
import { dailyRateOf } from './interest-rates.ts'
import { levelsOf, marginOf } from './margin-account.ts'
import type { OrderPlan } from './order-plan.ts'
import { surelyPasses } from './screen.ts'
import {
  reduceOnlyReason,
  refuseStale,
  refuseStaleAccount,
  riskValuationOf,
  valuationOf,
} from './standing.ts'
import type { ExchangeState } from './state.ts'
import { assetAt, symbolAt, venueOf } from './state.ts'

/**
 * The rules of margin that the order itself must meet: prices, level, cap, loan, and the level afterwards. What
 * the other order of its list borrows counts for the loan.
 */
export function refuseOnMargin(
  state: ExchangeState,
  plan: OrderPlan,
  siblingBorrow: Amount,
): Refusal | null {
  return surelyPasses(state, plan) ? null : refuseExactly(state, plan, siblingBorrow)
}

/** The rules themselves, on exact integers; what `surelyPasses` lets by, these do. */
export function refuseExactly(
  state: ExchangeState,
  plan: OrderPlan,
  siblingBorrow: Amount,
): Refusal | null {
  const { account, symbol, place } = plan
  const stale =
    refuseStale(state, symbol.base) ??
    refuseStale(state, symbol.quote) ??
    refuseStaleAccount(state, account)
  const priced = state.prices[symbol.base] !== null && state.prices[symbol.quote] !== null
  if (stale !== null && (!priced || plan.borrow > 0n || place.orderType === 'MARKET')) return stale

  const valuation = valuationOf(state, account)
  return (
    refuseLevel(state, plan, valuation) ??
    refuseOpening(state, plan, stale) ??
    (plan.borrow > 0n
      ? refuseLoan(
          state,
          marginOf(state, account),
          plan.gives,
          (plan.borrow + siblingBorrow) as Amount,
        )
      : null) ??
    refuseRuin(state, plan, valuation)
  )
}

/** The account must be above its liquidation level to trade at all. */
function refuseLevel(
  state: ExchangeState,
  { account }: OrderPlan,
  { assets, debts }: Valuation,
): Refusal | null {
  const { liquidation } = levelsOf(state, marginOf(state, account))
  if (levelAbove(assets, debts, liquidation)) return null
  const need = formatDecimalShort(liquidation, RATE_DECIMALS)
  return { reason: 'trade_level_too_low', level: formatLevel(assets, debts), need }
}

/** What refuses an order that opens or increases a position, but not one that reduces (rules E7, P3, X3, C4). */
function refuseOpening(
  state: ExchangeState,
  plan: OrderPlan,
  stale: Refusal | null,
): Refusal | null {
  if (plan.place.wallet === 'ISOLATED_MARGIN') return refuseOpeningIsolated(state, plan, stale)
  const why = reduceOnlyReason(state, plan.user, 'CROSS')
  const valuation = riskValuationOf(state, plan.account)
  const cap = measureCap(state, plan, equityOf(valuation))
  if (cap.verdict === 'exempt') return null
  if (stale !== null) return stale
  if (why !== null) return { reason: 'reduce_only', why }
  const tooLow = refuseLevel(state, plan, valuation)
  if (tooLow !== null) return tooLow
  return cap.verdict === 'exceeds' ? capRefusal(state, plan.symbol, cap) : null
}

/** As `refuseOpening`, where no position is kept and none is capped: what reduces is seen from what is held and owed. */
function refuseOpeningIsolated(
  state: ExchangeState,
  plan: OrderPlan,
  stale: Refusal | null,
): Refusal | null {
  const why = reduceOnlyReason(state, plan.user, 'ISOLATED')
  const tooLow = refuseLevel(state, plan, riskValuationOf(state, plan.account))
  if (stale === null && why === null && tooLow === null) return null
  const { account, place, symbol } = plan
  let size = baseOf(symbol, lotsAsked(plan))
  for (const { lots } of restingSameSide(state, plan))
    size = (size + baseOf(symbol, lots)) as Amount
  if (plan.borrow === 0n && reducesIsolated(state, account, symbol, place.side, size)) return null
  return stale ?? (why === null ? tooLow : { reason: 'reduce_only', why })
}

/** Whether orders of so much base only bring what the account holds of it, less what it owes, nearer to nothing. */
export function reducesIsolated(
  state: ExchangeState,
  account: AccountId,
  { base, stepSize }: TradingSymbol,
  side: Side,
  size: Amount,
): boolean {
  const own = state.ledger.held(account, base) - state.ledger.owed(account, base)
  // The last lot that buys a debt back may reach beyond it.
  return side === 'SELL' ? size <= own : size - stepSize < -own
}

/** Rules P2, P3 and P5 for a planned order, exactly. `equity` as rule C4 values it. */
export function measureCap(state: ExchangeState, plan: OrderPlan, equity: Value): PositionCap {
  const { user, symbol, place } = plan
  return positionCap({
    equity,
    cap: venueOf(state).policy.positionInitialMarginCap,
    leverage: user.leverage,
    symbol,
    prices: state.prices,
    side: place.side,
    lots: lotsAsked(plan),
    limitPrice: priceBoundOf(place),
    position: positionOf(state, plan),
    resting: restingSameSide(state, plan),
    shortable: place.side === 'SELL' ? shortableOf(state, plan) : null,
    borrowsBeyond: borrowsBeyondOf(state, plan),
  })
}

function positionOf(state: ExchangeState, { account, symbol }: OrderPlan): Amount {
  return state.positions.quantityOf(account, symbol.index)
}

function lotsAsked(plan: OrderPlan): Lots {
  if (plan.place.lots > 0) return plan.place.lots
  let lots = 0
  for (const fill of plan.fills) lots += fill.lots
  return lots as Lots
}

function restingSameSide(
  state: ExchangeState,
  { account, symbol, place }: OrderPlan,
): { price: Ticks; lots: Lots }[] {
  const resting: { price: Ticks; lots: Lots }[] = []
  for (const order of state.orders.committedOf(account)) {
    if (order.symbol !== symbol.index || order.side !== place.side) continue
    resting.push({ price: priceBoundOf(order) ?? (0 as Ticks), lots: remainingLots(order) })
  }
  return resting
}

/** The most an order may pay: its limit, else its stop price; null: whatever the market is. */
function priceBoundOf(order: Pick<Order, 'price' | 'stopPrice'>): Ticks | null {
  const bound = order.price > 0 ? order.price : order.stopPrice
  return bound > 0 ? bound : null
}

/** How far short this pair may go once the order has borrowed. */
function shortableOf(state: ExchangeState, plan: OrderPlan): Amount {
  const { account, symbol, gives, borrow, user } = plan
  const charged = borrow > 0n ? hourlyInterest(borrow, dailyRateOf(state, gives.index, user)) : 0n
  return maxBigint(coveredShort(state, account, symbol) + borrow + charged, 0n) as Amount
}

/** What the account owes of a pair's base, less its shorts of it in other pairs (rule P1). */
export function coveredShort(
  state: ExchangeState,
  account: AccountId,
  symbol: TradingSymbol,
): bigint {
  let covered: bigint = state.ledger.owed(account, symbol.base)
  for (const { symbol: index, position } of state.positions.of(account)) {
    if (index === symbol.index || position.quantity >= 0n) continue
    if (symbolAt(state, index).base === symbol.base) covered += position.quantity
  }
  return covered
}

/** The size from which a sale is no longer of what is held but of what it borrows; null: it borrows nothing. */
function borrowsBeyondOf(
  state: ExchangeState,
  { place, account, gives }: OrderPlan,
): Amount | null {
  if (place.side === 'BUY' || !borrowsAutomatically(place.sideEffect)) return null
  return state.ledger.free(account, gives.index)
}

/** Rule P5. */
function capRefusal(state: ExchangeState, symbol: TradingSymbol, cap: PositionCap): Refusal {
  return {
    reason: 'position_cap',
    cap: cap.limit,
    used: cap.used,
    asked: cap.asked,
    maxQuantity: baseOf(symbol, cap.maxLots),
    base: assetAt(state, symbol.base).code,
  }
}
