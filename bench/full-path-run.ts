import type { FullPathOptions } from './full-path-workload.ts'
import { FullPathWorkload } from './full-path-workload.ts'

/** One point of the curve, measured in a process of its own: what the next one leaves in memory is not ours to collect. */
export interface FullPathPoint extends FullPathOptions {
  readonly commands: number
  readonly runs: number
}

export interface FullPathMeasured {
  readonly commandsPerSecond: readonly number[]
  readonly eventsPerCommand: number
  readonly openOrders: number
}

/** Commands made at a time: one that arrives was parsed just before, and has not left the caches yet. */
const CHUNK = 1_000

const point = JSON.parse(process.argv[2] ?? '{}') as FullPathPoint
const workload = new FullPathWorkload(point)
let events = 0

/** Makes so many commands and carries them out; what it takes to make them is not measured. */
function run(): number {
  let elapsedMs = 0
  for (let left = point.commands; left > 0; left -= CHUNK) {
    const commands = workload.commands(Math.min(CHUNK, left))
    const started = performance.now()
    events += workload.run(commands)
    elapsedMs += performance.now() - started
  }
  return Math.round((point.commands / elapsedMs) * 1_000)
}

run()
events = 0
const commandsPerSecond = Array.from({ length: point.runs }, run)
const measured: FullPathMeasured = {
  commandsPerSecond,
  eventsPerCommand: events / (point.runs * point.commands),
  openOrders: workload.state.orders.size,
}
process.stdout.write(JSON.stringify(measured))
