import type { MassQuote, PlaceOrder } from '../domain/command.ts'
import type { Order, Side } from '../domain/order.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { Amount } from '../money/amount.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { placeOrder, removeOrder } from './place-order.ts'
import type { ExchangeState, User } from './state.ts'
import { openOrdersOf } from './state.ts'

type Level = readonly [Ticks, Lots]

/**
 * Makes a market maker's resting orders on a symbol equal its quote. Orders that already say the same keep their
 * place in the queue; a level that the filters or the balance refuse is left out, the rest stands.
 */
export function massQuote(state: ExchangeState, user: User, quote: MassQuote): Refusal | null {
  const wanted = { BUY: new Map(quote.bids), SELL: new Map(quote.asks) }
  const own = [...openOrdersOf(state, user.accounts.SPOT)].filter((o) => o.symbol === quote.symbol)
  for (const order of own) {
    if (wanted[order.side].get(order.price) === order.lots - order.executedLots) {
      wanted[order.side].delete(order.price)
    } else {
      removeOrder(state, order, 'CANCELED', 'quote')
    }
  }
  for (const side of ['BUY', 'SELL'] as const) {
    for (const level of wanted[side]) placeOrder(state, user, levelOrder(state, quote, side, level))
  }
  return null
}

function levelOrder(
  state: ExchangeState,
  quote: MassQuote,
  side: Side,
  [price, lots]: Level,
): PlaceOrder {
  const id = (state.lastOrderId + 1) as Order['id']
  return {
    type: 'PlaceOrder',
    userId: quote.userId,
    wallet: 'SPOT',
    symbol: quote.symbol,
    side,
    orderType: 'LIMIT_MAKER',
    timeInForce: 'GTC',
    price,
    lots,
    quoteQuantity: 0n as Amount,
    clientOrderId: `quote-${id}`,
    sideEffect: 'NO_SIDE_EFFECT',
    autoRepayAtCancel: true,
    selfTradePrevention: 'EXPIRE_MAKER',
  }
}
