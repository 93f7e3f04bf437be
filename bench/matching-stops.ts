import type { OrderId } from '../src/core/domain/ids.ts'
import { StopBook } from '../src/core/matching/stop-book.ts'
import type { Ticks } from '../src/core/money/price.ts'
import { Prng } from '../src/server/feed/prng.ts'
import type { BenchRow } from './row.ts'
import { median } from './row.ts'

const SIZES = [1_000, 100_000]
const PRICES = 1_000_000
const MID_TICKS = 1_000_000
const BIPS_MOST = 2_000

/**
 * What a price costs with many orders waiting, half of them trailing by all sorts of distances: one that stays where
 * nothing happens, and one that is higher than any before, so that every sale that trails follows it.
 */
export function benchStops(runs: number): BenchRow[] {
  return SIZES.flatMap((size) => {
    const name = `stop book, ${size.toLocaleString('en')} orders waiting`
    const quiet = (observed: number) => MID_TICKS + (observed & 1)
    const rising = (observed: number) => MID_TICKS + observed
    return [
      rowOf(`${name}, quiet prices`, runs, () => nanosecondsPerPrice(size, quiet)),
      rowOf(`${name}, prices that rise`, runs, () => nanosecondsPerPrice(size, rising)),
    ]
  })
}

function nanosecondsPerPrice(size: number, priceAt: (observed: number) => number): number {
  const book = new StopBook()
  const prng = new Prng(size)
  for (let id = 1; id <= size; id += 1) {
    const trails = prng.chance(0.5)
    // Nothing triggers: those that do not trail wait beyond all the prices, those that trail are sales.
    const stopPrice = trails ? 0 : MID_TICKS + PRICES + 1 + prng.below(PRICES)
    book.add(
      {
        id: id as OrderId,
        side: trails ? 'SELL' : 'BUY',
        condition: 'RISE',
        stopPrice: stopPrice as Ticks | 0,
        trailingBips: trails ? prng.integer(1, BIPS_MOST) : 0,
      },
      MID_TICKS as Ticks,
    )
  }
  const started = performance.now()
  for (let observed = 0; observed < PRICES; observed += 1) {
    const price = priceAt(observed) as Ticks
    book.observe(price, price)
  }
  if (book.triggeredCount > 0) throw new Error('a price triggered an order')
  return ((performance.now() - started) * 1e6) / PRICES
}

function rowOf(name: string, runs: number, measure: () => number): BenchRow {
  // The first run warms up.
  const values = Array.from({ length: runs + 1 }, measure).slice(1)
  return {
    bench: 'matching',
    case: name,
    metric: 'time a price',
    unit: 'ns',
    value: median(values),
    runs,
    min: Math.min(...values),
    max: Math.max(...values),
  }
}
