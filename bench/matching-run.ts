import { createHash } from 'node:crypto'
import type { OrderId } from '../src/core/domain/ids.ts'
import type { Side } from '../src/core/domain/order.ts'
import { OrderBook } from '../src/core/matching/order-book.ts'
import { DOUBLES, OrderTable, WORDS } from '../src/core/matching/order-table.ts'
import type { Lots, Ticks } from '../src/core/money/price.ts'
import { MatchingReports } from './matching-reports.ts'
import type { MatchingWorkload } from './matching-workload.ts'
import { CANCEL, NEW } from './matching-workload.ts'

const ALL_SHOWN = 0 as Lots

/** SHA-256 of what an empty book reports on the first `messages` messages. */
export function reportHash(workload: MatchingWorkload, messages = workload.messages): string {
  const hash = createHash('sha256')
  new MatchingRun(workload, messages).run().writeText((chunk) => hash.update(chunk))
  return hash.digest('hex')
}

/**
 * A workload on its way through one order book, reported as the public benchmark reports. The workload names its orders;
 * which name is which order of the venue is kept here, as a gateway would. All the memory that it needs is touched
 * beforehand, so that a timed run does not wait for the system to hand out pages.
 */
export class MatchingRun {
  readonly orders = new OrderTable()
  readonly book = new OrderBook(this.orders)
  readonly reports: MatchingReports
  readonly #workload: MatchingWorkload
  readonly #messages: number
  /** The slot that the venue gave to each of the workload's ids, the latest. */
  readonly #slotOf: Int32Array
  /** The workload's id for the order in each slot. */
  #nameAt = new Uint32Array(this.orders.capacity)

  constructor(workload: MatchingWorkload, messages = workload.messages) {
    this.#workload = workload
    this.#messages = messages
    this.reports = new MatchingReports(messages * 2)
    this.#slotOf = new Int32Array(workload.orderId.reduce((a, b) => Math.max(a, b), 0) + 1).fill(0)
  }

  run(): MatchingReports {
    for (let sequence = 0; sequence < this.#messages; sequence += 1) this.step(sequence)
    return this.reports
  }

  /** Carries out the message; to be called in their order. */
  step(sequence: number): void {
    const { type, orderId } = this.#workload
    const name = orderId[sequence] as number
    if (type[sequence] === NEW) {
      this.#place(sequence, name)
      return
    }
    const slot = this.#slotOf[name] as number
    const id = this.orders.id[slot * DOUBLES] as OrderId
    if (id === 0 || this.#nameAt[slot] !== name)
      this.reports.rejected(sequence, name, type[sequence] === CANCEL)
    else if (type[sequence] === CANCEL) this.#cancel(sequence, name, id)
    else this.#modify(sequence, name, id)
  }

  #place(sequence: number, name: number): void {
    const { side, ioc, quantity, price } = this.#workload
    const sideCode = side[sequence] as number
    const ticks = price[sequence] as Ticks
    const lots = quantity[sequence] as Lots
    this.reports.accepted(sequence, sideCode, name, ticks, lots)
    const id = this.#open(name)
    const left = this.#match(sequence, sideCode, ticks, lots)
    if (left > 0 && ioc[sequence] === 0) {
      this.book.rest(id, 0, sideOf(sideCode), ticks, left as Lots, ALL_SHOWN)
      return
    }
    if (left > 0) this.reports.cancelled(sequence, sideCode, name, ticks)
    this.orders.close(id)
  }

  #cancel(sequence: number, name: number, id: OrderId): void {
    const price = this.orders.price[this.orders.slotOf(id) * WORDS] as number
    this.book.cancel(id)
    this.orders.close(id)
    this.reports.cancelled(sequence, this.#workload.side[sequence] as number, name, price)
  }

  /** The order stays open and keeps its id; its place it loses. */
  #modify(sequence: number, name: number, id: OrderId): void {
    const { side, quantity, price } = this.#workload
    const sideCode = side[sequence] as number
    const ticks = price[sequence] as Ticks
    const lots = quantity[sequence] as Lots
    this.book.cancel(id)
    const left = this.#match(sequence, sideCode, ticks, lots)
    this.reports.modified(sequence, sideCode, name, ticks, lots)
    if (left > 0) this.book.rest(id, 0, sideOf(sideCode), ticks, left as Lots, ALL_SHOWN)
    else this.orders.close(id)
  }

  /** Trades what crosses; the lots that are left. */
  #match(sequence: number, sideCode: number, limit: Ticks, lots: Lots): number {
    const { book, orders, reports } = this
    const side = sideOf(sideCode)
    if (!book.crosses(side, limit)) return lots
    const sweep = book.sweep({
      side,
      limit,
      lots,
      quoteBudget: null,
      quotePerTickLot: 1n,
      owner: 0,
      selfTradePrevention: 'NONE',
      excluded: null,
    })
    const taker = this.#workload.orderId[sequence] as number
    for (let fill = 0; fill < sweep.count; fill += 1) {
      const maker = this.#nameAt[orders.slotOf(sweep.makerId[fill] as OrderId)] as number
      const price = sweep.price[fill] as number
      reports.traded(sequence, price, sweep.lots[fill] as number, maker, taker)
    }
    book.take(sweep)
    for (let fill = 0; fill < sweep.count; fill += 1) {
      const maker = sweep.makerId[fill] as OrderId
      if (!book.has(maker)) orders.close(maker)
    }
    return lots - sweep.filledLots
  }

  #open(name: number): OrderId {
    const id = this.orders.open()
    if (this.#nameAt.length < this.orders.capacity) {
      const grown = new Uint32Array(this.orders.capacity)
      grown.set(this.#nameAt)
      this.#nameAt = grown
    }
    const slot = this.orders.slotOf(id)
    this.#nameAt[slot] = name
    this.#slotOf[name] = slot
    return id
  }
}

function sideOf(code: number): Side {
  return code === 0 ? 'BUY' : 'SELL'
}
