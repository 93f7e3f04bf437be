import { OrderBook as PeerBook, Side as PeerSide } from 'nodejs-order-book'
import type { OrderId } from '../src/core/domain/ids.ts'
import { OrderBook } from '../src/core/matching/order-book.ts'
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
  /** The order's own id, or the id to cancel, which may have traded by then. */
  readonly id: OrderId
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
  const open: OrderId[] = []
  return Array.from({ length: prefill + operations }, (_, index) => {
    const kind = index < prefill || open.length === 0 ? PASSIVE : prng.weighted(WEIGHTS)
    const side = prng.chance(0.5) ? 'BUY' : 'SELL'
    const id = kind === CANCEL ? takeAny(prng, open) : ((index + 1) as OrderId)
    if (kind === PASSIVE) open.push(id)
    const away = kind === MARKETABLE ? -prng.below(MARKETABLE_TICKS) : 1 + distance(prng)
    return {
      kind:
        kind === CANCEL ? 'CANCEL' : kind === PASSIVE || kind === MARKETABLE ? 'LIMIT' : 'MARKET',
      id,
      peerId: String(id),
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

function takeAny(prng: Prng, open: OrderId[]): OrderId {
  const place = prng.below(open.length)
  const id = open[place] as OrderId
  open[place] = open[open.length - 1] as OrderId
  open.pop()
  return id
}

/** Runs the mix on our book; the time is that of what follows the prefill. */
export function runMix(operations: readonly MixOperation[], prefill: number): MixOutcome {
  const book = new OrderBook()
  const total = { trades: 0, tradedLots: 0, cancelled: 0 }
  let started = 0
  for (let index = 0; index < operations.length; index += 1) {
    const operation = operations[index] as MixOperation
    if (index === prefill) started = performance.now()
    if (operation.kind !== 'CANCEL') execute(book, operation, total)
    else if (book.has(operation.id)) {
      book.cancel(operation.id)
      total.cancelled += 1
    }
  }
  return { ...total, milliseconds: performance.now() - started }
}

function execute(
  book: OrderBook,
  { kind, id, side, price, lots }: MixOperation,
  total: { trades: number; tradedLots: number },
): void {
  const limit = kind === 'LIMIT' ? price : null
  let left: number = lots
  if (limit === null || book.crosses(side, limit)) {
    const sweep = book.sweep({
      side,
      limit,
      lots,
      quoteBudget: null,
      quotePerTickLot: 1n,
      owner: 0,
      selfTradePrevention: 'NONE',
    })
    total.trades += sweep.count
    total.tradedLots += sweep.filledLots
    left -= sweep.filledLots
    book.take(sweep)
  }
  if (limit !== null && left > 0) book.rest(id, 0, side, limit, left as Lots)
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
