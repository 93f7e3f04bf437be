import { assert } from '../assert.ts'
import type { OrderListReference } from '../domain/command.ts'
import type { AccountId, OrderId, OrderListId, SymbolIndex } from '../domain/ids.ts'
import type { Order, OrderStatus } from '../domain/order.ts'
import type { OrderList } from '../domain/order-list.ts'

/** A list with open orders, and what became of those that no longer are. */
export interface OpenOrderList {
  readonly list: OrderList
  readonly ends: Map<OrderId, OrderStatus>
  /** Whether its pending orders have been told to go ahead (rule T13). */
  turnCame: boolean
}

/** The lists with open orders, and which of them something has happened to. */
export class OrderLists {
  readonly #open = new Map<OrderListId, OpenOrderList>()
  readonly #byClientId = new Map<string, OpenOrderList>()
  /** By account, and by account and symbol. */
  readonly #counts = new Map<string, number>()
  /** In the order in which something happened to them. */
  readonly #touched = new Set<OrderListId>()
  lastId = 0 as OrderListId

  open(list: OrderList): OpenOrderList {
    assert(!this.#byClientId.has(nameOf(list)), 'V9 a list’s client id is unique while open')
    const opened = { list, ends: new Map(), turnCame: false }
    this.#open.set(list.id, opened)
    this.#byClientId.set(nameOf(list), opened)
    this.#count(list, 1)
    return opened
  }

  close(list: OrderList): void {
    this.#open.delete(list.id)
    this.#byClientId.delete(nameOf(list))
    this.#count(list, -1)
  }

  get(id: OrderListId): OpenOrderList | undefined {
    return this.#open.get(id)
  }

  find(
    accountId: AccountId,
    { listId, clientListId }: OrderListReference,
  ): OpenOrderList | undefined {
    const found =
      listId !== null
        ? this.#open.get(listId)
        : this.#byClientId.get(nameOf({ accountId, clientListId: clientListId ?? '' }))
    return found?.list.accountId === accountId ? found : undefined
  }

  countOf(account: AccountId): number {
    return this.#counts.get(`${account}`) ?? 0
  }

  /** Open lists of an account in a symbol. */
  countIn(account: AccountId, symbol: SymbolIndex): number {
    return this.#counts.get(`${account}/${symbol}`) ?? 0
  }

  /** Oldest first. */
  all(): IterableIterator<OpenOrderList> {
    return this.#open.values()
  }

  /** Something happened to an order of this list. */
  touch(id: OrderListId): void {
    this.#touched.add(id)
  }

  /** An order of a list has ended. */
  noteEnd({ id, listId, status }: Order): void {
    if (listId === null) return
    this.#open.get(listId)?.ends.set(id, status)
    this.touch(listId)
  }

  /** The list that something happened to first; undefined: nothing more to look at. */
  takeTouched(): OpenOrderList | undefined {
    for (const id of this.#touched) {
      this.#touched.delete(id)
      const opened = this.#open.get(id)
      if (opened !== undefined) return opened
    }
    return undefined
  }

  #count({ accountId, symbol }: OrderList, by: 1 | -1): void {
    for (const key of [`${accountId}`, `${accountId}/${symbol}`]) {
      const count = (this.#counts.get(key) ?? 0) + by
      if (count === 0) this.#counts.delete(key)
      else this.#counts.set(key, count)
    }
  }
}

function nameOf({
  accountId,
  clientListId,
}: Pick<OrderList, 'accountId' | 'clientListId'>): string {
  return `${accountId}/${clientListId}`
}
