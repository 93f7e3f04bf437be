import { assert, present } from '../assert.ts'
import type { OrderReference } from '../domain/command.ts'
import type { AccountId, OrderId, SymbolIndex } from '../domain/ids.ts'
import type { Order, Side } from '../domain/order.ts'
import type { Lots, Ticks } from '../money/price.ts'

interface AccountOrders {
  /** Oldest first: order ids rise. */
  readonly byId: Map<OrderId, Order>
  readonly byClientOrderId: Map<string, Order>
  /** By symbol and side. */
  readonly resting: Map<number, RestingSide>
}

/** What an account rests on one side of a symbol: the sum, and a bound on the prices. */
export interface RestingSide {
  lots: number
  /** No order here is dearer. Lowered only when the side is empty, so it may overstate. */
  dearest: Ticks
}

const NOTHING_RESTS: Readonly<RestingSide> = { lots: 0, dearest: 0 as Ticks }

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
      account = { byId: new Map(), byClientOrderId: new Map(), resting: new Map() }
      this.#accounts.set(order.accountId, account)
    }
    assert(!account.byClientOrderId.has(order.clientOrderId), 'V9 a client id is unique while open')
    this.#orders.set(order.id, order)
    account.byId.set(order.id, order)
    account.byClientOrderId.set(order.clientOrderId, order)
    const key = sideKey(order.symbol, order.side)
    let side = account.resting.get(key)
    if (side === undefined) {
      side = { lots: 0, dearest: 0 as Ticks }
      account.resting.set(key, side)
    }
    side.lots += order.lots - order.executedLots
    if (order.price > side.dearest) side.dearest = order.price
  }

  /** An open order was filled in part or in whole. */
  noteFill(order: Order, lots: Lots): void {
    this.#lower(order, lots)
  }

  remove(order: Order): void {
    const account = present(this.#accounts.get(order.accountId), 'an open order has its account')
    this.#orders.delete(order.id)
    account.byId.delete(order.id)
    account.byClientOrderId.delete(order.clientOrderId)
    this.#lower(order, order.lots - order.executedLots)
  }

  /** What the account rests on one side of a symbol. */
  restingOf(account: AccountId, symbol: SymbolIndex, side: Side): Readonly<RestingSide> {
    return this.#accounts.get(account)?.resting.get(sideKey(symbol, side)) ?? NOTHING_RESTS
  }

  #lower(order: Order, lots: number): void {
    const resting = this.#accounts
      .get(order.accountId)
      ?.resting.get(sideKey(order.symbol, order.side))
    const side = present(resting, 'an open order counts on its side')
    side.lots -= lots
    assert(side.lots >= 0, 'no side rests less than nothing')
    if (side.lots === 0) side.dearest = 0 as Ticks
  }

  get(id: OrderId): Order {
    return present(this.#orders.get(id), 'V4 an order in the book is an open order')
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

function sideKey(symbol: SymbolIndex, side: Side): number {
  return symbol * 2 + (side === 'BUY' ? 0 : 1)
}
