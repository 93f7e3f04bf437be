import type { AccountId, AssetIndex, TimestampMs } from '../domain/ids.ts'
import { DAY_MS, HOUR_MS } from '../domain/ids.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
import { enactDueChanges } from './change-policy.ts'
import { announceCharge, chargeInterest } from './charge-interest.ts'
import { countCollateral } from './collateral-caps.ts'
import { endCountdowns } from './dead-mans-switch.ts'
import { closeDay } from './fees.ts'
import { reviewIndexes } from './index-prices.ts'
import { setRates } from './interest-rates.ts'
import { creditLenders } from './lend.ts'
import { expireAged, nextExpiryMs } from './order-age.ts'
import { settleChanges } from './settle-changes.ts'
import { totalEquityOf } from './standing.ts'
import type { ExchangeState } from './state.ts'
import { venueOf } from './state.ts'
import { endPauses } from './symbol-state.ts'

/** Hours that rule E2 averages over. */
export const SAMPLES_MAX = 168

/**
 * Brings the venue's clock to `toMs`. Whatever falls due on the way happens at its own time and in order: changes of
 * policy take effect, countdowns and pauses end, orders age, indexes fall stale; at each full UTC hour lenders are credited, rates set and interest
 * charged, then balances are sampled, then risk is looked at, and at midnight the day's volumes are closed.
 */
export function advanceTo(state: ExchangeState, toMs: TimestampMs): void {
  let hour = nextHour(state.nowMs)
  for (let dueMs = nextDueMs(state, hour); dueMs <= toMs; dueMs = nextDueMs(state, hour)) {
    state.nowMs = Math.max(dueMs, state.nowMs) as TimestampMs
    if (state.policyChanges.nextMs <= state.nowMs) enactDueChanges(state)
    if (state.countdowns.nextMs <= state.nowMs) endCountdowns(state)
    if (state.nextPauseEndMs <= state.nowMs) endPauses(state)
    if (nextExpiryMs(state) <= state.nowMs) expireAged(state)
    if (state.nextIndexChangeMs <= state.nowMs && reviewIndexes(state)) {
      settleChanges(state, { pricesMoved: true, continueLiquidations: true })
    }
    if (dueMs < hour) continue
    closeHour(state)
    hour = nextHour(hour)
  }
  state.nowMs = toMs
  const { clientOrderIdWindowMs } = venueOf(state).policy.trading
  if (clientOrderIdWindowMs > 0) state.recentClientIds.forget(toMs - clientOrderIdWindowMs)
}

function nextDueMs(state: ExchangeState, hour: TimestampMs): number {
  return Math.min(
    hour,
    state.countdowns.nextMs,
    state.policyChanges.nextMs,
    state.nextPauseEndMs,
    state.nextIndexChangeMs,
    nextExpiryMs(state),
  )
}

function closeHour(state: ExchangeState): void {
  creditLenders(state)
  setRates(state)
  countCollateral(state)
  chargeAll(state)
  sampleBalances(state)
  if (state.nowMs % DAY_MS === 0) closeDay(state)
  settleChanges(state, { pricesMoved: true, continueLiquidations: true })
}

function nextHour(timeMs: number): TimestampMs {
  return ((Math.floor(timeMs / HOUR_MS) + 1) * HOUR_MS) as TimestampMs
}

/** Rule I1: an hour's simple interest on every principal, in account order. */
function chargeAll(state: ExchangeState): void {
  for (const debtor of state.indebted.members()) {
    const account = debtor as AccountId
    for (const { asset, principal } of [...state.ledger.holdings(account)]) {
      if (principal > 0n) chargeAsset(state, account, asset)
    }
  }
  for (const { asset, principal } of [...state.ledger.holdings(VENUE_ACCOUNT.insuranceFund)]) {
    if (principal > 0n) chargeAsset(state, VENUE_ACCOUNT.insuranceFund, asset)
  }
}

function chargeAsset(state: ExchangeState, account: AccountId, asset: AssetIndex): void {
  const principal = state.ledger.principal(account, asset)
  const charge = chargeInterest(state, account, asset, principal)
  if (account === VENUE_ACCOUNT.insuranceFund) return
  announceCharge(state, account, charge, 'PERIODIC')
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
