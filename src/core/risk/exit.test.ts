import { expect, test } from 'vitest'
import { units } from '../margin/fixture.ts'
import type { ExitInput } from './exit.ts'
import { exitBlockers } from './exit.ts'

const CLEAR: ExitInput = {
  openOrders: 0,
  debts: [],
  positions: 0,
  equity: units('1000'),
  policy: { exitCrossEquityMax: units('1000') },
}

test.each<[string, Partial<ExitInput>]>([
  ['an equity at the limit', {}],
  ['a negative equity', { equity: units('-1') }],
  [
    'any equity without a limit',
    { equity: units('9999999'), policy: { exitCrossEquityMax: null } },
  ],
  ['a debt repaid', { debts: [{ asset: 'BTC', amount: units('0') }] }],
])('M5 nothing blocks %s', (_what, input) => {
  expect(exitBlockers({ ...CLEAR, ...input })).toEqual([])
})

test('M5 E6 every blocker is listed with its count or amount', () => {
  const blockers = exitBlockers({
    openOrders: 3,
    debts: [
      { asset: 'USDT', amount: units('5150') },
      { asset: 'BTC', amount: units('0.00000001') },
    ],
    positions: 2,
    equity: units('1000.00000001'),
    policy: { exitCrossEquityMax: units('1000') },
  })
  expect(blockers).toEqual([
    { rule: 'M5', kind: 'open_orders', count: 3, amount: null, asset: null },
    { rule: 'M5', kind: 'debt', count: 1, amount: '5150.00000000', asset: 'USDT' },
    { rule: 'M5', kind: 'debt', count: 1, amount: '0.00000001', asset: 'BTC' },
    { rule: 'M5', kind: 'positions', count: 2, amount: null, asset: null },
    { rule: 'M5', kind: 'equity', count: 1, amount: '1000.00000001', asset: 'USDT' },
  ])
})
