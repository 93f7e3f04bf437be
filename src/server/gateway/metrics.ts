import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'
import type { Engine } from './gateway-deps.ts'

/** What `/metrics` tells; every gateway has its own registry, so several can live in one process. */
export class GatewayMetrics {
  readonly registry = new Registry()
  readonly #requests: Counter<'route' | 'method' | 'status'>
  readonly #durations: Histogram<'route'>

  constructor(engine: () => Engine | null) {
    const registers = [this.registry]
    this.#requests = new Counter({
      name: 'fulcrum_http_requests_total',
      help: 'HTTP requests answered, by route, method and status.',
      labelNames: ['route', 'method', 'status'],
      registers,
    })
    this.#durations = new Histogram({
      name: 'fulcrum_http_request_duration_seconds',
      help: 'Time from the last byte of a request to its answer, by route.',
      labelNames: ['route'],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
      registers,
    })
    gauge(registers, 'fulcrum_sequence', 'Commands taken since the venue opened.', () =>
      Number(engine()?.sequence ?? 0),
    )
    gauge(
      registers,
      'fulcrum_venue_time_seconds',
      'The venue clock.',
      () => (engine()?.nowMs() ?? 0) / 1000,
    )
    gauge(
      registers,
      'fulcrum_open_orders',
      'Orders resting in the books.',
      () => engine()?.ask('status', {}).openOrders ?? 0,
    )
    gauge(
      registers,
      'fulcrum_indebted_accounts',
      'Margin accounts that owe something.',
      () => engine()?.ask('status', {}).indebtedAccounts ?? 0,
    )
    gauge(registers, 'fulcrum_users', 'Users.', () => engine()?.ask('status', {}).users ?? 0)
    gauge(
      registers,
      'fulcrum_running_liquidations',
      'Liquidations under way.',
      () => engine()?.ask('liquidations', {}).length ?? 0,
    )
  }

  observe(route: string, method: string, status: number, seconds: number): void {
    this.#requests.inc({ route, method, status: String(status) })
    this.#durations.observe({ route }, seconds)
  }
}

function gauge(registers: Registry[], name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read())
    },
  })
}
