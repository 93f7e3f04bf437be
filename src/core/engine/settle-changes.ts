import type { AccountId } from '../domain/ids.ts'
import { VENUE_ACCOUNTS } from '../ledger/chart.ts'
import { levelAtOrBelow } from '../margin/level.ts'
import type { Valuation } from '../margin/valuation.ts'
import type { Amount } from '../money/amount.ts'
import { BreachQueue } from '../risk/breach-queue.ts'
import { mayLiquidate } from './index-hold.ts'
import { unwindFund } from './insurance-fund.ts'
import { pursue, startLiquidation } from './liquidate.ts'
import { levelsOf, marginOf, watchLevelOf } from './margin-account.ts'
import { reviewMarginCall } from './margin-call.ts'
import { clampPositions } from './positions.ts'
import { surelyCalm } from './screen.ts'
import { settleLists } from './settle-lists.ts'
import { valuationOf } from './standing.ts'
import type { ExchangeState } from './state.ts'
import { ownerOf, venueOf } from './state.ts'

const NO_ACCOUNTS: readonly AccountId[] = []

export interface Happened {
  /** An index price or an interest charge may have moved any account. */
  readonly pricesMoved: boolean
  /** Whether the clock or a price gives running liquidations another try (rule Q3). */
  readonly continueLiquidations: boolean
}

/**
 * What follows from any command: balances are announced, positions follow holdings (rule P1), every account at or
 * below its liquidation level is closed (rules Q1, Q8), margin calls go out (rule L5).
 */
export function settleChanges(state: ExchangeState, happened: Happened): void {
  const touched = absorb(state)
  if (!happened.pricesMoved && !happened.continueLiquidations && areCalm(state, touched)) return
  const suspects = new Set(touched)
  if (happened.pricesMoved) {
    for (const account of screened(state)) suspects.add(account)
    for (const account of state.called) suspects.add(account)
  }
  const running = happened.continueLiquidations
    ? [...state.liquidations.values()].map(({ account }) => account)
    : NO_ACCOUNTS
  if (suspects.size + running.length > 0) reviewAccounts(state, suspects, running)
  if (!happened.continueLiquidations) return
  unwindFund(state)
  // Announced even where the fund only paid what it owed: nothing is left for the next command to find.
  const moved = absorb(state)
  if (moved.length > 0) reviewAccounts(state, new Set(moved), NO_ACCOUNTS)
}

/** Closes those at or below their liquidation level, goes on with the running liquidations, and calls those at or below their call level. */
export function reviewAccounts(
  state: ExchangeState,
  suspects: Set<AccountId>,
  running: readonly AccountId[],
): void {
  closeOut(state, suspects, running)
  for (const account of [...suspects].sort((a, b) => a - b)) reviewMarginCall(state, account)
}

/**
 * Whether none of the accounts can have come near a threshold, so that reviewing them would do nothing: what nearly
 * every command leaves behind.
 */
export function areCalm(state: ExchangeState, accounts: readonly AccountId[]): boolean {
  for (const account of accounts) {
    if (state.indebted.has(account)) {
      if (!surelyCalm(state, account)) return false
    } else {
      const { marginCall, liquidation, warningsPassed } = marginOf(state, account)
      if (marginCall !== null || liquidation !== null || warningsPassed > 0) return false
    }
  }
  return true
}

/**
 * Announces every balance that moved and brings what depends on it in line: lists first, for what they let go of is
 * announced with the rest. Returns the margin accounts that may stand elsewhere than before: where funds were only locked
 * or freed, what is held and owed is what it was.
 */
function absorb(state: ExchangeState): readonly AccountId[] {
  settleLists(state)
  let moved: AccountId[] | null = null
  state.ledger.drainTouched((account, { asset, free, locked, principal, interest }, changed) => {
    if (account < VENUE_ACCOUNTS) return
    const { user, wallet, pair, margin } = ownerOf(state, account)
    const userId = user.id
    const borrowed = principal
    state.events.push({
      type: 'BalanceChanged',
      userId,
      wallet,
      pair,
      asset,
      free,
      locked,
      borrowed,
      interest,
    })
    if (margin === null || !changed) return
    moved ??= []
    moved.push(account)
    const held = (free + locked) as Amount
    clampPositions(state, account, asset, held, (principal + interest) as Amount)
  })
  for (const account of moved ?? NO_ACCOUNTS) {
    if (state.ledger.owesAnything(account)) state.indebted.add(account)
    else if (state.indebted.has(account)) state.indebted.delete(account)
    else continue
    state.watchlist.note(account)
  }
  return moved ?? NO_ACCOUNTS
}

/** The accounts that prices, or what happened since they last moved, may have brought to their call level. */
function screened(state: ExchangeState): AccountId[] {
  const flagged: AccountId[] = []
  const { ledger, screenPrices: prices } = state
  const levelOf = (account: AccountId): number => watchLevelOf(state, marginOf(state, account))
  const debtors = (): Int32Array => state.indebted.members()
  const rules = venueOf(state)
  state.watchlist.review({ ledger, prices, levelOf, rules, debtors }, flagged)
  return flagged
}

/**
 * Rules Q2, Q3 and Q8: whoever is breached is locked at once; then the accounts are closed one after the other, the
 * lowest level first. What closing one touched is measured again before the next.
 */
function closeOut(
  state: ExchangeState,
  suspects: Set<AccountId>,
  running: readonly AccountId[],
): void {
  const queue = new BreachQueue()
  const waiting = new Set<AccountId>()
  const put = (account: AccountId): void => {
    waiting.add(account)
    queue.put(account, ownerOf(state, account).user.id, valuationOf(state, account))
  }
  for (const account of running) put(account)
  for (const account of lockBreached(state, suspects)) put(account)
  while (state.liquidationOrdersLeft > 0) {
    const worst = queue.take()
    if (worst === null) return
    waiting.delete(worst)
    pursue(state, worst)
    const touched = absorb(state)
    for (const account of touched) {
      suspects.add(account)
      if (waiting.has(account)) put(account)
    }
    for (const account of lockBreached(state, touched)) put(account)
  }
}

/** Starts a liquidation for each of the accounts that is breached, the lowest level first, and returns them. */
function lockBreached(state: ExchangeState, accounts: Iterable<AccountId>): readonly AccountId[] {
  const breached = new BreachQueue()
  for (const account of accounts) {
    const valuation = breachOf(state, account)
    if (valuation !== null) breached.put(account, ownerOf(state, account).user.id, valuation)
  }
  const locked: AccountId[] = []
  for (let worst = breached.take(); worst !== null; worst = breached.take()) {
    startLiquidation(state, worst, 'LEVEL')
    locked.push(worst)
  }
  // What their orders had locked is theirs again, which is all that moved.
  if (locked.length > 0) absorb(state)
  return locked
}

/** The account's valuation when it is at or below its liquidation level, else null. One function for every account (Q9). */
function breachOf(state: ExchangeState, account: AccountId): Valuation | null {
  if (!state.indebted.has(account)) return null
  const margin = marginOf(state, account)
  if (margin.liquidation !== null) return null
  const valuation = valuationOf(state, account)
  const { liquidation } = levelsOf(state, margin)
  if (!levelAtOrBelow(valuation.assets, valuation.debts, liquidation)) return null
  return mayLiquidate(state, account) ? valuation : null
}
