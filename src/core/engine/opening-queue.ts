import type { OrderId } from '../domain/ids.ts'

const CAPACITY_MIN = 64

/**
 * The ids of open orders in the order in which they were opened. One that has ended stays until its turn has come or
 * there is no room: ending an order so costs nothing here.
 */
export class OpeningQueue {
  readonly #isOpen: (id: OrderId) => boolean
  #ids = new Float64Array(CAPACITY_MIN)
  #first = 0
  #end = 0

  constructor(isOpen: (id: OrderId) => boolean) {
    this.#isOpen = isOpen
  }

  /** Ids there is room for. */
  get capacity(): number {
    return this.#ids.length
  }

  push(id: OrderId): void {
    if (this.#end === this.#ids.length) this.#makeRoom()
    this.#ids[this.#end] = id
    this.#end += 1
  }

  /** The one that has been open longest; undefined: none is. */
  oldest(): OrderId | undefined {
    while (this.#first < this.#end) {
      const id = this.#ids[this.#first] as OrderId
      if (this.#isOpen(id)) return id
      this.#first += 1
    }
    return undefined
  }

  /** Oldest first. */
  *all(): Generator<OrderId> {
    for (let at = this.#first; at < this.#end; at += 1) {
      const id = this.#ids[at] as OrderId
      if (this.#isOpen(id)) yield id
    }
  }

  /** Moves what is still open to the front; at most a quarter is taken afterwards, so that this stays rare. */
  #makeRoom(): void {
    const open = [...this.all()]
    if (open.length * 4 > this.#ids.length) this.#ids = new Float64Array(open.length * 8)
    this.#ids.set(open)
    this.#first = 0
    this.#end = open.length
  }
}
