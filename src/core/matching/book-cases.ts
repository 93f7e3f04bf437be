import type { OrderId } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import type { Lots, Ticks } from '../money/price.ts'
import type { Sweep, SweepRequest } from './order-book.ts'
import { OrderBook } from './order-book.ts'
import { OrderTable } from './order-table.ts'
import type { Book } from './reference-book.ts'
import { ReferenceBook } from './reference-book.ts'

// How the tests of books write things down.

/** A table in which the orders 1 to 99 are open. */
export function tableOf99(): OrderTable {
  const table = new OrderTable()
  for (let order = 1; order <= 99; order += 1) table.open()
  return table
}

/** The fast book and the slow, obvious one: what any book must do, both are held to. */
export const books: [string, () => Book][] = [
  ['OrderBook', () => new OrderBook(tableOf99())],
  ['ReferenceBook', () => new ReferenceBook()],
]

/** `id owner side price lots display`, such as `7 1 SELL 101 5`, in the order they arrive; without a display all shows. */
export function bookWith(make: () => Book, orders: readonly string[]): Book {
  const book = make()
  for (const order of orders) {
    const [id, owner, side, price, lots, display] = order.split(' ')
    book.rest(
      Number(id) as OrderId,
      Number(owner),
      side as Side,
      Number(price) as Ticks,
      Number(lots) as Lots,
      Number(display ?? 0) as Lots,
    )
  }
  return book
}

/** What rests, as `id price lots`, best first, oldest first; with hidden lots as `id price shown+hidden`. */
export function resting(book: Book, side: Side): string[] {
  return [...book.orders(side)].map(
    ({ id, price, lots, shown }) =>
      `${id} ${price} ${shown}${lots > shown ? `+${lots - shown}` : ''}`,
  )
}

/** The owner of every incoming order. */
export const TAKER = 9

export function request(side: Side, limit: number | null, lots: number): SweepRequest {
  return {
    side,
    limit: limit as Ticks | null,
    lots: lots as Lots,
    quoteBudget: null,
    quotePerTickLot: 1n,
    owner: TAKER,
    selfTradePrevention: 'NONE',
    excluded: null,
  }
}

/**
 * In order: trades as `maker×lots@price`, with `+lots` for what the maker shows anew; prevented matches as
 * `maker-taker's/maker's`, with the lots that each loses. Then those passed over as `~maker`, and the taker's end as `!`.
 */
export function told(sweep: Sweep): string {
  const events: string[] = []
  for (let fill = 0, match = 0; fill <= sweep.count; fill += 1) {
    for (; match < sweep.preventedCount && sweep.preventedAfter[match] === fill; match += 1) {
      const lots = `${sweep.preventedTakerLots[match]}/${sweep.preventedMakerLots[match]}`
      events.push(`${sweep.preventedMakerId[match]}-${lots}`)
    }
    if (fill === sweep.count) break
    const again = sweep.replenished[fill] === 0 ? '' : `+${sweep.replenished[fill]}`
    events.push(`${sweep.makerId[fill]}×${sweep.lots[fill]}@${sweep.price[fill]}${again}`)
  }
  const passedOver = sweep.passedOverIds.map((id) => `~${id}`)
  return [...events, ...passedOver, ...(sweep.takerExpired ? ['!'] : [])].join(' ')
}
