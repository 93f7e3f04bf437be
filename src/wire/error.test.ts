import { expect, test } from 'vitest'
import type { Refusal } from '../core/domain/rejection.ts'
import type { Amount } from '../core/money/amount.ts'
import { REFUSALS, refusalError } from './error.ts'
import { REQUEST_ERRORS } from './request-error.ts'

const units = (whole: number) => (BigInt(whole) * 100_000_000n) as Amount
const balance = { asset: 'USDT', have: units(1), need: units(2) }
const maximum = { asset: 'BTC', max: units(1), asked: units(2) }

const EXAMPLES: readonly Refusal[] = [
  { reason: 'user_unknown' },
  { reason: 'symbol_not_margin', symbol: 'BTCUSDT' },
  { reason: 'asset_not_margin', asset: 'BTC' },
  { reason: 'order_unknown' },
  { reason: 'filter', filter: 'PRICE_FILTER' },
  { reason: 'client_order_id_duplicate', orderId: 7 },
  { reason: 'would_take' },
  { reason: 'would_trigger' },
  { reason: 'iceberg_exceeds_quantity' },
  { reason: 'self_trade_prevention', mode: 'TRANSFER' },
  { reason: 'market_closed', symbol: 'BTCUSDT', state: 'HALTED' },
  { reason: 'list_prices' },
  { reason: 'list_unknown' },
  { reason: 'list_id_duplicate', listId: 3 },
  { reason: 'cancel_restricted', status: 'NEW', restriction: 'ONLY_PARTIALLY_FILLED' },
  { reason: 'amend_not_lower', lots: 500, asked: 600 },
  { reason: 'amend_executed', executed: 300, asked: 200 },
  { reason: 'amend_limit', limit: 10 },
  {
    reason: 'not_eligible',
    conditions: [
      { rule: 'E1', met: true, have: 'APPROVED', need: 'APPROVED' },
      { rule: 'E4', met: false, have: '12000', need: '50000' },
    ],
    eligibleAtMs: 5,
  },
  { reason: 'margin_mode_conflict', mode: 'ISOLATED', asked: 'CROSS' },
  { reason: 'isolated_unknown', symbol: 'BTCUSDT' },
  { reason: 'isolated_disabled', symbol: 'BTCUSDT' },
  { reason: 'isolated_asset', symbol: 'BTCUSDT', asset: 'ETH' },
  { reason: 'isolated_borrow_limit', asset: 'BTC', max: 100n as Amount, asked: 200n as Amount },
  { reason: 'isolated_limit', limit: 20 },
  {
    reason: 'isolated_in_use',
    blockers: [{ rule: 'S5', kind: 'balance', count: 1, amount: '0.5', asset: 'BTC' }],
  },
  { reason: 'isolated_disabled_recently', againMs: 86_400_000 },
  {
    reason: 'exit_blocked',
    blockers: [
      { rule: 'M5', kind: 'open_orders', count: 2, amount: null, asset: null },
      { rule: 'M5', kind: 'debt', count: 1, amount: '0.5', asset: 'BTC' },
    ],
  },
  { reason: 'reduce_only', why: 'KYC was revoked' },
  { reason: 'liquidating' },
  { reason: 'nothing_owed' },
  { reason: 'kyc_state', state: 'NONE', decision: 'APPROVED' },
  { reason: 'disclosure_version', have: '1', need: '2' },
  {
    reason: 'policy_faulty',
    faults: [{ path: 'policy.levels.5.borrow', message: 'is too small' }],
  },
  { reason: 'policy_change_unknown', policyChangeId: 4 },
  { reason: 'policy_change_approved', policyChangeId: 4 },
  { reason: 'policy_second_person', author: 'operator-1' },
  { reason: 'policy_too_soon', earliestMs: 2, askedMs: 1 },
  { reason: 'policy_moved', path: 'policy.makerFee', was: '"0.1"', is: '"0.2"' },
  { reason: 'policy_changes_full', limit: 100 },
  { reason: 'warning_levels', most: 5, between: '1 and 100' },
  { reason: 'index_unavailable', asset: 'BTC', ageMs: 12_000 },
  { reason: 'index_contested', asset: 'BTC', low: '100.00000000', high: '120.00000000' },
  { reason: 'index_not_overdue', asset: 'BTC', standing: 'STALE', isReleased: true },
  { reason: 'asset_not_redeemable', asset: 'BTC' },
  { reason: 'source_unknown', source: 'nobody' },
  { reason: 'amount_not_positive' },
  { reason: 'amount_too_large' },
  { reason: 'balance_insufficient', ...balance },
  { reason: 'transfer_balance_insufficient', ...balance },
  { reason: 'transfer_same_wallet' },
  { reason: 'transfer_exceeds_max', ...maximum },
  { reason: 'borrow_banned', asset: 'BTC' },
  { reason: 'borrow_below_minimum', asset: 'BTC', minimum: units(1) },
  { reason: 'borrow_exceeds_max', ...maximum, binding: 'headroom' },
  { reason: 'borrow_pool_empty', asset: 'BTC', available: units(0), asked: units(1) },
  { reason: 'repay_exceeds_debt', asset: 'BTC', owed: units(1), asked: units(2) },
  { reason: 'repay_below_minimum', asset: 'BTC', minimum: units(1) },
  { reason: 'repay_balance_insufficient', ...balance },
  { reason: 'lending_claim_insufficient', ...balance },
  { reason: 'lending_pool_lent', asset: 'BTC', available: units(1), asked: units(2) },
  { reason: 'lending_suspended', asset: 'BTC' },
  { reason: 'vip_level_unknown', asked: 9, highest: 3 },
  { reason: 'small_debt_none', asset: 'BTC' },
  { reason: 'small_debt_too_large', asset: 'BTC', worth: units(10), below: units(10) },
  { reason: 'small_debt_stock', ...balance },
  { reason: 'small_debt_too_often', againAtMs: 21_600_000 },
  { reason: 'trade_level_too_low', level: '1.05', need: '1.1' },
  { reason: 'leverage_level_too_low', level: '1.3', need: '1.5' },
  {
    reason: 'position_cap',
    cap: units(6000),
    used: units(4000),
    asked: units(2500),
    maxQuantity: units(1),
    base: 'BTC',
  },
  { reason: 'cancel_replace_stopped', cancel: { reason: 'order_unknown' } },
  { reason: 'cancel_replace_partly', cancel: null, place: { reason: 'would_take' } },
  { reason: 'internal_error', claim: 'H1' },
]

