import type { AccountId, AssetIndex } from '../domain/ids.ts'
import { HOUR_MS } from '../domain/ids.ts'
import type { EligibilityAnswer } from '../domain/question.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { Valuation } from '../margin/valuation.ts'
import { equityOf, valueAccount, valuedInFull } from '../margin/valuation.ts'
import type { Amount } from '../money/amount.ts'
import { formatDecimal } from '../money/decimal.ts'
import type { IndexPrice } from '../money/price.ts'
import { INDEX_PRICE_DECIMALS, usdtFloor } from '../money/price.ts'
import { minBigint } from '../money/rounding.ts'
import { judgeEligibility } from '../risk/eligibility.ts'
import { accountsOf } from './accounts.ts'
import type { IndexState } from './index-state.ts'
import { updatedMsOf } from './index-state.ts'
import { riskPricesOf } from './risk-prices.ts'
import type { ExchangeState, User } from './state.ts'
import { assetAt, indexOf, venueOf } from './state.ts'

/** An account at the current index prices. In an isolated account everything counts in full (rule S2). */
export function valuationOf(state: ExchangeState, account: AccountId): Valuation {
  const valuation = valueAccount(state.ledger, account, venueOf(state), state.prices)
  return state.owners[account]?.wallet === 'ISOLATED_MARGIN' ? valuedInFull(valuation) : valuation
}

/** As `valuationOf`, at the prices that new risk is valued at (rule C4). */
export function riskValuationOf(state: ExchangeState, account: AccountId): Valuation {
  const { held, owed } = riskPricesOf(state)
  return valueAccount(state.ledger, account, venueOf(state), held, owed)
}

/**
 * Assets less debts over all of a user's wallets, and what is lent to pools, in USDT rounded down (rule E2). What has no
 * price counts for nothing; where something is owed it may be the debt that has none, so such a wallet adds nothing
 * either.
 */
export function totalEquityOf(state: ExchangeState, user: User): Amount {
  let equity = 0n
  for (const account of accountsOf(user)) {
    const valuation = valuationOf(state, account)
    const own = equityOf(valuation)
    const blind = valuation.missing !== null && state.indebted.has(account)
    equity += blind ? minBigint(own, 0n) : own
  }
  return usdtFloor(equity + lentBy(state, user))
}

/** What the user has lent to pools, at index prices (rule B8). */
function lentBy(state: ExchangeState, user: User): bigint {
  let value = 0n
  for (const { asset, claims } of state.pools.all()) {
    value += (claims.get(user.id)?.amount ?? 0n) * (state.prices[asset] ?? 0n)
  }
  return value
}

/** Rules E1–E6 for a user now. */
export function eligibilityOf(
  state: ExchangeState,
  user: User,
  mode: 'CROSS' | 'ISOLATED',
): EligibilityAnswer {
  const judged = judgeEligibility({
    kyc: user.kyc,
    disclosure: user.disclosure,
    policy: venueOf(state).policy,
    firstDepositMs: user.firstDepositMs,
    nowMs: state.nowMs,
    samples: user.samples,
    currentEquity: totalEquityOf(state, user),
    mode,
  })
  const firstHourMs = user.sampledMs - (user.samples.length - 1) * HOUR_MS
  return {
    ...judged,
    samples: user.samples.map((equity, index) => ({
      hourMs: (firstHourMs + index * HOUR_MS) as typeof user.sampledMs,
      equity: equity as Amount,
    })),
  }
}

/** Rule E7: why an account of the user's may only reduce its risk; null: it may open. */
export function reduceOnlyReason(
  state: ExchangeState,
  user: User,
  mode: 'CROSS' | 'ISOLATED' = user.mode === 'ISOLATED' ? 'ISOLATED' : 'CROSS',
): string | null {
  if (user.mode === 'NONE') return null
  if (user.kyc !== 'APPROVED') return `KYC is ${user.kyc}`
  const { recheckBalance } = venueOf(state).policy
  if (!recheckBalance) return null
  const unmet = eligibilityOf(state, user, mode).conditions.find(
    ({ rule, met }) => (rule === 'E4' || rule === 'M4') && !met,
  )
  return unmet === undefined ? null : `average balance ${unmet.have}, needed ${unmet.need}`
}

/** An index that is missing, stale or contested, too much so to take new risk on (rule X3); null when it is good. */
export function refuseStale(state: ExchangeState, asset: AssetIndex): Refusal | null {
  const { standing } = indexOf(state, asset)
  if (standing === 'GOOD') return null
  const { code, redemption } = assetAt(state, asset)
  const source = indexOf(state, redemption?.underlying ?? asset)
  if (standing === 'CONTESTED')
    return { reason: 'index_contested', asset: code, ...extremes(source) }
  const updatedMs = standing === 'MISSING' ? null : updatedMsOf(source)
  const ageMs = updatedMs === null ? null : state.nowMs - updatedMs
  return { reason: 'index_unavailable', asset: code, ageMs }
}

/** The lowest and the highest that a live source says. */
function extremes({ quotes, sources }: IndexState): { low: string; high: string } {
  let low: IndexPrice | null = null
  let high: IndexPrice | null = null
  for (const [place, quote] of quotes.entries()) {
    if (quote === null || sources[place] === 'SILENT') continue
    if (low === null || quote.price < low) low = quote.price
    if (high === null || quote.price > high) high = quote.price
  }
  const text = (price: bigint | null) => formatDecimal(price ?? 0n, INDEX_PRICE_DECIMALS)
  return { low: text(low), high: text(high) }
}

/** As `refuseStale`, for every asset the account holds or owes. */
export function refuseStaleAccount(state: ExchangeState, account: AccountId): Refusal | null {
  let refusal: Refusal | null = null
  state.ledger.forEachHolding(account, (asset, held, owed) => {
    if (refusal === null && (held !== 0n || owed !== 0n)) refusal = refuseStale(state, asset)
  })
  return refusal
}
