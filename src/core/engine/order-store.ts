import { assert, present } from '../assert.ts'
import type { OrderReference } from '../domain/command.ts'
import type { AccountId, OrderId, SymbolIndex } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'

interface AccountOrders {
  /** Oldest first: order ids rise. */
  readonly byId: Map<OrderId, Order>
  readonly byClientOrderId: Map<string, Order>
}

/** Every open order, found by id, by its account, and by the account's own name for it. */
export class OrderStore {
  readonly #orders = new Map<OrderId, Order>()
  readonly #accounts = new Map<AccountId, AccountOrders>()

  get size(): number {
    return this.#orders.size
  }

  add(order: Order): void {
    let account = this.#accounts.get(order.accountId)
    if (account === undefined) {
      account = { byId: new Map(), byClientOrderId: new Map() }
      this.#accounts.set(order.accountId, account)
    }
    assert(!account.byClientOrderId.has(order.clientOrderId), 'G1 a client id is unique while open')
    this.#orders.set(order.id, order)
    account.byId.set(order.id, order)
    account.byClientOrderId.set(order.clientOrderId, order)
  }

  remove(order: Order): void {
    const account = present(this.#accounts.get(order.accountId), 'an open order has its account')
    this.#orders.delete(order.id)
    account.byId.delete(order.id)
    account.byClientOrderId.delete(order.clientOrderId)
  }

  get(id: OrderId): Order {
    return present(this.#orders.get(id), 'B3 an order in the book is an open order')
  }

  /** The account's open order on `symbol` that the reference names, by id before client id. */
  find(account: AccountId, symbol: SymbolIndex, reference: OrderReference): Order | undefined {
    const orders = this.#accounts.get(account)
    if (orders === undefined) return undefined
    const found =
      reference.orderId !== null
        ? orders.byId.get(reference.orderId)
        : orders.byClientOrderId.get(reference.clientOrderId ?? '')
    return found?.symbol === symbol ? found : undefined
  }

  hasClientOrderId(account: AccountId, clientOrderId: string): boolean {
    return this.#accounts.get(account)?.byClientOrderId.has(clientOrderId) ?? false
  }

  /** The account's open orders, oldest first. */
  of(account: AccountId): Iterable<Order> {
    return this.#accounts.get(account)?.byId.values() ?? []
  }

  countOf(account: AccountId): number {
    return this.#accounts.get(account)?.byId.size ?? 0
  }

  /** All open orders, oldest first. */
  all(): Iterable<Order> {
    return this.#orders.values()
  }
}
