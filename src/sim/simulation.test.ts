import { expect, test } from 'vitest'
import { ORDER_TYPES } from '../core/domain/order.ts'
import { ORDER_LIST_KINDS } from '../core/domain/order-list.ts'
import { SYMBOL_STATES } from '../core/domain/venue.ts'
import { simulate } from './simulation.ts'

const seeds = Number(process.env['SEEDS'] ?? 24)
const commands = Number(process.env['COMMANDS'] ?? 300)

/** What some seed must have come across, on spot and on margin; a feature that none uses is tested by none. */
const NEEDED = [
  ...['SPOT', 'CROSS_MARGIN'].flatMap((wallet) =>
    [
      ...ORDER_TYPES,
      ...ORDER_LIST_KINDS,
      ...['iceberg', 'trailing', 'OrderAmended', 'OrderActivated'],
    ].map((what) => `${wallet} ${what}`),
  ),
  ...['EXPIRE_MAKER', 'EXPIRE_BOTH', 'DECREMENT'].map((mode) => `prevented ${mode}`),
  ...SYMBOL_STATES.map((state) => `symbol ${state}`),
  ...['LIMIT', 'MARKET', 'LIMIT_MAKER'].map((type) => `ISOLATED_MARGIN ${type}`),
  ...['LoanTaken', 'LoanRepaid', 'LiquidationFinished'].map((type) => `isolated ${type}`),
  ...['PolicyChangeDrafted', 'PolicyChanged', 'PolicyChangeWithdrawn', 'LevelWarned'],
  ...['GOOD', 'CONTESTED', 'STALE', 'STALE overdue'].map((standing) => `index ${standing}`),
  ...[
    'SourcePricesSet',
    'IndexReleased',
    'RedemptionRatioSet',
    'IsolatedAccountSet',
    'CountdownSet',
    'TradeGroupSet',
    'LiquidationFinished',
    'LiquidationTakenOver',
  ],
]

test(`V1 V3 V4 every invariant holds through ${seeds} seeds of ${commands} random commands`, {
  timeout: 600_000,
}, () => {
  const seen = new Set<string>()
  for (let seed = 1; seed <= seeds; seed += 1) {
    const result = simulate(seed, commands)
    expect(result.failure, `fulcrum sim --seed ${seed} --seeds 1 --commands ${commands}`).toBeNull()
    for (const name of result.seen.keys()) seen.add(name)
  }
  expect(NEEDED.filter((name) => !seen.has(name))).toEqual([])
})

test.each([
  ['V3 an OCO that trades with a liquidation frees the other lock with it', 75, 210],
  ['V3 what a list frees after a liquidation is announced with the same command', 135, 200],
  ['I1 an order that ages before the hour repays before it is charged', 5033, 800],
  ['P3 a trailing sale without a price of its own can be previewed', 26, 60],
  ['Q12 what the fund pays in kind is over with the command that brings it', 919, 800],
])('%s: seed %i', (_what, seed, count) => {
  expect(simulate(seed, count).failure).toBeNull()
})

test('a seed repeats its run to the byte, and another seed does not', () => {
  expect(simulate(5, 200)).toEqual(simulate(5, 200))
  expect(simulate(6, 200).stateHash).not.toBe(simulate(5, 200).stateHash)
})
