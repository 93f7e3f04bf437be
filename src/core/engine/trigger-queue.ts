import type { OrderId, SymbolIndex } from '../domain/ids.ts'

/** An order whose price or turn has come, and its place among all of them. */
export interface Trigger {
  readonly turn: number
  readonly symbol: SymbolIndex
  readonly orderId: OrderId
}

/**
 * Orders that wait to be set off, first come first served over all symbols (rule T10). Those of a symbol that does not
 * trade stay where they are without holding up the others. An order that has ended meanwhile is still here; whoever
 * takes it sees that.
 */
export class TriggerQueue {
  readonly #bySymbol: Trigger[][]
  readonly #first: number[]
  /** Symbols with anything queued, in no order that matters. */
  readonly #waiting = new Set<SymbolIndex>()
  #lastTurn = 0

  constructor(symbols: number) {
    this.#bySymbol = Array.from({ length: symbols }, () => [])
    this.#first = new Array<number>(symbols).fill(0)
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  push(symbol: SymbolIndex, orderId: OrderId): void {
    this.#lastTurn += 1
    this.#bySymbol[symbol]?.push({ turn: this.#lastTurn, symbol, orderId })
    this.#waiting.add(symbol)
  }

  /** Takes the first whose symbol trades; null: there is none. */
  take(trades: (symbol: SymbolIndex) => boolean): Trigger | null {
    let next: Trigger | null = null
    for (const symbol of this.#waiting) {
      const head = this.#headOf(symbol)
      if (head !== undefined && (next === null || head.turn < next.turn) && trades(symbol)) {
        next = head
      }
    }
    if (next !== null) this.#drop(next.symbol)
    return next
  }

  /** All of them in order; pushing them in this order restores the same. */
  all(): Trigger[] {
    return this.#bySymbol
      .flatMap((queue, symbol) => queue.slice(this.#first[symbol] ?? 0))
      .sort((a, b) => a.turn - b.turn)
  }

  #headOf(symbol: SymbolIndex): Trigger | undefined {
    return this.#bySymbol[symbol]?.[this.#first[symbol] ?? 0]
  }

  #drop(symbol: SymbolIndex): void {
    const first = (this.#first[symbol] ?? 0) + 1
    this.#first[symbol] = first
    if (first < (this.#bySymbol[symbol]?.length ?? 0)) return
    this.#bySymbol[symbol] = []
    this.#first[symbol] = 0
    this.#waiting.delete(symbol)
  }
}
