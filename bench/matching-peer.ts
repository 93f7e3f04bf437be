import { OrderBook as PeerBook, Side as PeerSide } from 'nodejs-order-book'
import type { MatchingWorkload } from './matching-workload.ts'
import { CANCEL, NEW } from './matching-workload.ts'

// The peer declares this an enum and does not export it.
type PeerTimeInForce = NonNullable<Parameters<PeerBook['limit']>[0]['timeInForce']>
type PeerAnswer = ReturnType<PeerBook['limit']>

export const PEER = 'nodejs-order-book'

/**
 * A workload on its way through the npm package nodejs-order-book. The peer's ids are text, which is made beforehand; a
 * new order, a cancel and a modify are one call each. It keeps no reports: its trades and their lots are summed, to see
 * that it does the same, and that is all that is done with its answers.
 */
export class PeerRun {
  trades = 0
  tradedLots = 0
  readonly #book = new PeerBook()
  readonly #workload: MatchingWorkload
  readonly #names: readonly string[]

  constructor(workload: MatchingWorkload) {
    this.#workload = workload
    this.#names = Array.from(workload.orderId, String)
  }

  run(): void {
    const { type, side, ioc, quantity, price } = this.#workload
    for (let sequence = 0; sequence < this.#names.length; sequence += 1) {
      const id = this.#names[sequence] as string
      const size = quantity[sequence] as number
      const ticks = price[sequence] as number
      if (type[sequence] === NEW) {
        const answer = this.#book.limit({
          id,
          side: side[sequence] === 0 ? PeerSide.BUY : PeerSide.SELL,
          size,
          price: ticks,
          timeInForce: (ioc[sequence] === 1 ? 'IOC' : 'GTC') as PeerTimeInForce,
        })
        this.#note(answer, id, size)
      } else if (type[sequence] === CANCEL) {
        this.#book.cancel(id)
      } else {
        this.#note(this.#book.modify(id, { size, price: ticks }), id, size)
      }
    }
  }

  /** The answer lists the makers that are used up and the one that is not; the taker is among them. */
  #note({ err, done, partial, quantityLeft }: PeerAnswer, id: string, size: number): void {
    if (err !== null) return
    this.tradedLots += size - quantityLeft
    for (const order of done) if (order.id !== id) this.trades += 1
    if (partial !== null && partial.id !== id) this.trades += 1
  }
}
