import { assert, present } from '../assert.ts'
import type { OrderReference } from '../domain/command.ts'
import type { AccountId, OrderId, SymbolIndex } from '../domain/ids.ts'
import type { Order, Side } from '../domain/order.ts'
import { isAtMarket, remainingLots } from '../domain/order.ts'
import type { OrderTable } from '../matching/order-table.ts'
import type { Lots, Ticks } from '../money/price.ts'
import { ClientIdIndex } from './client-id-index.ts'
import type { Commitments, RestingSide } from './commitments.ts'
import {
  addResting,
  addWaiting,
  commitments,
  count,
  lowerResting,
  lowerWaiting,
  NOTHING_RESTS,
  sideOf,
} from './commitments.ts'

const NONE = -1
const CAPACITY_MIN = 64
const NO_COMMITMENTS: readonly Commitments[] = []

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
  #older = new Int32Array(CAPACITY_MIN)
  #newer = new Int32Array(CAPACITY_MIN)
  /** The chain of all open orders, oldest first. */
  #before = new Int32Array(CAPACITY_MIN)
  #after = new Int32Array(CAPACITY_MIN)
  #oldest = NONE
  #newest = NONE
  /** In which of the account's sums an order is. */
  #summed = new Uint8Array(CAPACITY_MIN)
  #oldestOf = new Int32Array(CAPACITY_MIN).fill(NONE)
  #newestOf = new Int32Array(CAPACITY_MIN).fill(NONE)
  #countOf = new Int32Array(CAPACITY_MIN)
  readonly #commitmentsOf: (Commitments[] | undefined)[] = []
  readonly #names: ClientIdIndex

  constructor(table: OrderTable) {
    this.table = table
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
    this.#names.add(accountId, order.clientOrderId, slot)
    const newest = this.#newestOf[accountId] as number
    this.#older[slot] = newest
    this.#newer[slot] = NONE
    if (newest === NONE) this.#oldestOf[accountId] = slot
    else this.#newer[newest] = slot
    this.#newestOf[accountId] = slot
    this.#countOf[accountId] = (this.#countOf[accountId] as number) + 1
    this.#before[slot] = this.#newest
    this.#after[slot] = NONE
    if (this.#newest === NONE) this.#oldest = slot
    else this.#after[this.#newest] = slot
    this.#newest = slot
    this.#summed[slot] = FREE
    count(this.#commitments(accountId, order.symbol), order, 1)
  }

  /** Takes an order out, whose place in the table is free afterwards. */
  close(order: Order): void {
    const { accountId } = order
    const slot = this.#slotOf(order.id)
    this.release(order)
    this.#names.remove(accountId, order.clientOrderId)
    const older = this.#older[slot] as number
    const newer = this.#newer[slot] as number
    if (older === NONE) this.#oldestOf[accountId] = newer
    else this.#newer[older] = newer
    if (newer === NONE) this.#newestOf[accountId] = older
    else this.#older[newer] = older
    this.#countOf[accountId] = (this.#countOf[accountId] as number) - 1
    const before = this.#before[slot] as number
    const after = this.#after[slot] as number
    if (before === NONE) this.#oldest = after
    else this.#after[before] = after
    if (after === NONE) this.#newest = before
    else this.#before[after] = before
    count(this.#commitments(accountId, order.symbol), order, -1)
    this.#orders[slot] = undefined
    this.table.close(order.id)
  }

  /** Adds an order that rests or waits to its account's sums. Of an OCO only one order is summed: only one can trade. */
  commit(order: Order): void {
    const slot = this.#slotOf(order.id)
    assert(this.#summed[slot] === FREE, 'an order is summed once')
    const side = sideOf(this.#commitments(order.accountId, order.symbol), order.side)
    if (order.stage === 'WORKING') {
      addResting(side, order.price, remainingLots(order))
      this.#summed[slot] = RESTING
    } else {
      addWaiting(side, priceBound(order), remainingLots(order))
      this.#summed[slot] = WAITING
    }
  }

  /** Takes what is left of an order out of its account's sums, if it is in. */
  release(order: Order): void {
    const slot = this.#slotOf(order.id)
    this.#lower(slot, order, remainingLots(order))
    this.#summed[slot] = FREE
  }

  /** A summed order has fewer lots left: filled, prevented or amended away. */
  noteLess(order: Order, lots: Lots): void {
    this.#lower(this.#slotOf(order.id), order, lots)
  }

  /** Gives an open order another name. */
  rename(order: Order, clientOrderId: string): void {
    if (order.clientOrderId === clientOrderId) return
    this.#names.remove(order.accountId, order.clientOrderId)
    order.clientOrderId = clientOrderId
    this.#names.add(order.accountId, clientOrderId, this.#slotOf(order.id))
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
    let slot = this.#oldestOf[account] ?? NONE
    for (; slot !== NONE; slot = this.#newer[slot] as number) yield this.#orders[slot] as Order
  }

  /** As `of`, those in the account's sums alone. */
  *committedOf(account: AccountId): Generator<Order> {
    for (const order of this.of(account)) {
      if (this.isCommitted(order)) yield order
    }
  }

  isCommitted(order: Order): boolean {
    return this.#summed[this.#slotOf(order.id)] !== FREE
  }

  countOf(account: AccountId): number {
    return this.#countOf[account] ?? 0
  }

  /** What the account has open in a symbol; undefined: never anything. */
  commitmentsIn(account: AccountId, symbol: SymbolIndex): Readonly<Commitments> | undefined {
    for (const one of this.#commitmentsOf[account] ?? NO_COMMITMENTS) {
      if (one.symbol === symbol) return one
    }
    return undefined
  }

  /** What the account has open in every symbol that it ever had an order in. */
  commitmentsOf(account: AccountId): readonly Readonly<Commitments>[] {
    return this.#commitmentsOf[account] ?? NO_COMMITMENTS
  }

  /** What the account rests on one side of a symbol. */
  restingOf(account: AccountId, symbol: SymbolIndex, side: Side): Readonly<RestingSide> {
    const found = this.commitmentsIn(account, symbol)
    return found === undefined ? NOTHING_RESTS : sideOf(found, side)
  }

  /** The order that has been open longest; undefined: none is. */
  oldest(): Order | undefined {
    return this.#orders[this.#oldest]
  }

  /** All open orders, oldest first. */
  *all(): Generator<Order> {
    for (let slot = this.#oldest; slot !== NONE; slot = this.#after[slot] as number) {
      yield this.#orders[slot] as Order
    }
  }

  #lower(slot: number, order: Order, lots: number): void {
    const summed = this.#summed[slot]
    if (summed === FREE) return
    const side = sideOf(this.#commitments(order.accountId, order.symbol), order.side)
    if (summed === RESTING) lowerResting(side, lots)
    else lowerWaiting(side, lots)
  }

  #commitments(account: AccountId, symbol: SymbolIndex): Commitments {
    let all = this.#commitmentsOf[account]
    if (all === undefined) {
      all = []
      this.#commitmentsOf[account] = all
    }
    for (const one of all) if (one.symbol === symbol) return one
    const made = commitments(symbol)
    all.push(made)
    return made
  }

  #slotOf(id: OrderId): number {
    const slot = this.table.slotOf(id)
    assert(slot !== NONE, 'V4 an open order is in the table')
    return slot
  }

  /** Makes room for a slot and an account. */
  #reach(slot: number, account: AccountId): void {
    if (slot >= this.#older.length) {
      const capacity = Math.max(this.table.capacity, slot + 1)
      this.#older = enlarged(this.#older, capacity)
      this.#newer = enlarged(this.#newer, capacity)
      this.#before = enlarged(this.#before, capacity)
      this.#after = enlarged(this.#after, capacity)
      const summed = new Uint8Array(capacity)
      summed.set(this.#summed)
      this.#summed = summed
    }
    if (account < this.#countOf.length) return
    const accounts = Math.max(account + 1, this.#countOf.length * 2)
    this.#oldestOf = enlarged(this.#oldestOf, accounts, NONE)
    this.#newestOf = enlarged(this.#newestOf, accounts, NONE)
    this.#countOf = enlarged(this.#countOf, accounts)
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
