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

const point = JSON.parse(process.argv[2] ?? '{}') as FullPathPoint
const workload = new FullPathWorkload(point)
workload.run(workload.commands(point.commands))
let events = 0
const commandsPerSecond = Array.from({ length: point.runs }, () => {
  const commands = workload.commands(point.commands)
  const started = performance.now()
  events += workload.run(commands)
  return Math.round((point.commands / (performance.now() - started)) * 1_000)
})
const measured: FullPathMeasured = {
  commandsPerSecond,
  eventsPerCommand: events / (point.runs * point.commands),
  openOrders: workload.state.orders.size,
}
process.stdout.write(JSON.stringify(measured))
