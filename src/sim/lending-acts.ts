import type { Command } from '../core/domain/command.ts'
import type { AssetIndex, UserId } from '../core/domain/ids.ts'
import type { Amount } from '../core/money/amount.ts'
import type { Prng } from '../server/feed/prng.ts'
import type { Playground } from './playground.ts'

/** Draws that the whole workload has in common. */
interface Draw {
  user(): UserId
  asset(): AssetIndex
  /** About a sum, often exactly it or a unit past it. */
  near(sum: Amount): Amount
}

/** What lenders, borrowers with small debts, and an operator do to the pools. */
export class LendingActs {
  readonly #session: Playground
  readonly #prng: Prng
  readonly #draw: Draw

  constructor(session: Playground, prng: Prng, draw: Draw) {
    this.#session = session
    this.#prng = prng
    this.#draw = draw
  }

  supplyPool(): Command | null {
    const userId = this.#draw.user()
    const from = this.#prng.pick(['SPOT', 'FUNDING'] as const)
    const lines = this.#session.ask('balances', { userId, wallet: from })
    if (lines.length === 0) return null
    const { asset, free } = this.#prng.pick(lines)
    const amount = this.#prng.chance(0.6) ? ((free / 3n) as Amount) : this.#draw.near(free)
    return { type: 'SupplyPool', userId, asset, amount, from }
  }

  withdrawFromPool(): Command | null {
    const userId = this.#draw.user()
    const positions = this.#session.ask('poolPositions', { userId })
    if (positions.length === 0) return null
    const { asset, claim } = this.#prng.pick(positions)
    const free = this.#session.ask('pools', {})[asset]?.withdrawable ?? claim
    const amount = this.#draw.near(free < claim && this.#prng.chance(0.7) ? free : claim)
    const to = this.#prng.pick(['SPOT', 'FUNDING'] as const)
    return { type: 'WithdrawFromPool', userId, asset, amount, to }
  }

  exchangeSmallDebts(): Command | null {
    const userId = this.#draw.user()
    const small = this.#session.ask('smallDebts', { userId })
    const asset = this.#draw.asset()
    if (small.length === 0 && this.#prng.chance(0.8)) return null
    return { type: 'ExchangeSmallDebts', userId, assets: [...small.map((d) => d.asset), asset] }
  }

  setVipLevel(): Command {
    const vipLevel = this.#prng.pick([null, 0, 1, 2, 3])
    return { type: 'SetVipLevel', userId: this.#draw.user(), vipLevel }
  }

  setInterestPayment(): Command {
    const inBnb = this.#prng.chance(0.8)
    return { type: 'SetInterestPayment', userId: this.#draw.user(), inBnb }
  }

  setLending(): Command {
    const lends = this.#prng.chance(0.7)
    return {
      type: 'SetLending',
      asset: this.#draw.asset(),
      lends,
      reason: 'simulated',
      author: 'sim',
    }
  }
}
