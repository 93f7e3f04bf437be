import { present } from '../../../core/assert.ts'
import {
  CANCEL_RESTRICTIONS,
  type CancelRestriction,
  type OrderReference,
  type TradingWallet,
} from '../../../core/domain/command.ts'
import type { EventOf, Outcome } from '../../../core/domain/event.ts'
import type { OrderId, OrderListId } from '../../../core/domain/ids.ts'
import type { Order } from '../../../core/domain/order.ts'
import { listAfter, listCanceledBody } from '../../../wire/list-answer.ts'
import { canceledBody } from '../../../wire/order-answer.ts'
import { type OrderView, orderAfter } from '../../../wire/order-state.ts'
import type { Parameters } from '../../../wire/parameters.ts'
import { readSymbol } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { OrderScope } from '../../projections/queries/orders.ts'
import type { UserCall } from '../endpoint.ts'
import { randomId } from '../random-id.ts'
import { caughtUp, submit } from '../submit.ts'
import { memberNames } from './list-members.ts'
import { checkNames, readReference } from './order-actions.ts'

/** Orders as they were before a command: the engine changes its own in place, and an answer is built from what they were. */
export type Before = ReadonlyMap<OrderId, OrderView>

/** What a cancellation works on: whose orders, what they were, and the id it goes by. */
export interface Cancellation {
  readonly books: OrderScope
  readonly before: Before
  readonly cancelId: string
}

export async function cancelOrder(call: UserCall, wallet: TradingWallet): Promise<object> {
  const { engine } = call.deps
  const symbol = readSymbol(call.parameters, engine.venue)
  const order = readReference(call.parameters, 'orderId', 'origClientOrderId')
  const restriction = readRestriction(call.parameters)
  const cancelId = readCancelId(call.parameters, 'newClientOrderId')
  const books = { userId: call.userId, wallet, symbol: symbol.index }
  const before = namedBefore(call, books, order)
  const outcome = await submit(engine, { type: 'CancelOrder', ...books, order, restriction })
  return canceled(call, { books, before, cancelId }, outcome)
}

/** What a cancellation of one order answers: the order, or the list it went with. */
export async function canceled(
  call: UserCall,
  cancellation: Cancellation,
  outcome: Outcome,
): Promise<object> {
  const [body] = await canceledBodies(call, cancellation, outcome)
  return present(body, 'a cancellation tells of it')
}

export function readRestriction(parameters: Parameters): CancelRestriction | null {
  const text = parameters.text('cancelRestrictions')
  if (text === undefined) return null
  const found = CANCEL_RESTRICTIONS.find((candidate) => candidate === text)
  if (found === undefined) throw requestError('cancel_restrictions')
  return found
}

export function readCancelId(parameters: Parameters, name: string): string {
  return parameters.clientId(name) ?? randomId()
}

/** The order that a reference names, and what shares its list. Empty while it is still on its way in. */
export function namedBefore(call: UserCall, books: OrderScope, order: OrderReference): Before {
  const { engine } = call.deps
  const open = engine.ask('openOrder', { ...books, order })
  checkNames(order, open)
  if (open === null) return new Map()
  if (open.listId === null) return copies([open])
  const { listId } = open
  return copies(engine.ask('openOrders', books).filter((each) => each.listId === listId))
}

function copies(orders: readonly Readonly<Order>[]): Before {
  return new Map(orders.map((order) => [order.id, { ...order }]))
}

export async function cancelAll(call: UserCall, wallet: TradingWallet): Promise<object[]> {
  const { engine } = call.deps
  const symbol = readSymbol(call.parameters, engine.venue)
  const books = { userId: call.userId, wallet, symbol: symbol.index }
  const before = copies(engine.ask('openOrders', books))
  const outcome = await submit(engine, { type: 'CancelAllOrders', ...books })
  const bodies = await canceledBodies(call, { books, before, cancelId: randomId() }, outcome)
  if (bodies.length === 0) throw requestError('order_unknown')
  return bodies
}

