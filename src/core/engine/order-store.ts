import { assert, present } from '../assert.ts'
import type { OrderReference } from '../domain/command.ts'
import type { AccountId, OrderId, SymbolIndex } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import { isAtMarket, remainingLots, waitsForPrice } from '../domain/order.ts'
import type { OrderTable } from '../matching/order-table.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { ClientIdIndex } from './client-id-index.ts'
import { Commitments } from './commitments.ts'
import { OpeningQueue } from './opening-queue.ts'

const NONE = -1
const CAPACITY_MIN = 64

/** Places in a slot's record, and its length. */
const OLDER = 0
const NEWER = 1
const SUM = 2
const NAME_HASH = 3
const LINK = 4

/** Places in an account's record, and its length. The count is kept less one, so that an empty record is all NONE. */
const OLDEST = 0
const NEWEST = 1
const COUNT = 2
const ACCOUNT = 4

/** What of an order is in its account's sums. */
const FREE = 0
const RESTING = 1
const WAITING = 2

/**
 * Every open order, found by id, by its account, and by the account's own name for it, and what each account has open
 * in sum. Slots are those of the order table; an account's orders are a chain of slots, oldest first.
 */
export class OrderStore {
  readonly table: OrderTable
  readonly #orders: (Order | undefined)[] = []
  /** By slot, side by side: the account's next older and next newer order, the sum it is in, and its name's hash. */
  #links = new Int32Array(CAPACITY_MIN * LINK)
  /** Of all accounts. */
  readonly #queue: OpeningQueue
  /** By account, side by side: its oldest and its newest order, and how many it has. */
  #accounts = new Int32Array(CAPACITY_MIN * ACCOUNT).fill(NONE)
  /** What each account has open in sum. */
  readonly commitments = new Commitments()
  readonly #names: ClientIdIndex

