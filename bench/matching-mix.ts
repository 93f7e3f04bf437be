import { OrderBook as PeerBook, Side as PeerSide } from 'nodejs-order-book'
import type { OrderId } from '../src/core/domain/ids.ts'
import { OrderBook } from '../src/core/matching/order-book.ts'
import { OrderTable } from '../src/core/matching/order-table.ts'
import type { Lots, Ticks } from '../src/core/money/price.ts'
import { Prng } from '../src/server/feed/prng.ts'

const MID_TICKS = 100_000
const LEVELS_PER_SIDE = 500
const MARKETABLE_TICKS = 5
const MAXIMUM_LOTS = 100
/** Of 100 operations: limit orders away from the middle, cancels, limit orders beyond it, market orders. */
const WEIGHTS = [60, 25, 10, 5]
const PASSIVE = 0
const CANCEL = 1
const MARKETABLE = 2

export interface MixOperation {
  readonly kind: 'LIMIT' | 'CANCEL' | 'MARKET'
  /** The order's number, or that of the order to cancel, which may have traded by then. */
  readonly order: number
  /** The same as text, made beforehand: the peer's ids are text. */
  readonly peerId: string
  readonly side: 'BUY' | 'SELL'
  readonly price: Ticks
  readonly lots: Lots
}

/** What both books must agree on. */
export interface MixOutcome {
  readonly trades: number
  readonly tradedLots: number
  readonly cancelled: number
  readonly milliseconds: number
}

/** `prefill` resting orders, then `operations` of a busy market around some thousand prices. Seeded. */
export function mixedOperations(prefill: number, operations: number): MixOperation[] {
  const prng = new Prng(23)
  const open: number[] = []
  return Array.from({ length: prefill + operations }, (_, index) => {
    const kind = index < prefill || open.length === 0 ? PASSIVE : prng.weighted(WEIGHTS)
    const side = prng.chance(0.5) ? 'BUY' : 'SELL'
    const order = kind === CANCEL ? takeAny(prng, open) : index
    if (kind === PASSIVE) open.push(order)
    const away = kind === MARKETABLE ? -prng.below(MARKETABLE_TICKS) : 1 + distance(prng)
    return {
      kind:
        kind === CANCEL ? 'CANCEL' : kind === PASSIVE || kind === MARKETABLE ? 'LIMIT' : 'MARKET',
      order,
      peerId: String(order),
      side,
      price: (MID_TICKS + (side === 'BUY' ? -away : away)) as Ticks,
      lots: prng.integer(1, MAXIMUM_LOTS) as Lots,
    }
  })
}

/** Orders crowd near the middle. */
function distance(prng: Prng): number {
  return Math.min(prng.below(LEVELS_PER_SIDE), prng.below(LEVELS_PER_SIDE))
}

function takeAny(prng: Prng, open: number[]): number {
  const place = prng.below(open.length)
  const order = open[place] as number
  open[place] = open[open.length - 1] as number
  open.pop()
  return order
}

/** Runs the mix on our book; the time is that of what follows the prefill. */
export function runMix(operations: readonly MixOperation[], prefill: number): MixOutcome {
  const run = new MixRun(operations.length)
  let started = 0
  for (let index = 0; index < operations.length; index += 1) {
    if (index === prefill) started = performance.now()
    run.step(operations[index] as MixOperation)
  }
  const { trades, tradedLots, cancelled } = run
  return { trades, tradedLots, cancelled, milliseconds: performance.now() - started }
}

class MixRun {
  trades = 0
  tradedLots = 0
  cancelled = 0
  readonly #orders = new OrderTable()
  readonly #book = new OrderBook(this.#orders)
  readonly #ids: Float64Array

  constructor(operations: number) {
    this.#ids = new Float64Array(operations)
  }

  step({ kind, order, side, price, lots }: MixOperation): void {
    if (kind === 'CANCEL') this.#cancel(this.#ids[order] as OrderId)
    else this.#place(order, side, kind === 'LIMIT' ? price : null, lots)
  }

  #cancel(id: OrderId): void {
    if (!this.#book.has(id)) return
    this.#book.cancel(id)
    this.#orders.close(id)
    this.cancelled += 1
  }

  #place(order: number, side: 'BUY' | 'SELL', limit: Ticks | null, lots: Lots): void {
    const id = this.#orders.open()
    this.#ids[order] = id
    const left =
      limit === null || this.#book.crosses(side, limit) ? this.#match(side, limit, lots) : lots
    if (limit !== null && left > 0) {
      this.#book.rest(id, 0, side, limit, left as Lots, 0 as Lots)
    } else {
      this.#orders.close(id)
    }
  }

  /** The lots that are left. */
  #match(side: 'BUY' | 'SELL', limit: Ticks | null, lots: Lots): number {
    const sweep = this.#book.sweep({
      side,
      limit,
      lots,
      quoteBudget: null,
      quotePerTickLot: 1n,
      owner: 0,
      selfTradePrevention: 'NONE',
      excluded: null,
    })
    this.trades += sweep.count
    this.tradedLots += sweep.filledLots
    this.#book.take(sweep)
    for (let fill = 0; fill < sweep.count; fill += 1) {
      const maker = sweep.makerId[fill] as OrderId
      if (!this.#book.has(maker)) this.#orders.close(maker)
    }
    return lots - sweep.filledLots
  }
}

/** As `runMix`, on the npm package nodejs-order-book. */
export function runPeerMix(operations: readonly MixOperation[], prefill: number): MixOutcome {
  const book = new PeerBook()
  const total = { trades: 0, tradedLots: 0, cancelled: 0 }
  let started = 0
  for (let index = 0; index < operations.length; index += 1) {
    const operation = operations[index] as MixOperation
    if (index === prefill) started = performance.now()
    if (operation.kind !== 'CANCEL') executeOnPeer(book, operation, total)
    else if (book.cancel(operation.peerId) !== undefined) total.cancelled += 1
  }
  return { ...total, milliseconds: performance.now() - started }
}

function executeOnPeer(
  book: PeerBook,
  { kind, peerId, side, price, lots }: MixOperation,
  total: { trades: number; tradedLots: number },
): void {
  const peerSide = side === 'BUY' ? PeerSide.BUY : PeerSide.SELL
  const answer =
    kind === 'LIMIT'
      ? book.limit({ id: peerId, side: peerSide, price, size: lots })
      : book.market({ side: peerSide, size: lots })
  if (answer.err !== null) throw answer.err
  total.tradedLots += lots - answer.quantityLeft
  for (const order of answer.done) if (order.id !== peerId) total.trades += 1
  const { partial } = answer
  if (partial !== null && partial.id !== peerId) total.trades += 1
}
