import { assert, unreachable } from '../assert.ts'
import type { AccountCommand } from '../domain/command.ts'
import type { Event } from '../domain/event.ts'
import type { AssetIndex, Sequence } from '../domain/ids.ts'
import type { CommandPreviewAnswer } from '../domain/question.ts'
import type { Refusal } from '../domain/rejection.ts'
import { hourlyInterest } from '../margin/interest.ts'
import { formatLevel, levelAtOrBelow } from '../margin/level.ts'
import type { Amount } from '../money/amount.ts'
import { minBigint } from '../money/rounding.ts'
import { accountNamed } from './accounts.ts'
import { borrow, maxBorrowableOf, maxTransferableOf, repay } from './funds.ts'
import { crossOf, levelsOf, marginAccountOf, marginOf } from './margin-account.ts'
import { setMarginMode } from './margin-mode.ts'
import { accountStanding } from './preview-order.ts'
import { transferAndRecover } from './recover-loss.ts'
import { valuationOf } from './standing.ts'
import type { ExchangeState, MarginAccount, User } from './state.ts'
import { assetAt } from './state.ts'

/**
 * Before → after of a transfer, a loan, a repayment or a change of mode, by rehearsing it: the command's own function
 * acts, what it did is read, and all of it is taken back (docs/decisions/0006).
 */
export function previewCommand(
  state: ExchangeState,
  user: User,
  command: AccountCommand,
): CommandPreviewAnswer {
  const asset = command.type === 'SetMarginMode' ? null : command.asset
  const stand = () => accountStanding(state, marginFor(state, user, command), asset)
  const before = stand()
  const most = mostOf(state, user, command)
  const sequence = state.sequence as Sequence
  return rehearse(state, user, () => {
    const refusal = carryOut(state, user, command)
    const told = toldBy(state, state.events)
    const after = refusal === null ? stand() : null
    return {
      sequence,
      before,
      after,
      ...told,
      max: most && { asset: most.asset, amount: most.amount },
      binding: refusal?.reason ?? most?.binding ?? null,
      refusal,
      warnings: after === null ? [] : warningsOf(state, marginFor(state, user, command)),
    }
  })
}

/**
 * The margin account that the command changes; of a transfer between two, the one funds leave. Cross where it is another
 * wallet, or an isolated account that is not open yet.
 */
export function marginFor(
  state: ExchangeState,
  user: User,
  command: AccountCommand,
): MarginAccount {
  if (command.type === 'SetMarginMode') return crossOf(state, user)
  if (command.type !== 'Transfer') {
    return marginAccountOf(state, user, command.pair) ?? crossOf(state, user)
  }
  for (const end of [command.from, command.to]) {
    const account = accountNamed(user, end)
    const margin = account === undefined ? null : (state.owners[account]?.margin ?? null)
    if (margin !== null) return margin
  }
  return crossOf(state, user)
}

/**
 * Besides the ledger, these commands change their user's mode and what the user owes from before, open an isolated account,
 * count collateral, transactions and what the fund took, and tell events.
 */
function rehearse<T>(state: ExchangeState, user: User, act: () => T): T {
  const { lastTransactionId, events, owners, venue } = state
  const collateralHeld = [...state.collateralHeld]
  const fundTaken = new Map(state.fundTaken)
  const { mode, modeSinceMs, bothModes, owedToFund } = user
  const recoverable = new Map(user.recoverable)
  const pairs = new Set(user.isolated.keys())
  const opened = owners.length
  assert(events.length === 0, 'a rehearsal never overlaps a command')
  state.events = []
  try {
    return state.ledger.rehearse(act)
  } finally {
    Object.assign(state, { lastTransactionId, events, venue, collateralHeld, fundTaken })
    Object.assign(user, { mode, modeSinceMs, bothModes, owedToFund, recoverable })
    for (const pair of [...user.isolated.keys()]) if (!pairs.has(pair)) user.isolated.delete(pair)
    owners.length = opened
  }
}

function carryOut(state: ExchangeState, user: User, command: AccountCommand): Refusal | null {
  switch (command.type) {
    case 'Transfer':
      return transferAndRecover(state, user, command)
    case 'Borrow':
      return borrow(state, user, command)
    case 'Repay':
      return repay(state, user, command)
    case 'SetMarginMode':
      return setMarginMode(state, user, command)
    default:
      return unreachable(command)
  }
}

type Told = Pick<CommandPreviewAnswer, 'mode' | 'borrow' | 'repay'>

/** What the command did, in its own words. */
function toldBy(state: ExchangeState, events: readonly Event[]): Told {
  let told: Told = { mode: null, borrow: null, repay: null }
  for (const event of events) {
    if (event.type === 'MarginModeChanged') {
      told = { ...told, mode: { from: event.from, to: event.to } }
    } else if (event.type === 'LoanTaken') {
      const { asset, amount } = event
      const hourly = hourlyInterest(amount, assetAt(state, asset).dailyInterestRate)
      told = { ...told, borrow: { asset, amount, interestPerDay: (hourly * 24n) as Amount } }
    } else if (event.type === 'LoanRepaid') {
      const { asset, interest, principal } = event
      told = { ...told, repay: { asset, amount: (interest + principal) as Amount } }
    }
  }
  return told
}

interface Most {
  readonly asset: AssetIndex
  readonly amount: Amount
  readonly binding: string
}

/** The most of the asset that would pass as things stand, and what limits it; null: no amount would, or none is asked. */
function mostOf(state: ExchangeState, user: User, command: AccountCommand): Most | null {
  if (command.type === 'SetMarginMode') return null
  const { asset } = command
  if (command.type === 'Transfer') {
    const account = accountNamed(user, command.from)
    if (account === undefined) return null
    const free = state.ledger.free(account, asset)
    if ((state.owners[account]?.margin ?? null) === null) {
      return { asset, amount: free, binding: 'balance' }
    }
    const most = maxTransferableOf(state, marginOf(state, account), asset)
    return typeof most === 'bigint' ? least(asset, free, most, 'transfer_level') : null
  }
  const margin = marginAccountOf(state, user, command.pair)
  if (margin === undefined) return null
  if (command.type === 'Borrow') {
    const most = maxBorrowableOf(state, margin, asset)
    return 'reason' in most ? null : { asset, amount: most.amount, binding: most.binding }
  }
  const free = state.ledger.free(margin.account, asset)
  return least(asset, free, state.ledger.owed(margin.account, asset), 'debt')
}

function least(asset: AssetIndex, free: Amount, most: Amount, name: string): Most {
  return {
    asset,
    amount: minBigint(free, most) as Amount,
    binding: most < free ? name : 'balance',
  }
}

/** What a careful trader would want to be told of the account as it would be. */
function warningsOf(state: ExchangeState, margin: MarginAccount): string[] {
  const { assets, debts } = valuationOf(state, margin.account)
  const { marginCall, liquidation } = levelsOf(state, margin)
  const level = formatLevel(assets, debts)
  if (levelAtOrBelow(assets, debts, liquidation))
    return [`With this the account is at its liquidation level: ${level}.`]
  if (levelAtOrBelow(assets, debts, marginCall))
    return [`With this the account is in margin call: ${level}.`]
  return []
}
