import type { AssetIndex, SymbolIndex } from '../domain/ids.ts'
import { effectiveMultiple } from '../domain/isolated-policy.ts'
import type { BalanceLine, IsolatedAnswer, IsolatedStatus } from '../domain/question.ts'
import type { Levels } from '../domain/venue.ts'
import { isolatedLevel } from '../margin/isolated-level.ts'
import { levelAbove } from '../margin/level.ts'
import type { Valuation } from '../margin/valuation.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_SCALE, ZERO } from '../money/amount.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_SCALE } from '../money/rate.ts'
import { divFloor } from '../money/rounding.ts'
import { tierOf } from './margin-account.ts'
import { refuseStale, valuationOf } from './standing.ts'
import type { ExchangeState, IsolatedAccount, User } from './state.ts'
import { symbolAt } from './state.ts'

/** How far above liquidation Binance's status already warns of it. */
const PRE_LIQUIDATION = ((RATE_SCALE * 2n) / 100n) as Rate

/** A pair's isolated account as it stands; one that was never opened is empty. */
export function isolatedAnswer(
  state: ExchangeState,
  user: User,
  pair: SymbolIndex,
): IsolatedAnswer {
  const { base, quote, isolatedTiers } = symbolAt(state, pair)
  const account = user.isolated.get(pair)
  const lines = [lineOf(state, account, base), lineOf(state, account, quote)] as const
  const tier = account === undefined ? isolatedTiers[0] : tierOf(state, account.account, pair)
  const levels = tier?.levels
  const prices = {
    base: state.prices[base] ?? null,
    quote: state.prices[quote] ?? null,
  }
  const index =
    prices.base === null || prices.quote === null
      ? null
      : (divFloor(prices.base * AMOUNT_SCALE, prices.quote) as Amount)
  const level = isolatedLevel({
    base: sideOf(lines[0]),
    quote: sideOf(lines[1]),
    baseWorth: prices.base ?? 0n,
    quoteWorth: prices.quote ?? 0n,
    indexPrice: index ?? ZERO,
    liquidation: levels?.liquidation ?? (0n as Rate),
  })
  return {
    pair,
    created: account !== undefined,
    enabled: account?.enabled ?? false,
    base: lines[0],
    quote: lines[1],
    prices,
    indexPrice: index,
    ...level,
    tier: tier === undefined ? 1 : isolatedTiers.indexOf(tier) + 1,
    multiple: levels === undefined ? ZERO : effectiveMultiple(levels),
    status: levels === undefined ? 'EXCESSIVE' : statusOf(state, account, levels),
    canTrade: account !== undefined && mayTrade(state, account, levels),
  }
}

function lineOf(
  state: ExchangeState,
  account: IsolatedAccount | undefined,
  asset: AssetIndex,
): BalanceLine {
  if (account === undefined) {
    return { asset, free: ZERO, locked: ZERO, borrowed: ZERO, interest: ZERO }
  }
  return {
    asset,
    free: state.ledger.free(account.account, asset),
    locked: state.ledger.locked(account.account, asset),
    borrowed: state.ledger.principal(account.account, asset),
    interest: state.ledger.interest(account.account, asset),
  }
}

function sideOf({ free, locked, borrowed, interest }: BalanceLine) {
  return { held: (free + locked) as Amount, owed: (borrowed + interest) as Amount }
}

function statusOf(
  state: ExchangeState,
  account: IsolatedAccount | undefined,
  { borrow, marginCall, liquidation }: Levels,
): IsolatedStatus {
  if (account === undefined) return 'EXCESSIVE'
  if (account.liquidation !== null) return 'FORCE_LIQUIDATION'
  const { assets, debts }: Valuation = valuationOf(state, account.account)
  const above = (level: bigint): boolean => levelAbove(assets, debts, level as Rate)
  if (above(borrow)) return 'EXCESSIVE'
  if (above(marginCall)) return 'NORMAL'
  return above(liquidation + PRE_LIQUIDATION) ? 'MARGIN_CALL' : 'PRE_LIQUIDATION'
}

function mayTrade(
  state: ExchangeState,
  { account, enabled, liquidation, pair }: IsolatedAccount,
  levels: Levels | undefined,
): boolean {
  if (!enabled || liquidation !== null || levels === undefined) return false
  const { base, quote } = symbolAt(state, pair)
  if (refuseStale(state, base) !== null || refuseStale(state, quote) !== null) return false
  const { assets, debts } = valuationOf(state, account)
  return levelAbove(assets, debts, levels.liquidation)
}
