import type { TradingWallet } from '../../../core/domain/command.ts'
import type { OrderListId, SymbolIndex } from '../../../core/domain/ids.ts'
import type { OrderList } from '../../../core/domain/order-list.ts'
import { listBody, listPlacedBody } from '../../../wire/list-answer.ts'
import { type ListForm, parsePlaceOrderList } from '../../../wire/place-list.ts'
import { readSymbol } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { OrderListRecord } from '../../projections/queries/order-lists.ts'
import type { UserCall } from '../endpoint.ts'
import { caughtUp, submit } from '../submit.ts'
import { readListReference } from './cancel-actions.ts'
import { memberNames } from './list-members.ts'
import { orderContext, setOrderCounts } from './order-actions.ts'
import { readDayRange } from './read-parameters.ts'

const LISTS_MAX = 1_000

/** POST order/oco and orderList/oco, oto, otoco. Every order of a list counts. */
export async function placeList(
  call: UserCall,
  wallet: TradingWallet,
  form: ListForm,
): Promise<object> {
  const { engine, rateLimits } = call.deps
  const { place, responseType } = parsePlaceOrderList(
    form,
    call.parameters,
    orderContext(call, wallet),
  )
  rateLimits.checkOrders(call.userId, place.orders.length)
  const outcome = await submit(engine, place, call.isLate)
  setOrderCounts(call)
  return listPlacedBody(outcome, place, engine.venue, responseType)
}

/** GET orderList: open, or from the histories. -2018. */
export async function queryList(call: UserCall, wallet: TradingWallet): Promise<object> {
  const { engine, histories } = call.deps
  const { userId } = call
  const list = readListReference(call.parameters, 'origClientOrderId')
  const open = engine.ask('openOrderList', { userId, wallet, list })
  if (open !== null) return openListBody(call, wallet, { ...open })
  await caughtUp(call.deps)
  const found = await histories.orderList({ userId, wallet }, list)
  if (found === null) throw requestError('order_list_does_not_exist')
  return recordBody(call, wallet, found)
}

/** GET openOrderList; a margin client may name a symbol. */
export function openLists(call: UserCall, wallet: TradingWallet): Promise<object[]> {
  const { engine } = call.deps
  const symbol = readOptionalSymbol(call)
  const lists = engine.ask('openOrderLists', { userId: call.userId, wallet, symbol })
  return Promise.all(lists.map((list) => openListBody(call, wallet, { ...list })))
}

function readOptionalSymbol({ deps, parameters }: UserCall): SymbolIndex | null {
  if (!parameters.has('symbol')) return null
  return readSymbol(parameters, deps.engine.venue).index
}

/** GET allOrderList, oldest first: from `fromId` or `startTime` on, else the latest. */
export async function allLists(call: UserCall, wallet: TradingWallet): Promise<object[]> {
  const { histories } = call.deps
  const { parameters, userId } = call
  const fromId = parameters.whole('fromId') as OrderListId | undefined
  const range = readDayRange(parameters)
  const timed = range.startMs !== undefined || range.endMs !== undefined
  if (fromId !== undefined && timed) throw requestError('combination')
  const limit = parameters.limit('limit', 500, LISTS_MAX)
  await caughtUp(call.deps)
  const symbol =
    wallet === 'ISOLATED_MARGIN' ? readSymbol(parameters, call.deps.engine.venue).index : undefined
  const rows = await histories.orderLists({ userId, wallet, symbol, fromId, ...range, limit })
  return rows.map((row) => recordBody(call, wallet, row))
}

async function openListBody(
  call: UserCall,
  wallet: TradingWallet,
  list: Readonly<OrderList>,
): Promise<object> {
  const books = { userId: call.userId, wallet, symbol: list.symbol }
  const members = await memberNames(call, books, list.orders, new Map())
  return listBody(list, members, call.deps.engine.venue, wallet)
}

function recordBody(call: UserCall, wallet: TradingWallet, row: OrderListRecord): object {
  const members = row.orders.map((orderId, index) => ({
    orderId,
    clientOrderId: row.clientOrderIds[index] ?? '',
  }))
  return listBody(row, members, call.deps.engine.venue, wallet)
}