  constructor(table: OrderTable) {
    this.table = table
    this.#queue = new OpeningQueue((id) => table.slotOf(id) !== NONE)
    this.#names = new ClientIdIndex({
      isNamed: (slot, account, name) => {
        const order = this.#orders[slot]
        return order?.accountId === account && order.clientOrderId === name
      },
    })
  }

  get size(): number {
    return this.table.count
  }

  /** Enters an order whose id is open in the table. It is in no sum yet. */
  open(order: Order): void {
    const { accountId } = order
    const slot = this.#slotOf(order.id)
    this.#reach(slot, accountId)
    this.#orders[slot] = order
    const link = slot * LINK
    this.#links[link + NAME_HASH] = this.#names.add(accountId, order.clientOrderId, slot)
    const account = accountId * ACCOUNT
    const links = this.#links
    const accounts = this.#accounts
    const newest = accounts[account + NEWEST] as number
    links[link + OLDER] = newest
    links[link + NEWER] = NONE
    if (newest === NONE) accounts[account + OLDEST] = slot
    else links[newest * LINK + NEWER] = slot
    accounts[account + NEWEST] = slot
    accounts[account + COUNT] = (accounts[account + COUNT] as number) + 1
    this.#queue.push(order.id)
    links[link + SUM] = FREE
    this.#count(order, 1)
  }

  /** Takes an order out, whose place in the table is free afterwards. */
  close(order: Order): void {
    const { accountId } = order
    const slot = this.#slotOf(order.id)
    this.release(order)
    const link = slot * LINK
    this.#names.remove(slot, this.#links[link + NAME_HASH] as number)
    const account = accountId * ACCOUNT
    const links = this.#links
    const accounts = this.#accounts
    const older = links[link + OLDER] as number
    const newer = links[link + NEWER] as number
    if (older === NONE) accounts[account + OLDEST] = newer
    else links[older * LINK + NEWER] = newer
    if (newer === NONE) accounts[account + NEWEST] = older
    else links[newer * LINK + OLDER] = older
    accounts[account + COUNT] = (accounts[account + COUNT] as number) - 1
    this.#count(order, -1)
    this.#orders[slot] = undefined
    this.table.close(order.id)
  }

  /** Adds an order that rests or waits to its account's sums. Of an OCO only one order is summed: only one can trade. */
  commit(order: Order): void {
    const slot = this.#slotOf(order.id)
    assert(this.#links[slot * LINK + SUM] === FREE, 'an order is summed once')
    const { side } = order
    const record = this.commitments.open(order.accountId, order.symbol)
    if (order.stage === 'WORKING') {
      this.commitments.addResting(record, side, order.price, remainingLots(order))
      this.#links[slot * LINK + SUM] = RESTING
    } else {
      this.commitments.addWaiting(record, side, priceBound(order), remainingLots(order))
      this.#links[slot * LINK + SUM] = WAITING
    }
  }

  /** Takes what is left of an order out of its account's sums, if it is in. */
  release(order: Order): void {
    const slot = this.#slotOf(order.id)
    this.#lower(slot, order, remainingLots(order))
    this.#links[slot * LINK + SUM] = FREE
  }

  /** A summed order has fewer lots left: filled, prevented or amended away. */
  noteLess(order: Order, lots: Lots): void {
    this.#lower(this.#slotOf(order.id), order, lots)
  }

  /** Gives an open order another name. */
  rename(order: Order, clientOrderId: string): void {
    if (order.clientOrderId === clientOrderId) return
    const slot = this.#slotOf(order.id)
    const hash = slot * LINK + NAME_HASH
    this.#names.remove(slot, this.#links[hash] as number)
    order.clientOrderId = clientOrderId
    this.#links[hash] = this.#names.add(order.accountId, clientOrderId, slot)
  }

  get(id: OrderId): Order {
    return present(this.#orders[this.#slotOf(id)], 'V4 an order in the book is an open order')
  }

  /** The open order of that id; undefined when there is none. */
  byId(id: OrderId): Order | undefined {
    const slot = this.table.slotOf(id)
    return slot === NONE ? undefined : this.#orders[slot]
  }

  /** The account's open order on `symbol` that the reference names, by id before client id. */
  find(account: AccountId, symbol: SymbolIndex, reference: OrderReference): Order | undefined {
    const found =
      reference.orderId !== null
        ? this.byId(reference.orderId)
        : this.byClientId(account, reference.clientOrderId ?? '')
    return found?.accountId === account && found.symbol === symbol ? found : undefined
  }

  byClientId(account: AccountId, clientOrderId: string): Order | undefined {
    const slot = this.#names.find(account, clientOrderId)
    return slot === NONE ? undefined : this.#orders[slot]
  }

  /** The account's open orders, oldest first. None may be opened or closed meanwhile. */
  *of(account: AccountId): Generator<Order> {
    let slot = this.#accounts[account * ACCOUNT + OLDEST] ?? NONE
    for (; slot !== NONE; slot = this.#links[slot * LINK + NEWER] as number) {
      yield this.#orders[slot] as Order
    }
  }

  /** As `of`, those in the account's sums alone. */
  *committedOf(account: AccountId): Generator<Order> {
    for (const order of this.of(account)) {
      if (this.isCommitted(order)) yield order
    }
  }

  isCommitted(order: Order): boolean {
    return this.#links[this.#slotOf(order.id) * LINK + SUM] !== FREE
  }

  countOf(account: AccountId): number {
    return (this.#accounts[account * ACCOUNT + COUNT] ?? NONE) + 1
  }

  /** The order that has been open longest; undefined: none is. */
  oldest(): Order | undefined {
    const id = this.#queue.oldest()
    return id === undefined ? undefined : this.get(id)
  }

  /** All open orders, oldest first. */
  *all(): Generator<Order> {
    for (const id of this.#queue.all()) yield this.get(id)
  }

  #lower(slot: number, order: Order, lots: number): void {
    const summed = this.#links[slot * LINK + SUM]
    if (summed === FREE) return
    const record = this.commitments.find(order.accountId, order.symbol)
    if (summed === RESTING) this.commitments.lowerResting(record, order.side, lots)
    else this.commitments.lowerWaiting(record, order.side, lots)
  }

  /** One open order more (`by` 1) or fewer (`by` -1). */
  #count({ accountId, symbol, type, icebergLots }: Order, by: 1 | -1): void {
    const record = this.commitments.open(accountId, symbol)
    this.commitments.count(record, 'orders', by)
    if (waitsForPrice(type)) this.commitments.count(record, 'algoOrders', by)
    if (icebergLots > 0) this.commitments.count(record, 'icebergOrders', by)
  }

  #slotOf(id: OrderId): number {
    const slot = this.table.slotOf(id)
    assert(slot !== NONE, 'V4 an open order is in the table')
    return slot
  }

  /** Makes room for a slot and an account. */
  #reach(slot: number, account: AccountId): void {
    if ((slot + 1) * LINK > this.#links.length) {
      this.#links = enlarged(this.#links, Math.max(this.table.capacity, slot + 1) * LINK)
    }
    if ((account + 1) * ACCOUNT <= this.#accounts.length) return
    const length = Math.max((account + 1) * ACCOUNT, this.#accounts.length * 2)
    this.#accounts = enlarged(this.#accounts, length, NONE)
  }
}

/** The most that a waiting order may pay, for the cap: its limit, or where there is none its stop price. */
function priceBound({ type, price, stopPrice }: Order): Ticks {
  return isAtMarket(type) ? stopPrice : price
}

function enlarged(column: Int32Array, length: number, fill = 0): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length)
  if (fill !== 0) larger.fill(fill)
  larger.set(column)
  return larger
}
