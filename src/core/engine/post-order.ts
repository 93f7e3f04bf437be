import { assert } from '../assert.ts'
import type { AccountId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import { repaysAutomatically } from '../domain/order.ts'
import type { Asset } from '../domain/venue.ts'
import { notionalOf } from '../domain/venue.ts'
import type { Repayment } from '../ledger/entry.ts'
import { lockedForOrder, paid, unlocked } from '../ledger/entry.ts'
import type { Amount } from '../money/amount.ts'
import { ZERO } from '../money/amount.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divCeil, minBigint } from '../money/rounding.ts'
import { postLoan, postRepayment } from './funds.ts'
import type { OrderPlan, PlannedFill } from './order-plan.ts'
import type { ExchangeState } from './state.ts'
import { assetAt, symbolAt, venueOf } from './state.ts'

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
  readonly interest: Amount
  readonly fills: readonly FillPosting[]
  /** Given back of the loan because the remainder ended at once (rule B4). */
  readonly givenBack: Repayment | null
  /** By expired maker, in the plan's order. */
  readonly makersGivenBack: readonly (Repayment | null)[]
  /** Still locked for the resting remainder. */
  readonly locked: Amount
}

/**
 * Every ledger entry of an order, and nothing else: a preview rehearses exactly this function, so what it shows is
 * what will be.
 */
export function postOrder(state: ExchangeState, plan: OrderPlan): OrderPosting {
  const { account, gives, need, borrow } = plan
  const interest = borrow > 0n ? postLoan(state, account, gives, borrow) : ZERO
  lockedForOrder(state.ledger, account, gives.index, need)
  const makersGivenBack = plan.expiredMakers.map((maker) => postRelease(state, maker, maker.locked))

  let locked = need
  const fills = plan.fills.map((fill) => {
    locked = (locked - spentBy(plan, fill)) as Amount
    return postFill(state, plan, fill, locked)
  })
  if (plan.restLots > 0) return { interest, fills, givenBack: null, makersGivenBack, locked }
  unlocked(state.ledger, account, gives.index, locked)
  const unused = plan.place.autoRepayAtCancel ? (minBigint(locked, borrow) as Amount) : ZERO
  const givenBack = postGiveBack(state, account, gives, unused)
  return { interest, fills, givenBack, makersGivenBack, locked: ZERO }
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
  const { place, account, gives, receives } = plan
  const { maker, base, quote } = fill
  const { takerFee: takerRate, makerFee: makerRate } = venueOf(state).policy
  const buys = place.side === 'BUY'
  const takerReceives = buys ? base : quote
  const makerReceives = buys ? quote : base
  const takerFee = feeOn(takerReceives, takerRate)
  const makerFee = feeOn(makerReceives, makerRate)
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

/** Rounded up (rule R1). */
export function feeOn(received: Amount, rate: Rate): Amount {
  return divCeil(received * rate, RATE_SCALE) as Amount
}

/** Rule B5: what came in repays the debt in that asset, as far as it reaches. */
function autoRepay(
  state: ExchangeState,
  { wallet, sideEffect }: Pick<Order, 'wallet' | 'sideEffect'>,
  account: AccountId,
  asset: Asset,
  received: Amount,
): Repayment | null {
  if (wallet !== 'CROSS_MARGIN' || !repaysAutomatically(sideEffect)) return null
  return postGiveBack(state, account, asset, received)
}

/** An order leaves the book: its lock is freed, and a loan it did not use goes back (rule B4). */
export function postRelease(state: ExchangeState, order: Order, locked: Amount): Repayment | null {
  const symbol = symbolAt(state, order.symbol)
  const asset = assetAt(state, order.side === 'BUY' ? symbol.quote : symbol.base)
  assert(locked >= 0n, 'V3 an order holds no negative lock')
  unlocked(state.ledger, order.accountId, asset.index, locked)
  if (order.borrowed === 0n || !order.autoRepayAtCancel) return null
  return postGiveBack(state, order.accountId, asset, minBigint(locked, order.borrowed) as Amount)
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
