import type { Event } from '../core/domain/event.ts'

/**
 * What a run came across, by name: orders by wallet and type, prevented self-trades by mode, lists by kind, ends of
 * orders by cause, what happens in isolated margin, and other events by type. A feature that no seed uses is tested by none.
 */
export class SimulationCoverage {
  readonly #seen = new Map<string, number>()

  observe(events: readonly Event[]): void {
    for (const event of events) for (const name of namesOf(event)) this.#count(name)
  }

  /** How often, in the order of names. */
  get seen(): ReadonlyMap<string, number> {
    return new Map([...this.#seen].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #count(name: string): void {
    this.#seen.set(name, (this.#seen.get(name) ?? 0) + 1)
  }
}

function namesOf(event: Event): string[] {
  switch (event.type) {
    case 'OrderAccepted': {
      const { wallet, type, trailingBips, icebergLots } = event.order
      const names = [`${wallet} ${type}`]
      if (trailingBips > 0) names.push(`${wallet} trailing`)
      if (icebergLots > 0) names.push(`${wallet} iceberg`)
      return names
    }
    case 'OrderActivated':
      return [`${event.order.wallet} OrderActivated`]
    case 'OrderAmended':
      return [`${event.order.wallet} OrderAmended`]
    case 'OrderEnded':
      return [`ended ${event.cause}`]
    case 'OrderListChanged':
      return event.change === 'PLACED' ? [`${event.list.wallet} ${event.list.kind}`] : []
    case 'SelfTradePrevented':
      return [`prevented ${event.mode}`]
    case 'IndexStandingChanged':
      return [`index ${event.standing}${event.isOverdue ? ' overdue' : ''}`]
    case 'SymbolStateChanged':
      return [`symbol ${event.state}`]
    case 'LoanTaken':
    case 'LoanRepaid':
    case 'MarginCalled':
    case 'LiquidationFinished':
      return event.pair === null ? [event.type] : [event.type, `isolated ${event.type}`]
    default:
      return [event.type]
  }
}
