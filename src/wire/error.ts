import type { EligibilityCondition, ExitBlocker, Refusal } from '../core/domain/rejection.ts'
import type { Amount } from '../core/money/amount.ts'
import { LENDING_REFUSALS } from './lending-refusals.ts'
import { POLICY_REFUSALS } from './policy-refusals.ts'
import {
  BALANCE,
  type RefusalEntry,
  type RefusalOf,
  type RefusalTable,
  text,
} from './refusal-entry.ts'
import { fillSentence, WireError } from './wire-error.ts'

const MAXIMUM = {
  asset: (r: { asset: string }) => r.asset,
  max: (r: { max: Amount }) => text(r.max),
  asked: (r: { asked: Amount }) => text(r.asked),
}

const MINIMUM = {
  asset: (r: { asset: string }) => r.asset,
  minimum: (r: { minimum: Amount }) => text(r.minimum),
}

const LEVEL = {
  level: (r: { level: string }) => r.level,
  need: (r: { need: string }) => r.need,
}

/**
 * Every refusal of the engine as Binance says it; codes below -31000 are this venue's own, where Binance has none.
 * Sentences that clients compare are Binance's to the letter; the numbers are then in `data` alone.
 */
export const REFUSALS: RefusalTable = {
  user_unknown: {
    status: 400,
    code: -1130,
    sentence: "Data sent for parameter 'userId' is not valid.",
    data: {},
  },
  symbol_not_margin: {
    status: 400,
    code: -3021,
    sentence: 'Margin account are not allowed to trade this trading pair.',
    data: { symbol: (r) => r.symbol },
  },
  asset_not_margin: {
    status: 400,
    code: -3027,
    sentence: 'Not a valid margin asset.',
    data: { asset: (r) => r.asset },
  },
  order_unknown: { status: 400, code: -2011, sentence: 'Unknown order sent.', data: {} },
  filter: {
    status: 400,
    code: -1013,
    sentence: 'Filter failure: {filter}',
    data: { filter: (r) => r.filter },
  },
  client_order_id_duplicate: {
    status: 400,
    code: -2010,
    sentence: 'Duplicate order sent.',
    data: { orderId: (r) => r.orderId },
  },
  would_take: {
    status: 400,
    code: -2010,
    sentence: 'Order would immediately match and take.',
    data: {},
  },
  would_trigger: {
    status: 400,
    code: -2010,
    sentence: 'Order would trigger immediately.',
    data: {},
  },
  iceberg_exceeds_quantity: {
    status: 400,
    code: -2010,
    sentence: 'IcebergQty exceeds QTY.',
    data: {},
  },
  self_trade_prevention: {
    status: 400,
    code: -1013,
    sentence: 'This symbol does not allow the specified self-trade prevention mode.',
    data: { mode: (r) => r.mode },
  },
  market_closed: {
    status: 400,
    code: -2010,
    sentence: 'Market is closed.',
    data: { symbol: (r) => r.symbol, state: (r) => r.state },
  },
  list_prices: {
    status: 400,
    code: -2010,
    sentence: 'The relationship of the prices for the orders is not correct.',
    data: {},
  },
  list_unknown: { status: 400, code: -2011, sentence: 'Unknown order list sent.', data: {} },
  list_id_duplicate: {
    status: 400,
    code: -2010,
    sentence: 'Duplicate order sent.',
    data: { orderListId: (r) => r.listId },
  },
  cancel_restricted: {
    status: 400,
    code: -2011,
    sentence: 'Order was not canceled due to cancel restrictions.',
    data: { status: (r) => r.status, cancelRestrictions: (r) => r.restriction },
  },
  amend_not_lower: {
    status: 400,
    code: -2038,
    sentence: 'Order amend (quantity increase) is not supported.',
    data: { lots: (r) => r.lots, askedLots: (r) => r.asked },
  },
  amend_executed: {
    status: 400,
    code: -2038,
    sentence:
      'An order cannot be amended to {askedLots} lots (of stepSize): {executedLots} are executed or prevented.',
    data: { executedLots: (r) => r.executed, askedLots: (r) => r.asked },
  },
  amend_limit: {
    status: 400,
    code: -2038,
    sentence: 'Filter failure: MAX_NUM_ORDER_AMENDS',
    data: { limit: (r) => r.limit },
  },
  not_eligible: {
    status: 400,
    code: -31001,
    sentence: 'This account is not eligible for margin trading yet: {unmet}.',
    data: {
      conditions: (r) => r.conditions,
      eligibleAt: (r) => r.eligibleAtMs,
    },
    prose: {
      unmet: (r) =>
        r.conditions
          .filter((c) => !c.met)
          .map(conditionText)
          .join('; '),
    },
  },
  margin_mode_conflict: {
    status: 400,
    code: -31002,
    sentence: 'The account is in margin mode {mode}; this needs {asked}. Clear the mode first.',
    data: { mode: (r) => r.mode, asked: (r) => r.asked },
  },
  isolated_unknown: {
    status: 400,
    code: -11001,
    sentence: 'Isolated margin account does not exist.',
    data: { symbol: (r) => r.symbol },
  },
  isolated_disabled: {
    status: 400,
    code: -3018,
    sentence: 'The isolated margin account of {symbol} is disabled; enable it first.',
    data: { symbol: (r) => r.symbol },
  },
  isolated_asset: {
    status: 400,
    code: -3027,
    sentence: 'Not a valid margin asset.',
    data: { symbol: (r) => r.symbol, asset: (r) => r.asset },
  },
  isolated_borrow_limit: {
    status: 400,
    code: -11008,
    sentence: "Exceeding the account's maximum borrowable limit.",
    data: MAXIMUM,
  },
  isolated_limit: {
    status: 400,
    code: -31011,
    sentence: 'At most {limit} isolated margin accounts may be enabled; disable one first.',
    data: { limit: (r) => r.limit },
  },
  isolated_in_use: {
    status: 400,
    code: -31012,
    sentence: 'This isolated margin account cannot be disabled: it has {blocking}.',
    data: { blockers: (r) => r.blockers },
    prose: { blocking: (r) => r.blockers.map(blockerText).join('; ') },
  },
  isolated_disabled_recently: {
    status: 400,
    code: -31013,
    sentence: 'This isolated margin account was disabled a short time ago; again from {again} on.',
    data: { again: (r) => r.againMs },
  },
  exit_blocked: {
    status: 400,
    code: -31004,
    sentence: 'The margin mode cannot be left yet: {blocking}.',
    data: { blockers: (r) => r.blockers },
    prose: { blocking: (r) => r.blockers.map(blockerText).join('; ') },
  },
  reduce_only: {
    status: 400,
    code: -31006,
    sentence: 'This account may only reduce its positions: {why}.',
    data: { why: (r) => r.why },
  },
  liquidating: {
    status: 400,
    code: -3037,
    sentence: 'PNL is clearing. Wait a second.',
    data: {},
  },
  nothing_owed: {
    status: 400,
    code: -3004,
    sentence: 'Trade not allowed: the account owes nothing, so there is nothing to liquidate.',
    data: {},
  },
  kyc_state: {
    status: 400,
    code: -31007,
    sentence: 'The identity check is {state}; {decision} does not follow from that.',
    data: { state: (r) => r.state, decision: (r) => r.decision },
  },
  disclosure_version: {
    status: 400,
    code: -31008,
    sentence: 'The risk disclosure in force is version {need}, not {have}.',
    data: { have: (r) => r.have, need: (r) => r.need },
  },
  ...POLICY_REFUSALS,
  index_unavailable: {
    status: 400,
    code: -31005,
    sentence: 'The index price of {asset} is unavailable ({age}); try again when it is back.',
    data: { asset: (r) => r.asset, ageMs: (r) => r.ageMs },
    prose: { age: (r) => (r.ageMs === null ? 'never set or withdrawn' : `${r.ageMs} ms old`) },
  },
  index_contested: {
    status: 400,
    code: -31005,
    sentence:
      'The index price of {asset} is contested: its sources say {low} to {high}; try again when they agree.',
    data: { asset: (r) => r.asset, low: (r) => r.low, high: (r) => r.high },
  },
  index_not_overdue: {
    status: 400,
    code: -31005,
    sentence:
      'The index price of {asset} is {standing}{released}: no liquidation waits for anybody.',
    data: { asset: (r) => r.asset, standing: (r) => r.standing },
    prose: { released: (r) => (r.isReleased ? ' and released' : '') },
  },
  source_unknown: {
    status: 400,
    code: -31005,
    sentence: "The policy names no source of index prices '{source}'.",
    data: { source: (r) => r.source },
  },
  asset_not_redeemable: {
    status: 400,
    code: -31005,
    sentence: '{asset} is not redeemed for another asset; it has an index of its own.',
    data: { asset: (r) => r.asset },
  },
  amount_not_positive: { status: 400, code: -1013, sentence: 'Invalid quantity.', data: {} },
  amount_too_large: {
    status: 400,
    code: -1108,
    sentence: "Parameter 'amount' overflowed.",
    data: {},
  },
  balance_insufficient: {
    status: 400,
    code: -2010,
    sentence: 'Account has insufficient balance for requested action.',
    data: BALANCE,
  },
  transfer_balance_insufficient: {
    status: 400,
    code: -3041,
    sentence: 'Balance is not enough',
    data: BALANCE,
  },
  transfer_same_wallet: {
    status: 400,
    code: -1130,
    sentence: "Data sent for parameter 'type' is not valid.",
    data: {},
  },
  transfer_exceeds_max: {
    status: 400,
    code: -3020,
    sentence: 'Transfer out amount exceeds max amount.',
    data: MAXIMUM,
  },
  borrow_banned: {
    status: 400,
    code: -3012,
    sentence: 'Borrow is banned for this asset.',
    data: { asset: (r) => r.asset },
  },
  borrow_below_minimum: {
    status: 400,
    code: -3013,
    sentence: 'Borrow amount less than minimum borrow amount.',
    data: MINIMUM,
  },
  borrow_exceeds_max: {
    status: 400,
    code: -3006,
    sentence: 'Your borrow amount has exceed maximum borrow amount.',
    data: { ...MAXIMUM, binding: (r) => r.binding },
  },
  borrow_pool_empty: {
    status: 400,
    code: -3045,
    sentence: "The system doesn't have enough asset now.",
    data: {
      asset: (r) => r.asset,
      available: (r) => text(r.available),
      asked: (r) => text(r.asked),
    },
  },
  repay_exceeds_debt: {
    status: 400,
    code: -3015,
    sentence: 'Repay amount exceeds borrow amount.',
    data: { asset: (r) => r.asset, owed: (r) => text(r.owed), asked: (r) => text(r.asked) },
  },
  repay_below_minimum: {
    status: 400,
    code: -3016,
    sentence: 'Repay amount less than minimum repay amount.',
    data: MINIMUM,
  },
  repay_balance_insufficient: {
    status: 400,
    code: -3041,
    sentence: 'Balance is not enough',
    data: BALANCE,
  },
  ...LENDING_REFUSALS,
  trade_level_too_low: {
    status: 400,
    code: -3023,
    sentence: "You can't transfer out/place order under current margin level.",
    data: LEVEL,
  },
  leverage_level_too_low: {
    status: 400,
    code: -3023,
    sentence: 'The margin level {level} must be above {need} for this leverage.',
    data: LEVEL,
  },
  position_cap: {
    status: 400,
    code: -31003,
    sentence:
      'Initial margin of this position would be {used} + {asked} USDT, above the cap of {cap} USDT; at most {maxQuantity} {base} passes.',
    data: {
      cap: (r) => text(r.cap),
      used: (r) => text(r.used),
      asked: (r) => text(r.asked),
      maxQuantity: (r) => text(r.maxQuantity),
      base: (r) => r.base,
    },
  },
  cancel_replace_stopped: {
    status: 400,
    code: -2022,
    sentence: 'Order cancel-replace failed.',
    data: { cancelResponse: (r) => refusalError(r.cancel).body() },
  },
  cancel_replace_partly: {
    status: 409,
    code: -2021,
    sentence: 'Order cancel-replace partially failed.',
    data: {
      cancelResponse: (r) => (r.cancel === null ? null : refusalError(r.cancel).body()),
      newOrderResponse: (r) => (r.place === null ? null : refusalError(r.place).body()),
    },
  },
  internal_error: {
    status: 500,
    code: -1000,
    sentence: 'The command was set aside and changed nothing: {claim}.',
    data: { claim: (r) => r.claim },
  },
}

/** The refusal as a client gets it: code, sentence, and the numbers as fields. */
export function refusalError(refusal: Refusal): WireError {
  // The table is keyed by the same union, so the entry takes this refusal; TypeScript cannot follow that.
  const entry = REFUSALS[refusal.reason] as unknown as RefusalEntry<'filter'>
  const data = readFields(entry.data, refusal as RefusalOf<'filter'>)
  const prose = readFields(entry.prose ?? {}, refusal as RefusalOf<'filter'>)
  const message = fillSentence(entry.sentence, { ...data, ...prose })
  const hasData = Object.keys(data).length > 0
  return new WireError(entry.status, entry.code, message, hasData ? data : undefined)
}

function readFields<T>(
  fields: Readonly<Record<string, (from: T) => unknown>>,
  from: T,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, read]) => [name, read(from)]))
}

function conditionText(condition: EligibilityCondition): string {
  return `${condition.rule} has ${condition.have}, needs ${condition.need}`
}

function blockerText(blocker: ExitBlocker): string {
  const kind = blocker.kind.replace('_', ' ')
  if (blocker.amount === null) return `${blocker.count} ${kind}`
  return `${kind} of ${blocker.amount} ${blocker.asset ?? ''}`.trim()
}
