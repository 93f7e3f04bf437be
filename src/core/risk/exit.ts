import type { ExitBlocker } from '../domain/rejection.ts'
import type { Policy } from '../domain/venue.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_DECIMALS } from '../money/amount.ts'
import { formatDecimal } from '../money/decimal.ts'

export interface ExitInput {
  readonly openOrders: number
  /** What the cross account owes, by asset code. */
  readonly debts: readonly { readonly asset: string; readonly amount: Amount }[]
  readonly positions: number
  /** Of the cross wallet, in USDT rounded down. */
  readonly equity: Amount
  readonly policy: Pick<Policy, 'exitCrossEquityMax'>
}

/** Everything that keeps an account in cross margin (rule M5); none: it may leave. One blocker for each asset owed. */
export function exitBlockers(input: ExitInput): ExitBlocker[] {
  const { openOrders, debts, positions, equity, policy } = input
  const blockers: ExitBlocker[] = []
  if (openOrders > 0) blockers.push(counted('open_orders', openOrders))
  for (const { asset, amount } of debts) {
    if (amount > 0n) blockers.push(measured('debt', amount, asset))
  }
  if (positions > 0) blockers.push(counted('positions', positions))
  if (policy.exitCrossEquityMax !== null && equity > policy.exitCrossEquityMax) {
    blockers.push(measured('equity', equity, 'USDT'))
  }
  return blockers
}

function counted(kind: ExitBlocker['kind'], count: number): ExitBlocker {
  return { rule: 'M5', kind, count, amount: null, asset: null }
}

function measured(kind: ExitBlocker['kind'], amount: Amount, asset: string): ExitBlocker {
  return { rule: 'M5', kind, count: 1, amount: formatDecimal(amount, AMOUNT_DECIMALS), asset }
}
