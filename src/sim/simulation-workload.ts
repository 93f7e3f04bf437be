import type { Command } from '../core/domain/command.ts'
import type { AssetIndex } from '../core/domain/ids.ts'
import type { Venue } from '../core/domain/venue.ts'
import type { VenueDocument } from '../core/domain/venue-document.ts'
import type { Amount } from '../core/money/amount.ts'
import type { Prng } from '../server/feed/prng.ts'
import { drawFeatures, OrderWorkload, orderVenue } from './order-workload.ts'
import type { Playground } from './playground.ts'
import { PolicyWorkload } from './policy-workload.ts'
import { simulationVenue } from './simulation-venue.ts'
import { Workload } from './workload.ts'

/** How many of the commands are about orders of every kind; the others are about margin and plain orders. */
const ORDER_SHARES = [0, 0.3, 0.6, 0.6, 0.9]

/** With operators at work, how many of the commands are theirs. */
const POLICY_SHARE = 0.08

const SPOT_FUNDS_USDT = 50_000

/** The venue of a run: with every order rule in play, or with none. */
export function drawVenue(prng: Prng): VenueDocument {
  return prng.chance(0.75) ? orderVenue(prng) : simulationVenue(prng)
}

/**
 * All that can happen to a venue, from two workloads that share its users and its market. Each seed draws which
 * features it uses and how often, so that rare ones meet each other in some run.
 */
export class SimulationWorkload {
  readonly #margin: Workload
  readonly #orders: OrderWorkload
  readonly #prng: Prng
  readonly #policies: PolicyWorkload | null
  readonly #orderShare: number

  /** Operators at work in one run of several: without them a run draws as if there were none. */
  constructor(session: Playground, venue: Venue, prng: Prng, operators: boolean) {
    this.#prng = prng
    this.#margin = new Workload(session, venue, prng)
    this.#orders = new OrderWorkload(session, venue, prng, {
      features: drawFeatures(prng),
      shared: this.#margin,
    })
    this.#orderShare = prng.pick(ORDER_SHARES)
    this.#policies = operators ? new PolicyWorkload(session, venue, prng) : null
  }

  /** Users, books, and for orders of every kind something in the spot wallets too. */
  *opening(): Generator<Command> {
    yield* this.#margin.opening()
    if (this.#orderShare === 0) return
    for (const userId of this.#margin.traders) {
      for (const [asset, price] of this.#margin.prices.entries()) {
        if (this.#prng.chance(0.2)) continue
        const amount = BigInt(Math.round((SPOT_FUNDS_USDT / price) * 1e8)) as Amount
        yield { type: 'Deposit', userId, wallet: 'SPOT', asset: asset as AssetIndex, amount }
      }
    }
  }

  /** Index prices, moved a little. */
  drift(): Command {
    return this.#margin.drift()
  }

  /** The next command; time may have been moved on for it. */
  next(): Command {
    if (this.#policies !== null && this.#prng.chance(POLICY_SHARE)) return this.#policies.next()
    return this.#prng.chance(this.#orderShare) ? this.#orders.next() : this.#margin.next()
  }
}
