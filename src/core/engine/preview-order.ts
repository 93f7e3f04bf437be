import type { PlaceOrder } from '../domain/command.ts'
import type { AssetIndex, Sequence } from '../domain/ids.ts'
import { repaysAutomatically } from '../domain/order.ts'
import type { AccountStanding, OrderPreviewAnswer } from '../domain/question.ts'
import type { Refusal } from '../domain/rejection.ts'
import { baseOf, notionalOf } from '../domain/venue.ts'
import { BUCKET, VENUE_ACCOUNT } from '../ledger/chart.ts'
import { hourlyInterest } from '../margin/interest.ts'
import { standingOf } from '../margin/standing.ts'
import { equityOf } from '../margin/valuation.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_SCALE, ZERO } from '../money/amount.ts'
import type { Lots } from '../money/price.ts'
import { divFloor, minBigint } from '../money/rounding.ts'
import { feeOn, feeRateOf } from './fees.ts'
import { postRepayment } from './funds.ts'
import { dailyRateOf } from './interest-rates.ts'
import { crossOf, levelsOf, marginAccountOf } from './margin-account.ts'
import type { OrderPlan } from './order-plan.ts'
import { isPlan } from './order-plan.ts'
import { planOrder } from './plan-order.ts'
import type { OrderPosting } from './post-order.ts'
import { postOrder } from './post-order.ts'
import { referencePrice } from './reference-price.ts'
import { measureCap } from './refuse-on-margin.ts'
import { riskPricesOf } from './risk-prices.ts'
import { riskValuationOf } from './standing.ts'
import type { ExchangeState, MarginAccount, User } from './state.ts'
import { symbolAt, venueOf } from './state.ts'

const BIPS = 10_000

/** How a margin account stands; the liquidation price is of `priceAsset`. */
export function accountStanding(
  state: ExchangeState,
  margin: MarginAccount,
  priceAsset: AssetIndex | null,
): AccountStanding {
  return standingOf({
    ledger: state.ledger,
    account: margin.account,
    venue: venueOf(state),
    prices: state.prices,
    riskPrices: riskPricesOf(state),
    levels: levelsOf(state, margin),
    priceAsset,
    inFull: margin.pair !== null,
    tradingAllowed: margin.liquidation === null,
  })
}

/**
 * Before → after of an order, by rehearsing it: the same plan and the same entries as the real thing, taken back
 * afterwards. Nothing is computed a second way.
 */
export function previewOrder(
  state: ExchangeState,
  user: User,
  place: PlaceOrder,
): OrderPreviewAnswer {
  const { base } = symbolAt(state, place.symbol)
  const pair = place.wallet === 'ISOLATED_MARGIN' ? place.symbol : null
  // Without an account the order is refused, and there is nothing to stand anywhere.
  const margin = marginAccountOf(state, user, pair) ?? crossOf(state, user)
  const before = accountStanding(state, margin, base)
  const plan = planOrder(state, user, place)
  const sequence = state.sequence as Sequence
  if (!isPlan(plan)) return refusedPreview(sequence, before, plan)
  const cap = capOf(state, plan)
  return state.ledger.rehearse(() => {
    const posting = postOrder(state, plan)
    const after = accountStanding(state, margin, base)
    fillRemainder(state, plan, posting)
    const worst = accountStanding(state, margin, base)
    return {
      sequence,
      before,
      after,
      worst,
      borrow: borrowOf(state, plan),
      repay: repayOf(plan, posting),
      fee: feeOf(plan, posting),
      cap,
      binding: null,
      refusal: null,
      warnings: warningsOf(after, worst),
    }
  })
}

/** A refusal by the cap says the cap as well: what may pass is then what one wants to know. */
function refusedPreview(
  sequence: Sequence,
  before: AccountStanding,
  refusal: Refusal,
): OrderPreviewAnswer {
  const cap =
    refusal.reason === 'position_cap'
      ? {
          used: (refusal.used + refusal.asked) as Amount,
          limit: refusal.cap,
          maxQuantity: refusal.maxQuantity,
        }
      : null
  const nothing = { after: null, worst: null, borrow: null, repay: null, fee: null }
  return { sequence, before, ...nothing, cap, binding: refusal.reason, refusal, warnings: [] }
}

