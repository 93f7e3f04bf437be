import type { Order } from '../domain/order.ts'
import { remainingLots } from '../domain/order.ts'
import { baseOf } from '../domain/venue.ts'
import type { Amount } from '../money/amount.ts'
import type { Ticks, Value } from '../money/price.ts'
import { maxBigint } from '../money/rounding.ts'
import { positionCap } from '../risk/position-cap.ts'
import { removeOrder } from './end-order.ts'
import { coveredShort, reducesIsolated } from './refuse-on-margin.ts'
import { settleLists } from './settle-lists.ts'
import type { ExchangeState, IsolatedAccount, User } from './state.ts'
import { symbolAt } from './state.ts'

/**
 * Rule E7: cancels the margin orders that would open or enlarge a position. An account that may only reduce must not
 * grow by what it had resting. Orders that borrowed are looked at first: without their loans the others may stay.
 */
export function cancelOpening(state: ExchangeState, user: User): void {
  for (const margin of user.isolated.values()) cancelOpeningIsolated(state, margin)
  const kept: Order[] = []
  // What is not committed yet is judged when its turn comes; of a pair one order stands for both.
  const open = [...state.orders.committedOf(user.accounts.CROSS_MARGIN)]
  const borrowedFirst = [
    ...open.filter(({ borrowed }) => borrowed > 0n),
    ...open.filter(({ borrowed }) => borrowed === 0n),
  ]
  for (const order of borrowedFirst) {
    if (onlyReduces(state, user, order, kept)) kept.push(order)
    else removeOrder(state, order, 'CANCELED', 'reduce_only')
  }
  settleLists(state)
}

/** As `cancelOpening` for a pair's account: no position is kept of it, so its holdings say what reduces. */
function cancelOpeningIsolated(state: ExchangeState, { account, pair }: IsolatedAccount): void {
  const symbol = symbolAt(state, pair)
  const kept = { BUY: 0n, SELL: 0n }
  for (const order of [...state.orders.committedOf(account)]) {
    const size = kept[order.side] + baseOf(symbol, remainingLots(order))
    if (
      order.borrowed === 0n &&
      reducesIsolated(state, account, symbol, order.side, size as Amount)
    ) {
      kept[order.side] = size
    } else removeOrder(state, order, 'CANCELED', 'reduce_only')
  }
  settleLists(state)
}

function onlyReduces(
  state: ExchangeState,
  { leverage }: User,
  order: Order,
  kept: readonly Order[],
): boolean {
  const { accountId, side } = order
  const symbol = symbolAt(state, order.symbol)
  const shortable = maxBigint(coveredShort(state, accountId, symbol), 0n) as Amount
  const { verdict } = positionCap({
    equity: 0n as Value,
    cap: null,
    leverage,
    symbol,
    prices: state.prices,
    side,
    lots: remainingLots(order),
    limitPrice: boundOf(order),
    position: state.positions.quantityOf(accountId, symbol.index),
    resting: kept
      .filter((other) => other.symbol === order.symbol && other.side === side)
      .map((other) => ({ price: boundOf(other), lots: remainingLots(other) })),
    shortable: side === 'SELL' ? shortable : null,
    borrowsBeyond: null,
  })
  return verdict === 'exempt'
}

/** The most it may pay: its limit, else its stop price. */
function boundOf({ price, stopPrice }: Order): Ticks {
  return price > 0 ? price : stopPrice
}
