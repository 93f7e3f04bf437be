import { assert, present } from '../assert.ts'
import type { TradingWallet } from '../domain/command.ts'
import type { AccountId, SymbolIndex } from '../domain/ids.ts'
import type { WalletReference } from '../domain/wallet.ts'
import type { ExchangeState, IsolatedAccount, User } from './state.ts'
import { UNTROUBLED } from './state.ts'

/** The account that an order of the user's is of; undefined: the pair has no isolated account yet. */
export function tradingAccount(
  user: User,
  wallet: TradingWallet,
  symbol: SymbolIndex,
): AccountId | undefined {
  return wallet === 'ISOLATED_MARGIN' ? user.isolated.get(symbol)?.account : user.accounts[wallet]
}

/** As `tradingAccount`, for an order that was found to have one. */
export function accountOfOrder(
  user: User,
  { wallet, symbol }: { readonly wallet: TradingWallet; readonly symbol: SymbolIndex },
): AccountId {
  return present(tradingAccount(user, wallet, symbol), 'S1 an order is of an account that is open')
}

/** Undefined: an isolated account that was never opened. */
export function accountNamed(user: User, reference: WalletReference): AccountId | undefined {
  return typeof reference === 'object'
    ? user.isolated.get(reference.pair)?.account
    : user.accounts[reference]
}

/** The accounts of a user's orders in one wallet: one, or in isolated margin one for each pair, in order of their pairs. */
export function tradingAccounts(user: User, wallet: TradingWallet): AccountId[] {
  if (wallet !== 'ISOLATED_MARGIN') return [user.accounts[wallet]]
  return isolatedAccounts(user).map(({ account }) => account)
}

/** All of a user's accounts, those of isolated pairs in order of their opening. */
export function accountsOf(user: User): AccountId[] {
  const isolated = [...user.isolated.values()].map(({ account }) => account)
  return [...Object.values(user.accounts), ...isolated]
}

/** In order of their pairs. */
export function isolatedAccounts(user: User): IsolatedAccount[] {
  return [...user.isolated.values()].sort((a, b) => a.pair - b.pair)
}

/** A pair's isolated account, empty and enabled (rule S1). */
export function openIsolatedAccount(
  state: ExchangeState,
  user: User,
  pair: SymbolIndex,
): IsolatedAccount {
  assert(!user.isolated.has(pair), 'S1 a user has one account for each pair')
  const account = state.ledger.openAccount()
  const margin: IsolatedAccount = {
    account,
    user,
    pair,
    enabled: true,
    disabledMs: null,
    ...UNTROUBLED,
  }
  user.isolated.set(pair, margin)
  state.owners[account] = { user, wallet: 'ISOLATED_MARGIN', pair, margin }
  assert(state.owners.length === state.ledger.accountCount, 'every account has its owner noted')
  return margin
}