/** The resting part trades at its own limit, against nobody in particular: the worst it can do. */
function fillRemainder(state: ExchangeState, plan: OrderPlan, { locked }: OrderPosting): void {
  const { account, gives, receives, symbol, place, user } = plan
  const restLots = plan.waits ? place.lots : plan.restLots
  if (restLots === 0 || locked === 0n) return
  const { free, locked: lockedBucket } = BUCKET
  const { external, tradingFees } = VENUE_ACCOUNT
  const received =
    place.side === 'BUY' ? baseOf(symbol, restLots) : proceedsOf(state, plan, restLots)
  const part = plan.waits ? 'taker' : 'maker'
  const rate = feeRateOf(venueOf(state).policy, symbol, user, part, place.side)
  const fee = feeOn(received, rate)
  state.ledger.move(gives.index, account, lockedBucket, external, free, locked)
  if (received > 0n) state.ledger.move(receives.index, external, free, account, free, received)
  if (fee > 0n) state.ledger.move(receives.index, account, free, tradingFees, free, fee)
  if (place.wallet === 'SPOT' || !repaysAutomatically(place.sideEffect)) return
  const sum = minBigint(received - fee, state.ledger.owed(account, receives.index)) as Amount
  if (sum > 0n) postRepayment(state, account, receives, sum)
}

/** What selling the remainder brings in: at its limit, its stop price, or where its trail from the present price ends. */
function proceedsOf(state: ExchangeState, { symbol, place }: OrderPlan, lots: Lots): Amount {
  const price = place.price > 0 ? place.price : place.stopPrice
  if (price > 0) return notionalOf(symbol, price, lots)
  const worth = baseOf(symbol, lots) * (referencePrice(state, symbol) ?? ZERO)
  const trail = BigInt(BIPS - place.trailingBips)
  return divFloor(worth * trail, AMOUNT_SCALE * BigInt(BIPS)) as Amount
}

function borrowOf(
  state: ExchangeState,
  { borrow, gives, user }: OrderPlan,
): OrderPreviewAnswer['borrow'] {
  if (borrow === 0n) return null
  const interestPerDay = (hourlyInterest(borrow, dailyRateOf(state, gives.index, user)) *
    24n) as Amount
  return { asset: gives.index, amount: borrow, interestPerDay }
}

function repayOf({ receives }: OrderPlan, { fills }: OrderPosting): OrderPreviewAnswer['repay'] {
  let sum = 0n
  for (const { takerRepaid } of fills) {
    sum += (takerRepaid?.interest ?? 0n) + (takerRepaid?.principal ?? 0n)
  }
  return sum === 0n ? null : { asset: receives.index, amount: sum as Amount }
}

function feeOf({ receives }: OrderPlan, { fills }: OrderPosting): OrderPreviewAnswer['fee'] {
  let sum: Amount = ZERO
  for (const { takerFee } of fills) sum = (sum + takerFee) as Amount
  return sum === 0n ? null : { asset: receives.index, amount: sum }
}

function capOf(state: ExchangeState, plan: OrderPlan): OrderPreviewAnswer['cap'] {
  const { account, symbol, place } = plan
  const { positionInitialMarginCap: cap } = venueOf(state).policy
  const priced = state.prices[symbol.base] !== null && state.prices[symbol.quote] !== null
  if (cap === null || place.wallet !== 'CROSS_MARGIN' || !priced) return null
  const { used, asked, limit, maxLots } = measureCap(
    state,
    plan,
    equityOf(riskValuationOf(state, account)),
  )
  return { used: (used + asked) as Amount, limit, maxQuantity: baseOf(symbol, maxLots) }
}

/** What a careful trader would want to be told, in the account's own numbers. */
function warningsOf(after: AccountStanding, worst: AccountStanding): string[] {
  const warnings: string[] = []
  if (!after.can.borrow)
    warnings.push(
      `After this order no further loan is possible at level ${after.collateralMarginLevel}.`,
    )
  if (!worst.can.trade)
    warnings.push(
      `Filled completely, this order brings the account to its liquidation level: ${worst.marginLevel}.`,
    )
  return warnings
}
