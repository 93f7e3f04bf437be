import { MatchingRun } from './matching-run.ts'
import type { MatchingWorkload } from './matching-workload.ts'

/** In nanoseconds a message, the reading of the clock among them. */
export interface Latencies {
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly worst: number
  /** What reading the clock alone takes in the middle. */
  readonly clock: number
}

/** A pass of its own: the clock is read after each message, which takes about as long as a short one. */
export function latencies(workload: MatchingWorkload): Latencies {
  // The first run warms up.
  measure(workload)
  const sorted = measure(workload).sort()
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] as number
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999), worst: at(1), clock: clockCost() }
}

function measure(workload: MatchingWorkload): Float64Array {
  const run = new MatchingRun(workload)
  const nanoseconds = new Float64Array(workload.messages).fill(0)
  let before = performance.now()
  for (let sequence = 0; sequence < workload.messages; sequence += 1) {
    run.step(sequence)
    const now = performance.now()
    nanoseconds[sequence] = (now - before) * 1e6
    before = now
  }
  return nanoseconds
}

function clockCost(): number {
  const nanoseconds = new Float64Array(100_000)
  let before = performance.now()
  for (let reading = 0; reading < nanoseconds.length; reading += 1) {
    const now = performance.now()
    nanoseconds[reading] = (now - before) * 1e6
    before = now
  }
  return nanoseconds.sort()[nanoseconds.length / 2] as number
}
