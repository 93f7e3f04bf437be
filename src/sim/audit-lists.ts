import type { EventOf } from '../core/domain/event.ts'
import type { OrderId, OrderListId } from '../core/domain/ids.ts'
import { waitsForPrice } from '../core/domain/order.ts'
import type { OrderList, OrderListKind } from '../core/domain/order-list.ts'
import type { OpenOrder, Report } from './audit-order.ts'

const ORDERS_OF: Readonly<Record<OrderListKind, number>> = { OCO: 2, OTO: 2, OTOCO: 3 }

/** Rules T12 and T13: of a pair only one goes ahead, pending orders have their turn, and a list lasts as long as its orders. */
export class AuditLists {
  readonly #orders: ReadonlyMap<OrderId, OpenOrder>
  readonly #report: Report
  readonly #open = new Map<OrderListId, Readonly<OrderList>>()
  /** Lists that something happened to in the running command. */
  readonly #touched = new Set<OrderListId>()
  #lastId = 0

  constructor(orders: ReadonlyMap<OrderId, OpenOrder>, report: Report) {
    this.#orders = orders
    this.#report = report
  }

  changed({ list, change }: EventOf<'OrderListChanged'>): void {
    const at = `list ${list.id}`
    if (change === 'PLACED') {
      if (list.id <= this.#lastId) this.#report(`T12 ${at}: its id does not rise`)
      this.#lastId = list.id
      const own = list.orders.filter((id) => this.#orders.get(id)?.order.listId === list.id)
      if (own.length !== ORDERS_OF[list.kind]) this.#report(`T12 ${at}: its orders are not its own`)
      this.#open.set(list.id, { ...list })
    } else if (!this.#open.has(list.id)) {
      this.#report(`T12 ${at} ${change} without being open`)
    }
    if (change !== 'ALL_DONE') return
    if (this.#openOf(list).length > 0) this.#report(`T12 ${at} is done, but its orders are not`)
    this.#open.delete(list.id)
  }

  touch(listId: OrderListId | null): void {
    if (listId !== null) this.#touched.add(listId)
  }

  afterCommand(): void {
    for (const id of this.#touched) {
      const list = this.#open.get(id)
      if (list === undefined) continue
      if (this.#openOf(list).length === 0)
        this.#report(`T12 list ${id} is not done, its orders are`)
      this.#checkPair(list)
    }
    this.#touched.clear()
  }

  /** Of a pair either nothing has happened to both, or one has gone ahead and the other is gone. */
  #checkPair(list: Readonly<OrderList>): void {
    const ids = pairOf(list)
    const [one, other] = ids.flatMap((id) => this.#orders.get(id) ?? [])
    if (one === undefined) return
    const ahead = hasGoneAhead(one) || (other !== undefined && hasGoneAhead(other))
    if (ahead === (other === undefined)) return
    this.#report(`T12 list ${list.id}: of its pair ${ahead ? 'both are' : 'only one is'} open`)
  }

  #openOf({ orders }: Readonly<OrderList>): OpenOrder[] {
    return orders.flatMap((id) => this.#orders.get(id) ?? [])
  }
}

/** The orders of which only one goes ahead. */
export function pairOf({ kind, orders }: Readonly<OrderList>): readonly OrderId[] {
  if (kind === 'OTO') return []
  return kind === 'OCO' ? orders : orders.slice(1)
}

/** It has traded or was kept from it, or its price has come. */
function hasGoneAhead({ order, stage, executedLots, preventedLots }: OpenOrder): boolean {
  if (executedLots + preventedLots > 0) return true
  return stage === 'WORKING' && waitsForPrice(order.type)
}
