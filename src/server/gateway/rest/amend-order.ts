import { present } from '../../../core/assert.ts'
import type { AmendOrder, TradingWallet } from '../../../core/domain/command.ts'
import type { EventOf, Outcome } from '../../../core/domain/event.ts'
import type { OrderId, Sequence } from '../../../core/domain/ids.ts'
import type { Order } from '../../../core/domain/order.ts'
import { listAfter, listStatusBody } from '../../../wire/list-answer.ts'
import { lotsText } from '../../../wire/number-text.ts'
import { amendedBody } from '../../../wire/order-answer.ts'
import { lotsOf } from '../../../wire/order-terms.ts'
import { readSymbol } from '../../../wire/place-order.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { UserCall } from '../endpoint.ts'
import { randomId } from '../random-id.ts'
import { caughtUp, submit } from '../submit.ts'
import { memberNames } from './list-members.ts'
import { checkNames, readReference } from './order-actions.ts'

const AMENDMENTS_MAX = 1_000

/** PUT order/amend/keepPriority (rule T16). It is no new order, and counts as none. */
export async function amendOrder(call: UserCall, wallet: TradingWallet): Promise<object> {
  const { engine } = call.deps
  const { parameters, userId } = call
  const symbol = readSymbol(parameters, engine.venue)
  const order = readReference(parameters, 'orderId', 'origClientOrderId')
  const lots = lotsOf(symbol, parameters.requiredAmount('newQty'))
  const clientOrderId = parameters.clientId('newClientOrderId') ?? randomId()
  const books = { userId, wallet, symbol: symbol.index }
  checkNames(order, engine.ask('openOrder', { ...books, order }))
  const command: AmendOrder = { type: 'AmendOrder', ...books, order, lots, clientOrderId }
  const outcome = await submit(engine, command)
  const amended = present(amendmentOf(command, outcome), 'an amendment tells of it')
  return {
    ...amendedBody(outcome, amended, engine.venue),
    ...(await listFields(call, command, amended.order, outcome)),
  }
}

/** The other order of an OCO is amended with it, and keeps its name. */
function amendmentOf(
  { userId, wallet, clientOrderId }: AmendOrder,
  outcome: Outcome,
): EventOf<'OrderAmended'> | undefined {
  return outcome.events.find(
    (event): event is EventOf<'OrderAmended'> =>
      event.type === 'OrderAmended' &&
      event.order.userId === userId &&
      event.order.wallet === wallet &&
      event.order.clientOrderId === clientOrderId,
  )
}

async function listFields(
  call: UserCall,
  { userId, wallet, symbol }: AmendOrder,
  { id, clientOrderId, listId }: Readonly<Order>,
  outcome: Outcome,
): Promise<object> {
  if (listId === null) return {}
  const { engine } = call.deps
  const named = { listId, clientListId: null }
  const list =
    listAfter(listId, outcome) ?? engine.ask('openOrderList', { userId, wallet, list: named })
  if (list === null) return {}
  const known = new Map([[id, { clientOrderId }]])
  const members = await memberNames(call, { userId, wallet, symbol }, list.orders, known)
  return { listStatus: listStatusBody(list, members, engine.venue) }
}

/** GET order/amendments, oldest first. */
export async function amendments(call: UserCall, wallet: TradingWallet): Promise<object[]> {
  const { engine, histories } = call.deps
  const { parameters, userId } = call
  const symbol = readSymbol(parameters, engine.venue)
  const orderId = parameters.whole('orderId') as OrderId | undefined
  if (orderId === undefined) throw requestError('missing', { name: 'orderId' })
  const ask = {
    userId,
    wallet,
    symbol: symbol.index,
    orderId,
    fromSequence: parameters.whole('fromExecutionId') as Sequence | undefined,
    limit: parameters.limit('limit', 500, AMENDMENTS_MAX),
  }
  await caughtUp(call.deps)
  const rows = await histories.amendments(ask)
  return rows.map((row) => ({
    symbol: symbol.symbol,
    orderId: row.orderId,
    executionId: row.sequence,
    origClientOrderId: row.originalClientOrderId,
    newClientOrderId: row.clientOrderId,
    origQty: lotsText(symbol, row.originalLots),
    newQty: lotsText(symbol, row.lots),
    time: row.timeMs,
  }))
}
