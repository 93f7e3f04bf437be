import type { OrderId } from '../src/core/domain/ids.ts'
import { OrderBook } from '../src/core/matching/order-book.ts'
import { OrderTable } from '../src/core/matching/order-table.ts'
import type { Lots, Ticks } from '../src/core/money/price.ts'
import { Prng } from '../src/server/feed/prng.ts'
import { collectGarbage } from './matching-pauses.ts'
import type { BenchRow } from './row.ts'
import { median } from './row.ts'

const SIZES = [100_000, 300_000, 1_000_000]
const MID_TICKS = 100_000
const LEVELS_PER_SIDE = 5_000
const BYTES_AT_MOST = 200

interface Cancelled {
  readonly nanosecondsPerRest: number
  readonly nanosecondsPerCancel: number
  readonly bytesPerOrder: number
}

/** So many orders resting on one symbol, then cancelled in random order: time and memory an order. */
export function benchCancel(runs: number): BenchRow[] {
  // Warms up.
  cancelAll(Math.max(...SIZES), 0)
  return SIZES.flatMap((size) => {
    const results = Array.from({ length: runs }, (_, run) => cancelAll(size, run + 1))
    const name = `${size.toLocaleString('en')} resting orders`
    const rows = [
      rowOf(`${name}, put in`, 'time an order', 'ns', results, (one) => one.nanosecondsPerRest),
      rowOf(
        `${name}, cancelled in random order`,
        'time an order',
        'ns',
        results,
        (one) => one.nanosecondsPerCancel,
      ),
      rowOf(name, 'memory an order', 'bytes', results, (one) => one.bytesPerOrder),
    ]
    const bytes = rows[2]?.max ?? 0
    if (bytes >= BYTES_AT_MOST) throw new Error(`${name}: ${bytes} bytes an order`)
    return rows
  })
}

function cancelAll(size: number, seed: number): Cancelled {
  const prng = new Prng(seed)
  const prices = Int32Array.from({ length: size }, () => {
    const away = 1 + prng.below(LEVELS_PER_SIDE)
    return prng.chance(0.5) ? MID_TICKS - away : MID_TICKS + away
  })
  const ids = new Float64Array(size)
  collectGarbage()
  const before = bytesInUse()
  const orders = new OrderTable()
  const book = new OrderBook(orders)
  const restStarted = performance.now()
  for (let order = 0; order < size; order += 1) {
    const id = orders.open()
    const price = prices[order] as Ticks
    book.rest(id, 0, price < MID_TICKS ? 'BUY' : 'SELL', price, 1 as Lots, 0 as Lots)
    ids[order] = id
  }
  const restMs = performance.now() - restStarted
  collectGarbage()
  const bytes = bytesInUse() - before
  shuffle(ids, prng)
  const cancelStarted = performance.now()
  for (let order = 0; order < size; order += 1) {
    book.cancel(ids[order] as OrderId)
    orders.close(ids[order] as OrderId)
  }
  const cancelMs = performance.now() - cancelStarted
  if (book.size !== 0 || orders.count !== 0) throw new Error('the book is not empty')
  return {
    nanosecondsPerRest: (restMs * 1e6) / size,
    nanosecondsPerCancel: (cancelMs * 1e6) / size,
    bytesPerOrder: bytes / size,
  }
}

/** The heap and the columns, which are outside it. */
function bytesInUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function shuffle(ids: Float64Array, prng: Prng): void {
  for (let last = ids.length - 1; last > 0; last -= 1) {
    const other = prng.below(last + 1)
    const kept = ids[last] as number
    ids[last] = ids[other] as number
    ids[other] = kept
  }
}

function rowOf(
  name: string,
  metric: string,
  unit: string,
  results: readonly Cancelled[],
  figure: (result: Cancelled) => number,
): BenchRow {
  const values = results.map(figure)
  return {
    bench: 'matching',
    case: name,
    metric,
    unit,
    value: median(values),
    runs: values.length,
    min: Math.min(...values),
    max: Math.max(...values),
  }
}
