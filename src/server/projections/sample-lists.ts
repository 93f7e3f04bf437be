import type { Event, PreventedSide } from '../../core/domain/event.ts'
import type {
  AccountId,
  OrderId,
  OrderListId,
  PreventedMatchId,
  SymbolIndex,
  TimestampMs,
} from '../../core/domain/ids.ts'
import type { Order } from '../../core/domain/order.ts'
import type { OrderList } from '../../core/domain/order-list.ts'
import type { Lots, Ticks } from '../../core/money/price.ts'
import { accepted, ended } from './sample-events.ts'
import { MAKER, OTHER, order, START_MS } from './sample-orders.ts'

export const ETHUSDT = 1 as SymbolIndex

/** The other user's, on spot and on the other symbol: out of sight of whoever asks for the first user's orders. */
const OWN = { userId: OTHER, wallet: 'SPOT', symbol: ETHUSDT } as const

const minute = (minutes: number) => (START_MS + minutes * 60_000) as TimestampMs

function list(id: number, orders: number[], given: Partial<OrderList> = {}): OrderList {
  return {
    id: id as OrderListId,
    clientListId: `list-${id}`,
    ...OWN,
    accountId: 0 as AccountId,
    kind: 'OCO',
    orders: orders as OrderId[],
    createdMs: minute(13),
    status: 'EXECUTING',
    ...given,
  }
}

function changed(each: OrderList, change: 'PLACED' | 'UPDATED' | 'ALL_DONE'): Event {
  const status = change === 'ALL_DONE' ? 'ALL_DONE' : 'EXECUTING'
  return { type: 'OrderListChanged', list: { ...each, status }, change }
}

function side(id: number, lots: number, preventedLots: number, wallet = OWN.wallet): PreventedSide {
  const { clientOrderId } = order({ id: id as OrderId })
  const prevented = { lots: lots as Lots, preventedLots: preventedLots as Lots }
  return { orderId: id as OrderId, clientOrderId, userId: OTHER, wallet, side: 'BUY', ...prevented }
}

function prevented(id: number, maker: PreventedSide, taker: PreventedSide): Event {
  return {
    type: 'SelfTradePrevented',
    symbol: ETHUSDT,
    preventedMatchId: id as PreventedMatchId,
    mode: 'DECREMENT',
    price: 77 as Ticks,
    ...{ maker, taker },
    shownLotsLess: maker.lots,
    tradeGroupId: null,
    transferred: null,
  }
}

/** Lists, conditions, amendments and prevented self-trades, at minutes 13 to 18. */
export function offerLists(offer: (minutes: number, ...events: Event[]) => void): void {
  const first = list(1, [20, 21])
  const waits = {
    ...OWN,
    listId: first.id,
    type: 'STOP_LOSS_LIMIT',
    stopPrice: 70 as Ticks,
    trailingBips: 250,
    icebergLots: 4 as Lots,
    strategyId: 37_463_720,
    strategyType: 1_000_000,
    stage: 'WAITING',
    workingMs: null,
    createdMs: minute(13),
    updatedMs: minute(13),
  } as const satisfies Partial<Order>
  const limit = { ...OWN, listId: first.id, createdMs: minute(13) }
  offer(13, changed(first, 'PLACED'), accepted(20, limit), accepted(21, waits))
  const activated = { ...waits, stage: 'WORKING', workingMs: minute(14) } as const
  offer(
    14,
    { type: 'OrderActivated', order: activeOrder(21, activated, 14), restingLots: 4 as Lots },
    ended(20, 'list', 0, limit),
  )
  const amended = { ...activated, clientOrderId: 'renamed', lots: 8 as Lots, amendments: 1 }
  offer(15, {
    type: 'OrderAmended',
    order: activeOrder(21, amended, 15),
    originalClientOrderId: 'client-21',
    originalLots: 10 as Lots,
    shownLotsLess: 0 as Lots,
  })
  offer(16, ended(21, 'user', 0, amended), changed(first, 'ALL_DONE'))
  const later = { createdMs: minute(17) }
  const second = list(2, [22, 23], { ...later, kind: 'OTO', clientListId: 'list-1' })
  const orders = { ...OWN, listId: second.id, ...later }
  offer(
    17,
    changed(second, 'PLACED'),
    accepted(22, orders),
    accepted(23, { ...orders, stage: 'PENDING', status: 'PENDING_NEW', workingMs: null }),
  )
  const quote = { ...OWN, userId: MAKER, ...later }
  offer(
    18,
    ...[accepted(24, { ...OWN, ...later }), accepted(25, quote)],
    prevented(1, side(22, 3, 3), side(24, 3, 3)),
    prevented(2, side(22, 7, 10), side(24, 0, 3, 'SPOT')),
    ended(22, 'self_trade', 0, { ...orders, preventedLots: 10 as Lots }),
    prevented(3, { ...side(25, 2, 2), userId: MAKER }, side(24, 0, 3)),
  )
}

function activeOrder(id: number, given: Partial<Order>, minutes: number): Order {
  return order({ id: id as OrderId, ...given, updatedMs: minute(minutes) })
}
