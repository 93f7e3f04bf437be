import type { MassQuote, PlaceOrder } from '../domain/command.ts'
import { PLAIN } from '../domain/command.ts'
import type { Side } from '../domain/order.ts'
import { remainingLots } from '../domain/order.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { Amount } from '../money/amount.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { removeOrder } from './end-order.ts'
import { placeOrder } from './place-order.ts'
import { settleLists } from './settle-lists.ts'
import type { ExchangeState, User } from './state.ts'
import { openOrdersOf, symbolAt } from './state.ts'

type Level = readonly [Ticks, Lots]

/**
 * Makes a market maker's resting orders on a symbol equal its quote. Orders that already say the same keep their
 * place in the queue; a level that the filters or the balance refuse is left out, the rest stands.
 */
export function massQuote(state: ExchangeState, user: User, quote: MassQuote): Refusal | null {
  const wanted = { BUY: new Map(quote.bids), SELL: new Map(quote.asks) }
  const own = [...openOrdersOf(state, user.accounts.SPOT)].filter(
    (order) => order.symbol === quote.symbol && order.stage === 'WORKING',
  )
  for (const order of own) {
    if (wanted[order.side].get(order.price) === remainingLots(order)) {
      wanted[order.side].delete(order.price)
    } else {
      removeOrder(state, order, 'CANCELED', 'quote')
    }
  }
  settleLists(state)
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
  const id = state.orders.table.lastId + 1
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
    ...PLAIN,
    clientOrderId: `quote-${id}`,
    sideEffect: 'NO_SIDE_EFFECT',
    autoRepayAtCancel: true,
    selfTradePrevention: symbolAt(state, quote.symbol).orderRules.selfTradePrevention.default,
  }
}
