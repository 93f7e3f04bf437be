import type { Command } from '../domain/command.ts'
import type { SymbolIndex } from '../domain/ids.ts'
import type { Refusal } from '../domain/rejection.ts'
import { AMOUNT_DECIMALS } from '../money/amount.ts'
import { formatDecimal } from '../money/decimal.ts'
import { openIsolatedAccount } from './accounts.ts'
import { enterMode, refuseIsolatedFunds } from './margin-mode.ts'
import type { ExchangeState, IsolatedAccount, User } from './state.ts'
import { assetAt, symbolAt, venueOf } from './state.ts'

/** Rule S5, by explicit choice. */
export function setIsolatedAccount(
  state: ExchangeState,
  user: User,
  { pair, enabled }: Extract<Command, { type: 'SetIsolatedAccount' }>,
): Refusal | null {
  return enabled ? enable(state, user, pair) : disable(state, user, pair)
}

function enable(state: ExchangeState, user: User, pair: SymbolIndex): Refusal | null {
  const refusal = refuseIsolatedFunds(state, user, pair)
  if (refusal !== null && refusal.reason !== 'isolated_disabled') return refusal
  const account = user.isolated.get(pair)
  if (account?.enabled === true) return null
  const full = refuseAnother(state, user)
  if (full !== null) return full
  enterMode(state, user, 'ISOLATED')
  if (account === undefined) {
    openIsolated(state, user, pair)
    return null
  }
  account.enabled = true
  announce(state, account)
  return null
}

/** Rule S5: no more than so many at once. */
export function refuseAnother(state: ExchangeState, user: User): Refusal | null {
  const { maximumAccounts } = venueOf(state).policy.isolated
  const enabled = [...user.isolated.values()].filter((account) => account.enabled).length
  return enabled < maximumAccounts ? null : { reason: 'isolated_limit', limit: maximumAccounts }
}

export function openIsolated(state: ExchangeState, user: User, pair: SymbolIndex): IsolatedAccount {
  const account = openIsolatedAccount(state, user, pair)
  announce(state, account)
  return account
}

/** Only an account with nothing in it, nothing owed and nothing open, and not one that was disabled a moment ago. */
function disable(state: ExchangeState, user: User, pair: SymbolIndex): Refusal | null {
  const account = user.isolated.get(pair)
  const { symbol } = symbolAt(state, pair)
  if (account === undefined) return { reason: 'isolated_unknown', symbol }
  if (account.liquidation !== null) return { reason: 'liquidating' }
  if (!account.enabled) return null
  const blockers = contentsOf(state, account)
  if (blockers.length > 0) return { reason: 'isolated_in_use', blockers }
  const againMs =
    (account.disabledMs ?? Number.NEGATIVE_INFINITY) +
    venueOf(state).policy.isolated.disableIntervalMs
  if (state.nowMs < againMs) return { reason: 'isolated_disabled_recently', againMs }
  account.enabled = false
  account.disabledMs = state.nowMs
  announce(state, account)
  return null
}

function contentsOf(
  state: ExchangeState,
  { account }: IsolatedAccount,
): Extract<Refusal, { reason: 'isolated_in_use' }>['blockers'] {
  const open = state.orders.countOf(account)
  const orders = {
    rule: 'S5',
    kind: 'open_orders',
    count: open,
    amount: null,
    asset: null,
  } as const
  const sums = [...state.ledger.holdings(account)].flatMap((holding) => {
    const asset = assetAt(state, holding.asset).code
    const line = (kind: 'balance' | 'debt', sum: bigint) =>
      sum === 0n
        ? []
        : [
            {
              rule: 'S5',
              kind,
              count: 1,
              amount: formatDecimal(sum, AMOUNT_DECIMALS),
              asset,
            } as const,
          ]
    return [
      ...line('balance', holding.free + holding.locked),
      ...line('debt', holding.principal + holding.interest),
    ]
  })
  return open > 0 ? [orders, ...sums] : sums
}

function announce(state: ExchangeState, { user, pair, enabled }: IsolatedAccount): void {
  state.events.push({ type: 'IsolatedAccountSet', userId: user.id, pair, enabled })
}
