import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FullPathMeasured, FullPathPoint } from './full-path-run.ts'
import type { BenchRow } from './row.ts'
import { median } from './row.ts'

const RUN = fileURLToPath(new URL('full-path-run.ts', import.meta.url))
/**
 * Room for what a command throws away, so that what rests is not copied along with it again and again; all of it from
 * the start, or the collector gives it back after each major collection and asks for it anew.
 */
const FLAGS = ['--min-semi-space-size=32', '--max-semi-space-size=32']

const FULL = { symbols: 100, accounts: 100_000, resting: 100_000 }

/** The size that the engine is judged at, under both populations, then the curve: fewer symbols, fewer resting orders. */
const POINTS: readonly Pick<FullPathPoint, 'symbols' | 'accounts' | 'resting' | 'population'>[] = [
  { ...FULL, population: 'zipf' },
  { ...FULL, population: 'uniform' },
  { ...FULL, symbols: 10, population: 'zipf' },
  { ...FULL, symbols: 1, population: 'zipf' },
  { ...FULL, resting: 10_000, population: 'zipf' },
  { ...FULL, resting: 1_000, population: 'zipf' },
  { symbols: 1, accounts: 1_000, resting: 1_000, population: 'uniform' },
]

/**
 * A command's whole way, parsed to events: margin, match, ledger. Every account is on cross margin and owes. In memory,
 * on one core, no journal; each point in a process of its own.
 */
export async function fullPath({
  quick = false,
}: {
  readonly quick?: boolean
}): Promise<BenchRow[]> {
  const points = quick ? POINTS.slice(-1) : POINTS
  const rows = points.map((point) => {
    const commands = quick ? 20_000 : 200_000
    const whole = { ...point, commands, runs: quick ? 3 : 5, seed: 7 }
    const output = execFileSync(process.execPath, [...FLAGS, RUN, JSON.stringify(whole)])
    return rowOf(whole, JSON.parse(output.toString()) as FullPathMeasured)
  })
  printCurve(rows)
  return rows
}

function rowOf(
  { symbols, accounts, resting, population }: FullPathPoint,
  { commandsPerSecond, eventsPerCommand }: FullPathMeasured,
): BenchRow {
  const many = (count: number): string => count.toLocaleString('en')
  const size = `${symbols} symbols, ${many(accounts)} accounts, ${many(resting)} resting`
  return {
    bench: 'full-path',
    case: `${size}, ${population}, ${eventsPerCommand.toFixed(1)} events a command`,
    metric: 'throughput',
    unit: 'commands/s',
    value: median(commandsPerSecond),
    runs: commandsPerSecond.length,
    min: Math.min(...commandsPerSecond),
    max: Math.max(...commandsPerSecond),
  }
}

/** What a command costs at each point, and as a multiple of the first. */
function printCurve(rows: readonly BenchRow[]): void {
  const first = rows[0]?.value ?? 0
  for (const { case: name, value } of rows) {
    const microseconds = (1_000_000 / value).toFixed(2)
    console.log(`${microseconds} µs a command, ${(first / value).toFixed(2)} × the first: ${name}`)
  }
}
