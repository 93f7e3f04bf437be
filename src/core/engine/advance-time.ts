import type { AccountId, AssetIndex, TimestampMs } from '../domain/ids.ts'
import { HOUR_MS } from '../domain/ids.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
import { interestCharged } from '../ledger/entry.ts'
import { hourlyInterest } from '../margin/interest.ts'
import { settleChanges } from './settle-changes.ts'
import { totalEquityOf } from './standing.ts'
import type { ExchangeState } from './state.ts'
import { assetAt, nextTransactionId, ownerOf } from './state.ts'

/** Hours that rule E2 averages over. */
export const SAMPLES_MAX = 168

/**
 * Brings the venue's clock to `toMs`. Whatever falls due on the way happens at its own time and in order: at each
 * full UTC hour interest is charged, then balances are sampled, then risk is looked at.
 */
export function advanceTo(state: ExchangeState, toMs: TimestampMs): void {
  for (let hour = nextHour(state.nowMs); hour <= toMs; hour = nextHour(hour)) {
    state.nowMs = hour
    chargeInterest(state)
    sampleBalances(state)
    settleChanges(state, { pricesMoved: true, continueLiquidations: true })
  }
  state.nowMs = toMs
}

function nextHour(timeMs: number): TimestampMs {
  return ((Math.floor(timeMs / HOUR_MS) + 1) * HOUR_MS) as TimestampMs
}

/** Rule I1: an hour's simple interest on every principal, in account order. */
function chargeInterest(state: ExchangeState): void {
  for (const account of [...state.indebted].sort((a, b) => a - b)) {
    for (const { asset, principal } of state.ledger.holdings(account)) {
      if (principal > 0n) chargeAsset(state, account, asset)
    }
  }
  for (const { asset, principal } of state.ledger.holdings(VENUE_ACCOUNT.insuranceFund)) {
    if (principal > 0n) chargeAsset(state, VENUE_ACCOUNT.insuranceFund, asset)
  }
}

function chargeAsset(state: ExchangeState, account: AccountId, asset: AssetIndex): void {
  const { dailyInterestRate } = assetAt(state, asset)
  const principal = state.ledger.principal(account, asset)
  const interest = hourlyInterest(principal, dailyInterestRate)
  interestCharged(state.ledger, account, asset, interest)
  if (account === VENUE_ACCOUNT.insuranceFund) return
  state.events.push({
    type: 'InterestCharged',
    transactionId: nextTransactionId(state),
    userId: ownerOf(state, account).user.id,
    asset,
    principal,
    interest,
    dailyRate: dailyInterestRate,
    kind: 'PERIODIC',
    chargedMs: state.nowMs,
  })
}

/** Rule E2. */
function sampleBalances(state: ExchangeState): void {
  let users = 0
  for (const user of state.users) {
    if (user.firstDepositMs === null) continue
    user.samples.push(totalEquityOf(state, user))
    if (user.samples.length > SAMPLES_MAX) user.samples.shift()
    user.sampledMs = state.nowMs
    users += 1
  }
  if (users > 0) state.events.push({ type: 'BalancesSampled', hourMs: state.nowMs, users })
}
