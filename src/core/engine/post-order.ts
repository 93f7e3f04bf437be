import { assert } from '../assert.ts'
import type { AccountId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import { isAtMarket, repaysAutomatically } from '../domain/order.ts'
import type { Asset } from '../domain/venue.ts'
import { baseOf, notionalOf } from '../domain/venue.ts'
import type { Repayment } from '../ledger/entry.ts'
import { lockedForOrder, paid, unlocked } from '../ledger/entry.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_SCALE, ZERO } from '../money/amount.ts'
import type { Lots } from '../money/price.ts'
import { divCeil, minBigint } from '../money/rounding.ts'
import type { Charge } from './charge-interest.ts'
import { feeOn, feeRateOf } from './fees.ts'
import { postLoan, postRepayment } from './funds.ts'
import type { OrderPlan, PlannedFill, PlannedPrevention } from './order-plan.ts'
import { lockedAtStart } from './order-plan.ts'
import { limitFunds } from './plan-order.ts'
import type { ExchangeState } from './state.ts'
import { assetAt, ownerOf, symbolAt, venueOf } from './state.ts'

export interface FillPosting {
  readonly takerFee: Amount
  readonly makerFee: Amount
  readonly takerRepaid: Repayment | null
  readonly makerRepaid: Repayment | null
  /** What the taker still has locked after this fill. */
  readonly takerLocked: Amount
}

/** What an order's entries came to. */
export interface OrderPosting {
  /** The first hour's interest on what was borrowed. */
  readonly interest: Charge | null
  readonly fills: readonly FillPosting[]
  /** Given back of the loan because the remainder ended at once (rule B4). */
  readonly givenBack: Repayment | null
  /** By prevented match, in the plan's order: what its maker gave back of a loan. */
  readonly preventedGivenBack: readonly (Repayment | null)[]
  /** By resting order that may not trade (rule T23), in the plan's order: as above. */
  readonly unfitGivenBack: readonly (Repayment | null)[]
  /** Still locked for what rests or waits. */
  readonly locked: Amount
}

const NO_FILLS: readonly FillPosting[] = []
const NO_REPAYMENTS: readonly (Repayment | null)[] = []

/**
 * Every ledger entry of an order, and nothing else: a preview rehearses exactly this function, so what it shows is
 * what will be.
 */
export function postOrder(state: ExchangeState, plan: OrderPlan): OrderPosting {
  const { account, gives, held, borrow, lent } = plan
  const interest = borrow > 0n ? postLoan(state, account, gives, borrow) : null
  let locked = lockedAtStart(plan)
  lockedForOrder(state.ledger, account, gives.index, (locked - held) as Amount)
  if (meetsNobody(plan) && (plan.restLots > 0 || plan.waits)) {
    return {
      interest,
      fills: NO_FILLS,
      givenBack: null,
      preventedGivenBack: NO_REPAYMENTS,
      unfitGivenBack: NO_REPAYMENTS,
      locked,
    }
  }
  const unfitGivenBack = plan.unfit.map((maker) => postRelease(state, maker, maker.locked))
  const fills: FillPosting[] = []
  const preventedGivenBack: (Repayment | null)[] = []
  const postPreventions = (): void => {
    for (;;) {
      const prevention = plan.preventions[preventedGivenBack.length]
      if (prevention?.after !== fills.length) return
      locked = (locked - preventedTakerFunds(plan, prevention)) as Amount
      preventedGivenBack.push(postPrevention(state, plan, prevention))
    }
  }
  for (const fill of plan.fills) {
    if (plan.preventions.length > 0) postPreventions()
    locked = (locked - spentBy(plan, fill)) as Amount
    fills.push(postFill(state, plan, fill, locked))
  }
  if (plan.preventions.length > 0) postPreventions()
  if (plan.restLots > 0 || plan.waits) {
    return { interest, fills, givenBack: null, preventedGivenBack, unfitGivenBack, locked }
  }
  unlocked(state.ledger, account, gives.index, locked)
  const unused = plan.place.autoRepayAtCancel ? (minBigint(locked, lent) as Amount) : ZERO
  const givenBack = postGiveBack(state, account, gives, unused)
  return { interest, fills, givenBack, preventedGivenBack, unfitGivenBack, locked: ZERO }
}

/** Whether the book gives the order nothing to do: most orders only come to rest. */
function meetsNobody({ fills, preventions, unfit }: OrderPlan): boolean {
  return fills.length === 0 && preventions.length === 0 && unfit.length === 0
}

/** What a fill takes out of the taker's lock: a buy at a better price than its limit frees the difference as well. */
function spentBy({ place, symbol }: OrderPlan, { base, quote, lots }: PlannedFill): Amount {
  if (place.side === 'SELL') return base
  return place.orderType === 'MARKET' ? quote : notionalOf(symbol, place.price, lots)
}

function postFill(
  state: ExchangeState,
  plan: OrderPlan,
  fill: PlannedFill,
  takerLocked: Amount,
): FillPosting {
  const { place, user, account, symbol, gives, receives } = plan
  const { maker, base, quote } = fill
  const { policy } = venueOf(state)
  const buys = place.side === 'BUY'
  const takerReceives = buys ? base : quote
  const makerReceives = buys ? quote : base
  const makerUser = ownerOf(state, maker.accountId).user
  const takerFee = feeOn(takerReceives, feeRateOf(policy, symbol, user, 'taker', place.side))
  const makerFee = feeOn(makerReceives, feeRateOf(policy, symbol, makerUser, 'maker', maker.side))
  paid(state.ledger, account, maker.accountId, gives.index, makerReceives, makerFee)
  paid(state.ledger, maker.accountId, account, receives.index, takerReceives, takerFee)
  unlocked(state.ledger, account, gives.index, (spentBy(plan, fill) - makerReceives) as Amount)
  const takerNet = (takerReceives - takerFee) as Amount
  const makerNet = (makerReceives - makerFee) as Amount
  return {
    takerFee,
    makerFee,
    takerRepaid: autoRepay(state, plan.place, account, receives, takerNet),
    makerRepaid: autoRepay(state, maker, maker.accountId, gives, makerNet),
    takerLocked,
  }
}

/** What a prevented match frees of the taker's lock: a limit order's share, a market order's only what changes hands. */
function preventedTakerFunds(
  { place, symbol }: OrderPlan,
  { takerLots, transferred }: PlannedPrevention,
): Amount {
  if (place.orderType !== 'MARKET') return limitFunds(symbol, place.side, place.price, takerLots)
  if (transferred === null) return ZERO
  return place.side === 'BUY' ? transferred.quote : transferred.base
}

/** Rule T6: what is prevented is no longer locked, and under TRANSFER changes hands. */
function postPrevention(
  state: ExchangeState,
  plan: OrderPlan,
  prevention: PlannedPrevention,
): Repayment | null {
  const { account, gives, receives, place, symbol } = plan
  const { maker, makerLots, transferred } = prevention
  const takerFunds = preventedTakerFunds(plan, prevention)
  if (transferred === null) {
    unlocked(state.ledger, account, gives.index, takerFunds)
    const funds = limitFunds(symbol, maker.side, maker.price, makerLots)
    // An OCO's second order holds no more than it needs beyond the first.
    return postRelease(state, maker, minBigint(funds, maker.locked) as Amount)
  }
  const [given, received] =
    place.side === 'BUY'
      ? [transferred.quote, transferred.base]
      : [transferred.base, transferred.quote]
  paid(state.ledger, account, maker.accountId, gives.index, given, ZERO)
  paid(state.ledger, maker.accountId, account, receives.index, received, ZERO)
  unlocked(state.ledger, account, gives.index, (takerFunds - given) as Amount)
  return null
}

/** Rule B5: what came in repays the debt in that asset, as far as it reaches. */
function autoRepay(
  state: ExchangeState,
  { wallet, sideEffect }: Pick<Order, 'wallet' | 'sideEffect'>,
  account: AccountId,
  asset: Asset,
  received: Amount,
): Repayment | null {
  if (wallet === 'SPOT' || !repaysAutomatically(sideEffect)) return null
  return postGiveBack(state, account, asset, received)
}

/** Part or all of an order is gone: so much of its lock is freed, and a loan it did not use goes back (rule B4). */
export function postRelease(state: ExchangeState, order: Order, freed: Amount): Repayment | null {
  const symbol = symbolAt(state, order.symbol)
  const asset = assetAt(state, order.side === 'BUY' ? symbol.quote : symbol.base)
  assert(freed >= 0n && freed <= order.locked, 'V3 an order holds no negative lock')
  unlocked(state.ledger, order.accountId, asset.index, freed)
  if (order.borrowed === 0n || !order.autoRepayAtCancel) return null
  return postGiveBack(state, order.accountId, asset, minBigint(freed, order.borrowed) as Amount)
}

function postGiveBack(
  state: ExchangeState,
  account: AccountId,
  asset: Asset,
  sum: Amount,
): Repayment | null {
  const toRepay = minBigint(sum, state.ledger.owed(account, asset.index)) as Amount
  return toRepay > 0n ? postRepayment(state, account, asset, toRepay) : null
}

/** What `lots` more or less mean for an order's lock. An OCO's second order may hold less than its own need. */
export function lockOf(state: ExchangeState, order: Order, lots: Lots): Amount {
  const symbol = symbolAt(state, order.symbol)
  if (order.reservePrice > 0n) {
    return divCeil(baseOf(symbol, lots) * order.reservePrice, AMOUNT_SCALE) as Amount
  }
  const price = isAtMarket(order.type) ? order.stopPrice : order.price
  return limitFunds(symbol, order.side, price, lots)
}
