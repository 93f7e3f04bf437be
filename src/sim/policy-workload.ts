import type { Command } from '../core/domain/command.ts'
import type { TimestampMs, UserId } from '../core/domain/ids.ts'
import { DAY_MS, HOUR_MS } from '../core/domain/ids.ts'
import type { DocumentValue } from '../core/domain/policy-difference.ts'
import type { PolicySetting } from '../core/domain/policy-setting.ts'
import type { Venue } from '../core/domain/venue.ts'
import type { Rate } from '../core/money/rate.ts'
import type { Prng } from '../server/feed/prng.ts'
import type { Playground } from './playground.ts'

const OPERATORS = ['operator-1', 'operator-2', 'operator-3'] as const

/** Fields under `policy.` and what they are set to; some make the levels fall out of order or cannot change at all. */
const POLICY_FIELDS: readonly (readonly [path: string, values: readonly DocumentValue[]])[] = [
  ['policy.levels.3.marginCall', ['1.2', '1.3', '1.4', '1.6']],
  ['policy.levels.5.marginCall', ['1.12', '1.16', '1.2', '1.24', '1.3']],
  ['policy.levels.3.liquidation', ['1.05', '1.1', '1.15', '1.25']],
  ['policy.levels.5.liquidation', ['1.05', '1.1', '1.12', '1.15']],
  ['policy.levels.5.borrow', ['1.18', '1.25', '1.5']],
  ['policy.levels.5.stopEarly', [null, '1.2', '1.5']],
  ['policy.positionInitialMarginCap', [null, '0.1', '0.4']],
  ['policy.recheckBalance', [true, false]],
  ['policy.defaultLeverage', [3, 5]],
  ['policy.clearanceFee', ['0', '0.02', '0.05']],
  ['policy.takerFee', ['0', '0.001', '0.002']],
  ['policy.marginCallRepeatMs', [HOUR_MS, DAY_MS]],
  ['policy.looseningDelayMs', [HOUR_MS, DAY_MS]],
  ['policy.trading.feeTiers', [[], [{ volume: '1000', maker: '0', taker: '0.0001' }]]],
  ['policy.trading.stopTrigger', ['INDEX']],
  ['policy.interestSplit.venue', ['0.2']],
]
const ASSET_FIELDS: readonly (readonly [field: string, values: readonly DocumentValue[]])[] = [
  ['borrowable', [true, false]],
  ['userBorrowLimit', ['1', '30', '5000', '100000']],
  ['collateralCap', [null, '60000', '400000']],
  ['rateCurve', [null, { kink: '0.8', atKink: '0.01', atFull: '0.1' }]],
  ['dailyInterestRate', ['0', '0.0024', '0.01']],
  [
    'collateral',
    [
      [],
      [{ upTo: null, weight: '0.7' }],
      [
        { upTo: '90000', weight: '0.95' },
        { upTo: null, weight: '0.6' },
      ],
    ],
  ],
  ['pool.supply', ['1000000']],
]

/** Operators who change the policy of a venue that runs and decide on each other's changes; users who want to be told. */
export class PolicyWorkload {
  readonly #session: Playground
  readonly #venue: Venue
  readonly #prng: Prng

  constructor(session: Playground, venue: Venue, prng: Prng) {
    this.#session = session
    this.#venue = venue
    this.#prng = prng
  }

  next(): Command {
    const prng = this.#prng
    if (prng.chance(0.35)) return this.#warningLevels()
    const open = this.#session.ask('policyChanges', {})
    const author = prng.pick(OPERATORS)
    const reason = 'simulated'
    if (open.length === 0 || prng.chance(0.45)) {
      const soonest = prng.chance(0.7)
      const effectMs = soonest ? null : this.#session.nowMs + prng.pick([0, HOUR_MS, 2 * DAY_MS])
      const settings = prng.chance(0.8) ? [this.#setting()] : [this.#setting(), this.#setting()]
      const draft = { settings, effectMs: effectMs as TimestampMs | null, reason, author }
      return { type: 'DraftPolicyChange', ...draft }
    }
    const { policyChangeId } = prng.pick(open)
    const type = prng.chance(0.85) ? 'ApprovePolicyChange' : 'WithdrawPolicyChange'
    return { type, policyChangeId, reason, author }
  }

  #warningLevels(): Command {
    const prng = this.#prng
    const { users } = this.#session.ask('status', {})
    const userId = prng.integer(1, users) as UserId
    const count = prng.pick([0, 1, 2, 5, 6])
    const level = (): Rate => BigInt(Math.round(prng.between(0.99, 12) * 1e12)) as Rate
    return { type: 'SetWarningLevels', userId, levels: Array.from({ length: count }, level) }
  }

  #setting(): PolicySetting {
    const prng = this.#prng
    if (prng.chance(0.6)) {
      const [path, values] = prng.pick(POLICY_FIELDS)
      return { path, to: prng.pick(values) }
    }
    const [field, values] = prng.pick(ASSET_FIELDS)
    const { code } = prng.pick(this.#venue.assets)
    return { path: `assets.${code}.${field}`, to: prng.pick(values) }
  }
}