test('W4 every refusal is in the table and has an example here', () => {
  const examples = EXAMPLES.map((refusal) => refusal.reason)
  expect(examples.toSorted()).toEqual(Object.keys(REFUSALS).toSorted())
})

test.each(EXAMPLES)('W3 $reason is a Binance error with its numbers', (refusal) => {
  const { status, code, sentence } = REFUSALS[refusal.reason]
  const error = refusalError(refusal)
  expect(error).toMatchObject({ status, code })
  expect(error.message).not.toMatch(/[{}]|undefined|null|NaN/)
  expect(JSON.parse(JSON.stringify(error.body()))).toMatchObject({ code, msg: error.message })
  expect(sentence).not.toBe('')
})

test.each([
  [
    { reason: 'balance_insufficient', ...balance },
    -2010,
    'Account has insufficient balance for requested action.',
  ],
  [{ reason: 'order_unknown' }, -2011, 'Unknown order sent.'],
  [{ reason: 'would_take' }, -2010, 'Order would immediately match and take.'],
  [{ reason: 'would_trigger' }, -2010, 'Order would trigger immediately.'],
  [{ reason: 'client_order_id_duplicate', orderId: 7 }, -2010, 'Duplicate order sent.'],
  [
    { reason: 'list_prices' },
    -2010,
    'The relationship of the prices for the orders is not correct.',
  ],
  [{ reason: 'market_closed', symbol: 'BTCUSDT', state: 'HALTED' }, -2010, 'Market is closed.'],
  [{ reason: 'list_unknown' }, -2011, 'Unknown order list sent.'],
  [
    { reason: 'cancel_restricted', status: 'NEW', restriction: 'ONLY_PARTIALLY_FILLED' },
    -2011,
    'Order was not canceled due to cancel restrictions.',
  ],
  [
    { reason: 'amend_not_lower', lots: 500, asked: 600 },
    -2038,
    'Order amend (quantity increase) is not supported.',
  ],
  [{ reason: 'amend_limit', limit: 10 }, -2038, 'Filter failure: MAX_NUM_ORDER_AMENDS'],
  [{ reason: 'filter', filter: 'LOT_SIZE' }, -1013, 'Filter failure: LOT_SIZE'],
  [
    { reason: 'borrow_exceeds_max', ...maximum, binding: 'pool' },
    -3006,
    'Your borrow amount has exceed maximum borrow amount.',
  ],
  [{ reason: 'liquidating' }, -3037, 'PNL is clearing. Wait a second.'],
] as const)('W3 %o reads as clients expect it', (refusal, code, msg) => {
  expect(refusalError(refusal).body()).toMatchObject({ code, msg })
})

test('W3 the numbers are fields and, where the sentence is ours, in the sentence', () => {
  const cap = refusalError(EXAMPLES.find((r) => r.reason === 'position_cap') as Refusal)
  expect(cap.body()).toEqual({
    code: -31003,
    msg: 'Initial margin of this position would be 4000 + 2500 USDT, above the cap of 6000 USDT; at most 1 BTC passes.',
    data: { cap: '6000', used: '4000', asked: '2500', maxQuantity: '1', base: 'BTC' },
  })
})

test('W4 no error names a code that clients take for success, and every status is an error', () => {
  for (const entry of [...Object.values(REFUSALS), ...Object.values(REQUEST_ERRORS)]) {
    expect(entry.code).toBeLessThan(-999)
    expect(entry.status).toBeGreaterThanOrEqual(400)
  }
})
