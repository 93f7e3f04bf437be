import { present } from '../../../core/assert.ts'
import type { OrderId } from '../../../core/domain/ids.ts'
import type { ListMember } from '../../../wire/list-answer.ts'
import type { OrderScope } from '../../projections/queries/orders.ts'
import type { UserCall } from '../endpoint.ts'
import { caughtUp } from '../submit.ts'

/** Orders by the names their clients gave them. */
export type KnownNames = ReadonlyMap<OrderId, { readonly clientOrderId: string }>

/** The orders of a list with their names: those `known`, those open, and from the histories those that have ended. */
export async function memberNames(
  call: UserCall,
  books: OrderScope,
  orders: readonly OrderId[],
  known: KnownNames,
): Promise<ListMember[]> {
  return Promise.all(
    orders.map(async (orderId) => {
      const { clientOrderId } = known.get(orderId) ?? (await namedOrder(call, books, orderId))
      return { orderId, clientOrderId }
    }),
  )
}

async function namedOrder(
  call: UserCall,
  books: OrderScope,
  orderId: OrderId,
): Promise<{ readonly clientOrderId: string }> {
  const { engine, histories } = call.deps
  const order = { orderId, clientOrderId: null }
  const open = engine.ask('openOrder', { ...books, order })
  if (open !== null) return { clientOrderId: open.clientOrderId }
  await caughtUp(call.deps)
  return present(await histories.orderById(books, orderId), 'an order of a list is in the history')
}
