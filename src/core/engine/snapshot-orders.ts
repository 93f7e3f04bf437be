import type { OrderId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import type { Amount } from '../money/amount.ts'
import type { Lots } from '../money/price.ts'
import type { ExchangeState } from './state.ts'
import { bookOf, ownerOf, stopsOf, tradeGroupOf } from './state.ts'

type Line = readonly [string, ...unknown[]]

// biome-ignore lint/suspicious/noExplicitAny: each line's fields are given their types where they are read.
type Field = any

type Reader = (state: ExchangeState, fields: Field[]) => void

/** Open orders by age, then where each stands: the books in the order of their queues, the stop books, the lists. */
export function* orderLines(state: ExchangeState): Generator<Line> {
  for (const order of state.orders.all()) {
    yield ['order', order, state.orders.isCommitted(order) ? 1 : 0]
  }
  for (const book of state.books) {
    for (const side of ['BUY', 'SELL'] as const) {
      for (const { id, lots, shown } of book.orders(side)) yield ['rests', id, shown, lots - shown]
    }
  }
  for (const [symbol, stops] of state.stops.entries()) {
    for (const stop of stops.stops()) yield ['stop', symbol, stop]
  }
  for (const { list, ends, turnCame } of state.lists.all()) {
    yield ['list', list, [...ends].sort((a, b) => a[0] - b[0]), turnCame ? 1 : 0]
  }
  for (const { symbol, orderId } of state.triggers.all()) yield ['trigger', symbol, orderId]
  for (const one of state.recentClientIds.all()) yield ['recent', one]
}

export const ORDER_READERS: Readonly<Record<string, Reader>> = {
  order: readOrder,
  rests: readRest,
  stop: (state, [symbol, record]) => stopsOf(state, symbol).restore(record),
  list: readList,
  trigger: (state, [symbol, orderId]) => state.triggers.push(symbol, orderId),
  recent: (state, [one]) => state.recentClientIds.note(one),
}

function readOrder(state: ExchangeState, [fields, isCommitted]: Field[]): void {
  const order: Order = {
    ...fields,
    quoteQuantity: BigInt(fields.quoteQuantity) as Amount,
    borrowed: BigInt(fields.borrowed) as Amount,
    executedQuote: BigInt(fields.executedQuote) as Amount,
    locked: BigInt(fields.locked) as Amount,
    reservePrice: BigInt(fields.reservePrice) as Amount,
  }
  state.orders.table.reopen(order.id)
  state.orders.open(order)
  if (isCommitted === 1) state.orders.commit(order)
}

function readRest(state: ExchangeState, [id, shown, hidden]: Field[]): void {
  const order = state.orders.get(id as OrderId)
  const { user } = ownerOf(state, order.accountId)
  bookOf(state, order.symbol).restore(
    order.id,
    tradeGroupOf(user),
    order.side,
    order.price,
    shown as Lots,
    hidden as Lots,
    order.icebergLots,
  )
}

function readList(state: ExchangeState, [list, ends, turnCame]: Field[]): void {
  const opened = state.lists.open(list)
  for (const [id, status] of ends) opened.ends.set(id, status)
  opened.turnCame = turnCame === 1
}
