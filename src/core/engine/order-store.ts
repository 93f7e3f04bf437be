import { assert, present } from '../assert.ts'
import type { OrderReference } from '../domain/command.ts'
import type { AccountId, OrderId, SymbolIndex } from '../domain/ids.ts'
import type { Order, Side } from '../domain/order.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { TICKS_LIMIT } from '../money/price.ts'

/** An order in its account's chain, oldest first. */
interface Link {
  readonly order: Order
  older: Link | null
  newer: Link | null
}

interface AccountOrders {
  oldest: Link | null
  newest: Link | null
  count: number
  readonly byClientOrderId: Map<string, Order>
  /** By symbol and side. */
  readonly resting: Map<number, RestingSide>
}

/** What an account rests on one side of a symbol: the sum, and bounds on the prices. */
export interface RestingSide {
  readonly symbol: SymbolIndex
  readonly side: Side
  lots: number
  /** No order here is dearer. Lowered only when the side is empty, so it may overstate. */
  dearest: Ticks
  /** No order here is cheaper; raised only when the side is empty. */
  cheapest: Ticks
}

const DEAREST_OF_NONE = 0 as Ticks
const CHEAPEST_OF_NONE = TICKS_LIMIT as Ticks
const NOTHING_RESTS = { lots: 0, dearest: DEAREST_OF_NONE } as const

/** Every open order, found by id, by its account, and by the account's own name for it. */
export class OrderStore {
  readonly #links = new Map<OrderId, Link>()
  readonly #accounts = new Map<AccountId, AccountOrders>()

  get size(): number {
    return this.#links.size
  }

  add(order: Order): void {
    let account = this.#accounts.get(order.accountId)
    if (account === undefined) {
      account = {
        oldest: null,
        newest: null,
        count: 0,
        byClientOrderId: new Map(),
        resting: new Map(),
      }
      this.#accounts.set(order.accountId, account)
    }
    assert(!account.byClientOrderId.has(order.clientOrderId), 'V9 a client id is unique while open')
    this.#append(account, order)
    account.byClientOrderId.set(order.clientOrderId, order)
    const key = sideKey(order.symbol, order.side)
    let side = account.resting.get(key)
    if (side === undefined) {
      side = {
        symbol: order.symbol,
        side: order.side,
        lots: 0,
        dearest: DEAREST_OF_NONE,
        cheapest: CHEAPEST_OF_NONE,
      }
      account.resting.set(key, side)
    }
    side.lots += order.lots - order.executedLots
    if (order.price > side.dearest) side.dearest = order.price
    if (order.price < side.cheapest) side.cheapest = order.price
  }

  /** An open order was filled in part or in whole. */
  noteFill(order: Order, lots: Lots): void {
    this.#lower(order, lots)
  }

  remove(order: Order): void {
    const account = present(this.#accounts.get(order.accountId), 'an open order has its account')
    this.#unlink(account, order.id)
    account.byClientOrderId.delete(order.clientOrderId)
    this.#lower(order, order.lots - order.executedLots)
  }

  /** What the account rests on one side of a symbol. */
  restingOf(
    account: AccountId,
    symbol: SymbolIndex,
    side: Side,
  ): Readonly<Pick<RestingSide, 'lots' | 'dearest'>> {
    return this.#accounts.get(account)?.resting.get(sideKey(symbol, side)) ?? NOTHING_RESTS
  }

  /** Every side on which the account rests something, in no order that may matter. */
  *restingSides(account: AccountId): Generator<Readonly<RestingSide>> {
    for (const side of this.#accounts.get(account)?.resting.values() ?? []) {
      if (side.lots > 0) yield side
    }
  }

  #lower(order: Order, lots: number): void {
    const resting = this.#accounts
      .get(order.accountId)
      ?.resting.get(sideKey(order.symbol, order.side))
    const side = present(resting, 'an open order counts on its side')
    side.lots -= lots
    assert(side.lots >= 0, 'no side rests less than nothing')
    if (side.lots > 0) return
    side.dearest = DEAREST_OF_NONE
    side.cheapest = CHEAPEST_OF_NONE
  }

  get(id: OrderId): Order {
    return present(this.#links.get(id), 'V4 an order in the book is an open order').order
  }

  /** The account's open order on `symbol` that the reference names, by id before client id. */
  find(account: AccountId, symbol: SymbolIndex, reference: OrderReference): Order | undefined {
    const orders = this.#accounts.get(account)
    if (orders === undefined) return undefined
    const found =
      reference.orderId !== null
        ? this.#links.get(reference.orderId)?.order
        : orders.byClientOrderId.get(reference.clientOrderId ?? '')
    return found?.accountId === account && found.symbol === symbol ? found : undefined
  }

  hasClientOrderId(account: AccountId, clientOrderId: string): boolean {
    return this.#accounts.get(account)?.byClientOrderId.has(clientOrderId) ?? false
  }

  /** The account's open orders, oldest first. None may be added or removed meanwhile. */
  *of(account: AccountId): Generator<Order> {
    for (let link = this.#accounts.get(account)?.oldest ?? null; link !== null; link = link.newer) {
      yield link.order
    }
  }

  countOf(account: AccountId): number {
    return this.#accounts.get(account)?.count ?? 0
  }

  /** All open orders, oldest first. */
  *all(): Generator<Order> {
    for (const { order } of this.#links.values()) yield order
  }

  #append(account: AccountOrders, order: Order): void {
    const link: Link = { order, older: account.newest, newer: null }
    if (account.newest === null) account.oldest = link
    else account.newest.newer = link
    account.newest = link
    account.count += 1
    this.#links.set(order.id, link)
  }

  #unlink(account: AccountOrders, id: OrderId): void {
    const { older, newer } = present(this.#links.get(id), 'what is removed is an open order')
    if (older === null) account.oldest = newer
    else older.newer = newer
    if (newer === null) account.newest = older
    else newer.older = older
    account.count -= 1
    this.#links.delete(id)
  }
}

function sideKey(symbol: SymbolIndex, side: Side): number {
  return symbol * 2 + (side === 'BUY' ? 0 : 1)
}
