import type { Event, EventOf } from '../../core/domain/event.ts'
import type { OrderId, OrderListId } from '../../core/domain/ids.ts'
import type { Order } from '../../core/domain/order.ts'
import type { ListStatus } from '../../wire/user-stream.ts'
import type { Moment } from './user-payload.ts'
import { symbolOf } from './user-payload.ts'

const CHANGES = { PLACED: 'EXEC_STARTED', UPDATED: 'UPDATED', ALL_DONE: 'ALL_DONE' } as const

export function listStatus(
  { venue, timestampMs }: Moment,
  { list, change }: EventOf<'OrderListChanged'>,
  names: ListNames,
): ListStatus {
  const { symbol } = symbolOf(venue, list.symbol)
  return {
    e: 'listStatus',
    E: timestampMs,
    s: symbol,
    g: list.id,
    c: list.kind === 'OCO' ? 'OCO' : 'OTO',
    l: CHANGES[change],
    L: list.status,
    r: 'NONE',
    C: list.clientListId,
    T: timestampMs,
    O: list.orders.map((id) => ({ s: symbol, i: id, c: names.of(list.id, id) })),
  }
}

/**
 * What the orders of open lists are called, those that have ended included: a list names all its orders to its end, and
 * the engine forgets an order with its own.
 */
export class ListNames {
  readonly #names = new Map<OrderListId, Map<OrderId, string>>()
  /** By the running command: lists of which an order was renamed, and lists that are done. */
  readonly #renamed = new Set<OrderListId>()
  readonly #done = new Set<OrderListId>()

  follow(event: Event): void {
    if (event.type === 'OrderAccepted') this.note(event.order)
    else if (event.type === 'OrderAmended') {
      this.note(event.order)
      const { listId, clientOrderId } = event.order
      if (listId !== null && clientOrderId !== event.originalClientOrderId)
        this.#renamed.add(listId)
    } else if (event.type === 'OrderListChanged' && event.change === 'ALL_DONE') {
      this.#done.add(event.list.id)
    }
  }

  endOfCommand(): void {
    for (const listId of this.#done) this.#names.delete(listId)
    this.#done.clear()
    this.#renamed.clear()
  }

  note({ listId, id, clientOrderId }: Readonly<Order>): void {
    if (listId === null) return
    const names = this.#names.get(listId)
    if (names === undefined) this.#names.set(listId, new Map([[id, clientOrderId]]))
    else names.set(id, clientOrderId)
  }

  /** Empty for an order that had ended before this process began. */
  of(listId: OrderListId, id: OrderId): string {
    return this.#names.get(listId)?.get(id) ?? ''
  }

  /** Whether the running command gave one of its orders another name. */
  isRenamed(listId: OrderListId): boolean {
    return this.#renamed.has(listId)
  }
}
