import { present } from '../assert.ts'
import type { AccountId, AssetIndex, SymbolIndex } from '../domain/ids.ts'
import type { IsolatedTier, Levels, TradingSymbol } from '../domain/venue.ts'
import type { Amount } from '../money/amount.ts'
import { RATE_SCALE } from '../money/rate.ts'
import type { ExchangeState, MarginAccount, User } from './state.ts'
import { symbolAt, venueOf } from './state.ts'

export function marginOf(state: ExchangeState, account: AccountId): MarginAccount {
  return present(state.owners[account]?.margin, 'the account is a margin account')
}

export function crossOf(state: ExchangeState, user: User): MarginAccount {
  return marginOf(state, user.accounts.CROSS_MARGIN)
}

/** The cross account, or a pair's isolated account; undefined: that was never opened. */
export function marginAccountOf(
  state: ExchangeState,
  user: User,
  pair: SymbolIndex | null,
): MarginAccount | undefined {
  return pair === null ? crossOf(state, user) : user.isolated.get(pair)
}

/** What the account's level must be for what (rule L1): by its leverage, or in isolated margin by what it owes (S3). */
export function levelsOf(state: ExchangeState, { user, account, pair }: MarginAccount): Levels {
  if (pair !== null) return tierOf(state, account, pair).levels
  return venueOf(state).policy.levels[user.leverage]
}

/**
 * The level at or below which there is something to tell: the call level, or a higher one of the user's own (rule L8).
 * As a double, for screening only.
 */
export function watchLevelOf(state: ExchangeState, margin: MarginAccount): number {
  const { marginCall } = levelsOf(state, margin).screen
  const own = margin.user.warningLevels[0]
  return own === undefined ? marginCall : Math.max(marginCall, Number(own) / Number(RATE_SCALE))
}

/** Rule S3: base and quote are ranked by the principal owed of each, and the higher of the two tiers holds. */
export function tierOf(state: ExchangeState, account: AccountId, pair: SymbolIndex): IsolatedTier {
  const { base, quote, isolatedTiers } = symbolAt(state, pair)
  const last = present(isolatedTiers.at(-1), 'S3 a pair with isolated accounts has tiers')
  if (isolatedTiers.length === 1) return last
  const owesBase = state.ledger.principal(account, base)
  const owesQuote = state.ledger.principal(account, quote)
  const tier = isolatedTiers.find(
    ({ baseMaximum, quoteMaximum }) =>
      isWithin(owesBase, baseMaximum) && isWithin(owesQuote, quoteMaximum),
  )
  return tier ?? last
}

function isWithin(owed: Amount, maximum: Amount | null): boolean {
  return maximum === null || owed <= maximum
}

/** What the account's debts are in the end settled in: USDT, or the quote asset of the pair it is isolated to. */
export function moneyOf(state: ExchangeState, { pair }: MarginAccount): AssetIndex {
  return pair === null ? venueOf(state).usdt : symbolAt(state, pair).quote
}

/** The book on which the account's holding of an asset turns into its money; null: none, or it is the money. */
export function marketOfAsset(
  state: ExchangeState,
  { pair }: MarginAccount,
  asset: AssetIndex,
): TradingSymbol | null {
  if (pair === null) return venueOf(state).usdtSymbol[asset] ?? null
  const symbol = symbolAt(state, pair)
  return symbol.base === asset ? symbol : null
}
