import type { OrderEndCause } from '../core/domain/event.ts'
import { endLine, entryLine, termsText } from './reference-market-lines.ts'
import type { ModelList, ModelOrder, ModelState, ModelSymbol } from './reference-market-state.ts'
import { marketLockPrice, remainingOf, sideOf, symbolOf, whoIs } from './reference-market-state.ts'

type EndStatus = 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH'

export function newOrder(
  state: ModelState,
  place: ModelOrder['place'],
  list: ModelList | null,
): ModelOrder {
  state.orderCount += 1
  const order = draftOrder(state, place, list)
  state.open.push(order)
  return order
}

/** An order that is nowhere yet. */
export function draftOrder(
  state: ModelState,
  place: ModelOrder['place'],
  list: ModelList | null,
): ModelOrder {
  return {
    number: state.orderCount,
    orderId: null,
    place,
    createdMs: state.nowMs,
    list,
    name: place.clientOrderId,
    lots: place.lots,
    stage: 'WORKING',
    status: 'NEW',
    executed: 0,
    executedQuote: 0n,
    prevented: 0,
    preventedQuote: 0n,
    amendments: 0,
    resting: false,
    shown: 0,
    extreme: null,
    lockPrice: marketLockPrice(state, place),
    queued: false,
    ended: false,
  }
}

/** An order is accepted, or moves on: as it stands before any fill. */
export function tellEntry(
  state: ModelState,
  order: ModelOrder,
  said: 'accepted' | 'activated',
  resting: number,
): void {
  const { stage, status, lots, executed, place, list } = order
  const terms = termsText(place.orderType, list?.id ?? null, place)
  const facts = { who: whoIs(order), stage, status, lots, executed, resting, terms }
  state.lines.push(entryLine(said, facts))
}

/** Behind all others at its price (rules T1, T7). */
export function rest(symbol: ModelSymbol, order: ModelOrder, shown: number): void {
  const { side, price } = order.place
  const book = sideOf(symbol, side)
  const before = book.filter((other) =>
    side === 'BUY' ? other.place.price >= price : other.place.price <= price,
  )
  book.splice(before.length, 0, order)
  order.resting = true
  order.shown = shown
}

/** Nothing is left of it. */
export function fill(state: ModelState, order: ModelOrder): void {
  order.status = 'FILLED'
  order.resting = false
  leave(state, order)
}

function leave(state: ModelState, order: ModelOrder): void {
  order.ended = true
  touch(state, order)
  state.open.splice(state.open.indexOf(order), 1)
  if (order.executed > 0) {
    const { userId } = order.place
    state.names.push({ userId, name: order.name, endedMs: state.nowMs })
  }
}

/** The rest of an order is gone. */
export function endOrder(
  state: ModelState,
  order: ModelOrder,
  status: EndStatus,
  cause: OrderEndCause,
): void {
  if (order.ended) return
  const { resting, shown } = order
  const symbol = symbolOf(state, order.place.symbol)
  const book = sideOf(symbol, order.place.side)
  if (resting) book.splice(book.indexOf(order), 1)
  order.resting = false
  order.status = status
  leave(state, order)
  unqueue(state, order)
  state.lines.push(
    endLine({
      who: whoIs(order),
      status,
      cause,
      remaining: remainingOf(order),
      prevented: order.prevented,
      executed: order.executed,
      executedQuote: order.executedQuote,
      wasResting: resting,
      shown: resting ? shown : 0,
    }),
  )
}

function unqueue(state: ModelState, order: ModelOrder): void {
  for (const entry of state.queue) {
    if (entry.includes(order)) entry.splice(entry.indexOf(order), 1)
  }
  const kept = state.queue.filter((entry) => entry.length > 0)
  state.queue.splice(0, state.queue.length, ...kept)
}

/** Something happened to its list, which is seen to afterwards. */
export function touch(state: ModelState, { list }: ModelOrder): void {
  if (list !== null && !state.touched.includes(list)) state.touched.push(list)
}