/** DELETE orderList. */
export async function cancelList(call: UserCall, wallet: TradingWallet): Promise<object> {
  const { engine } = call.deps
  const symbol = readSymbol(call.parameters, engine.venue)
  const list = readListReference(call.parameters, 'listClientOrderId')
  const cancelId = readCancelId(call.parameters, 'newClientOrderId')
  const books = { userId: call.userId, wallet, symbol: symbol.index }
  const before = copies(engine.ask('openOrders', books).filter((order) => order.listId !== null))
  const outcome = await submit(engine, { type: 'CancelOrderList', ...books, list })
  return canceled(call, { books, before, cancelId }, outcome)
}

/** `orderListId` or the list's client id. -1102 when neither is given. */
export function readListReference(parameters: Parameters, clientIdName: string) {
  const listId = parameters.whole('orderListId')
  const clientListId = parameters.text(clientIdName)
  if (listId === undefined && clientListId === undefined) {
    throw requestError('missing_either', { first: clientIdName, second: 'orderListId' })
  }
  return {
    listId: listId === undefined ? null : (listId as OrderListId),
    clientListId: clientListId ?? null,
  }
}

/** Orders that the command itself ended, each by itself or with its list, in the order they ended. */
async function canceledBodies(
  call: UserCall,
  cancellation: Cancellation,
  outcome: Outcome,
): Promise<object[]> {
  const ended = ordersEnded(outcome, cancellation.books)
  const named = ended.filter(({ cause }) => cause === 'user' || cause === 'replaced')
  const told = new Set<OrderListId>()
  const bodies: Promise<object>[] = []
  for (const event of named) {
    const { listId } = event
    if (listId === null) bodies.push(orderCanceled(call, cancellation, event, outcome))
    else if (!told.has(listId)) {
      told.add(listId)
      const ofList = ended.filter((each) => each.listId === listId)
      bodies.push(listCanceled(call, cancellation, { listId, ended: ofList }, outcome))
    }
  }
  return Promise.all(bodies)
}

function ordersEnded(outcome: Outcome, { userId, wallet, symbol }: OrderScope) {
  return outcome.events.filter(
    (event): event is EventOf<'OrderEnded'> =>
      event.type === 'OrderEnded' &&
      event.userId === userId &&
      event.wallet === wallet &&
      event.symbol === symbol,
  )
}

async function orderCanceled(
  call: UserCall,
  cancellation: Cancellation,
  ended: EventOf<'OrderEnded'>,
  outcome: Outcome,
): Promise<object> {
  const order = await endedOrder(call, cancellation, ended, outcome)
  const { cancelId, books } = cancellation
  const { venue } = call.deps.engine
  return canceledBody(order, cancelId, outcome.timestampMs, venue, books.wallet)
}

async function listCanceled(
  call: UserCall,
  cancellation: Cancellation,
  of: { readonly listId: OrderListId; readonly ended: readonly EventOf<'OrderEnded'>[] },
  outcome: Outcome,
): Promise<object> {
  const { books, before, cancelId } = cancellation
  const list = present(listAfter(of.listId, outcome), 'a list that ended is in the events')
  const ended = await Promise.all(
    of.ended.map((event) => endedOrder(call, cancellation, event, outcome)),
  )
  const known = new Map([...before, ...ended.map((order) => [order.id, order] as const)])
  const members = await memberNames(call, books, list.orders, known)
  const { venue } = call.deps.engine
  return listCanceledBody(outcome, { list, members, ended, cancelId }, venue, books.wallet)
}

/** As it ended. From the histories when it was still on its way in when asked for. */
async function endedOrder(
  call: UserCall,
  { books, before }: Cancellation,
  { orderId }: EventOf<'OrderEnded'>,
  outcome: Outcome,
): Promise<OrderView> {
  const known = before.get(orderId)
  if (known !== undefined) return orderAfter(known, outcome)
  await caughtUp(call.deps)
  const found = await call.deps.histories.orderById(books, orderId)
  return present(found, 'an order that ended is in the history')
}
