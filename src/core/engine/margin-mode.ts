import type { Command } from '../domain/command.ts'
import type { SymbolIndex } from '../domain/ids.ts'
import type { ExitBlocker, Refusal } from '../domain/rejection.ts'
import type { MarginMode } from '../domain/wallet.ts'
import { equityOf } from '../margin/valuation.ts'
import type { Amount } from '../money/amount.ts'
import { usdtFloor } from '../money/price.ts'
import { exitBlockers } from '../risk/exit.ts'
import { isolatedAccounts } from './accounts.ts'
import { crossOf } from './margin-account.ts'
import { eligibilityOf, refuseStaleAccount, valuationOf } from './standing.ts'
import type { ExchangeState, User } from './state.ts'
import { assetAt, symbolAt, venueOf } from './state.ts'

type Entered = Exclude<MarginMode, 'NONE'>

/** The mode that orders of a margin wallet are in. */
export function modeOf(wallet: 'CROSS_MARGIN' | 'ISOLATED_MARGIN'): Entered {
  return wallet === 'CROSS_MARGIN' ? 'CROSS' : 'ISOLATED'
}

function isIn({ mode, bothModes }: User, asked: Entered): boolean {
  return mode === asked || (bothModes && mode !== 'NONE')
}

/** Rules M2 and M3: may the user act in a mode? The act itself then enters it with `enterMode`. */
function refuseMode(state: ExchangeState, user: User, asked: Entered): Refusal | null {
  if (isIn(user, asked)) return null
  if (user.mode !== 'NONE' && venueOf(state).policy.exclusiveModes) {
    return { reason: 'margin_mode_conflict', mode: user.mode, asked }
  }
  return refuseEntry(state, user, asked)
}

/** Rules E1 to E5 and M4. */
function refuseEntry(state: ExchangeState, user: User, asked: Entered): Refusal | null {
  const { eligible, conditions, eligibleAtMs } = eligibilityOf(state, user, asked)
  return eligible ? null : { reason: 'not_eligible', conditions, eligibleAtMs }
}

/** May this user act on cross margin? */
export function refuseCross(state: ExchangeState, user: User): Refusal | null {
  // Asked of every order: nearly always nobody is liquidated, and the account need not be looked up.
  const anybody = state.liquidations.size > 0
  if (anybody && crossOf(state, user).liquidation !== null) return { reason: 'liquidating' }
  return refuseMode(state, user, 'CROSS')
}

/** May this user take funds into a pair's isolated account, which need not be open yet? */
export function refuseIsolatedFunds(
  state: ExchangeState,
  user: User,
  pair: SymbolIndex,
): Refusal | null {
  const { symbol, isolatedTiers } = symbolAt(state, pair)
  if (isolatedTiers.length === 0) return { reason: 'symbol_not_margin', symbol }
  const account = user.isolated.get(pair)
  if (account !== undefined && account.liquidation !== null) return { reason: 'liquidating' }
  const refusal = refuseMode(state, user, 'ISOLATED')
  if (refusal !== null) return refusal
  return account?.enabled === false ? { reason: 'isolated_disabled', symbol } : null
}

/** May this user trade or borrow in a pair's isolated account? */
export function refuseIsolated(
  state: ExchangeState,
  user: User,
  pair: SymbolIndex,
): Refusal | null {
  const refusal = refuseIsolatedFunds(state, user, pair)
  if (refusal !== null || user.isolated.has(pair)) return refusal
  return { reason: 'isolated_unknown', symbol: symbolAt(state, pair).symbol }
}

/** Rule M2: the first margin act chooses the mode; where modes are not exclusive, the other one's first joins it. */
export function enterMode(state: ExchangeState, user: User, asked: Entered): void {
  if (isIn(user, asked)) return
  user.bothModes = user.mode !== 'NONE'
  changeMode(state, user, asked)
}

function changeMode(state: ExchangeState, user: User, to: MarginMode): void {
  state.events.push({ type: 'MarginModeChanged', userId: user.id, from: user.mode, to })
  user.mode = to
  user.modeSinceMs = state.nowMs
}

/** Rules M1 to M6, by explicit choice: what is left and what is entered is tested first, then both are done at once. */
export function setMarginMode(
  state: ExchangeState,
  user: User,
  { mode }: Extract<Command, { type: 'SetMarginMode' }>,
): Refusal | null {
  if (mode === 'NONE' ? user.mode === 'NONE' : isIn(user, mode)) return null
  const leaves = user.mode !== 'NONE' && (mode === 'NONE' || venueOf(state).policy.exclusiveModes)
  const refusal =
    (leaves ? refuseExit(state, user) : null) ??
    (mode === 'NONE' ? null : refuseEntry(state, user, mode))
  if (refusal !== null) return refusal
  user.bothModes = !leaves && user.mode !== 'NONE'
  changeMode(state, user, mode)
  return null
}

function refuseExit(state: ExchangeState, user: User): Refusal | null {
  const accounts = [crossOf(state, user), ...user.isolated.values()]
  if (accounts.some(({ liquidation }) => liquidation !== null)) return { reason: 'liquidating' }
  const blockers = exitBlockersOf(state, user)
  if (blockers.length > 0) return { reason: 'exit_blocked', blockers }
  return isIn(user, 'CROSS') ? refuseStaleAccount(state, user.accounts.CROSS_MARGIN) : null
}

/** Rule M5: what keeps the user in what he has entered; for one who is in no mode, what would keep him in CROSS. */
export function exitBlockersOf(state: ExchangeState, user: User): readonly ExitBlocker[] {
  const cross = user.mode !== 'ISOLATED' || user.bothModes ? crossBlockers(state, user) : []
  return [...cross, ...isolatedBlockers(state, user)]
}

function crossBlockers(state: ExchangeState, user: User): ExitBlocker[] {
  const account = user.accounts.CROSS_MARGIN
  return exitBlockers({
    openOrders: state.orders.countOf(account),
    debts: debtsOf(state, [account]),
    positions: state.positions.of(account).length,
    equity: usdtFloor(equityOf(valuationOf(state, account))),
    policy: venueOf(state).policy,
  })
}

function isolatedBlockers(state: ExchangeState, user: User): ExitBlocker[] {
  const accounts = isolatedAccounts(user).map(({ account }) => account)
  let openOrders = 0
  for (const account of accounts) openOrders += state.orders.countOf(account)
  return exitBlockers({
    openOrders,
    debts: debtsOf(state, accounts),
    positions: 0,
    equity: 0n as Amount,
    policy: { exitCrossEquityMax: null },
  })
}

/** What the accounts owe together, in asset order. */
function debtsOf(
  state: ExchangeState,
  accounts: readonly User['accounts']['SPOT'][],
): { asset: string; amount: Amount }[] {
  return venueOf(state).assets.flatMap(({ index }) => {
    let owed = 0n
    for (const account of accounts) owed += state.ledger.owed(account, index)
    return owed > 0n ? [{ asset: assetAt(state, index).code, amount: owed as Amount }] : []
  })
}
