import { assert } from '../assert.ts'
import type { Command } from '../domain/command.ts'
import { DAY_MS, HOUR_MS } from '../domain/ids.ts'
import type { Refusal } from '../domain/rejection.ts'
import { formatLevel, levelAbove } from '../margin/level.ts'
import { formatDecimalShort } from '../money/decimal.ts'
import { RATE_DECIMALS } from '../money/rate.ts'
import { SAMPLES_MAX } from './advance-time.ts'
import { crossOf } from './margin-account.ts'
import { cancelOpening } from './reduce-only.ts'
import { refuseStaleAccount, totalEquityOf, valuationOf } from './standing.ts'
import type { ExchangeState, User } from './state.ts'
import { openUser, venueOf } from './state.ts'

type Of<T extends Command['type']> = Extract<Command, { type: T }>

export function createUser(state: ExchangeState): null {
  const user = openUser(state)
  state.events.push({ type: 'UserCreated', userId: user.id })
  return null
}

/** Rule E1: a submission waits for review; one that was approved stays so. */
export function submitKyc(state: ExchangeState, user: User): Refusal | null {
  if (user.kyc === 'APPROVED' || user.kyc === 'PENDING') {
    return { reason: 'kyc_state', state: user.kyc, decision: 'SUBMITTED' }
  }
  user.kyc = 'PENDING'
  user.kycReason = ''
  state.events.push({ type: 'KycSubmitted', userId: user.id })
  return null
}

const REVIEWABLE = {
  APPROVED: ['PENDING', 'REVOKED'],
  REJECTED: ['PENDING'],
  REVOKED: ['APPROVED'],
} as const satisfies Record<Of<'ReviewKyc'>['decision'], readonly User['kyc'][]>

export function reviewKyc(
  state: ExchangeState,
  user: User,
  { decision, reason, reviewer }: Of<'ReviewKyc'>,
): Refusal | null {
  const from: readonly User['kyc'][] = REVIEWABLE[decision]
  if (!from.includes(user.kyc)) return { reason: 'kyc_state', state: user.kyc, decision }
  user.kyc = decision
  user.kycReason = reason
  state.events.push({ type: 'KycReviewed', userId: user.id, decision, reason, reviewer })
  if (decision === 'REVOKED') cancelOpening(state, user)
  return null
}

/** Rule E5. */
export function acceptDisclosure(
  state: ExchangeState,
  user: User,
  { version }: Of<'AcceptDisclosure'>,
): Refusal | null {
  const need = venueOf(state).policy.disclosureVersion
  if (version !== need) return { reason: 'disclosure_version', have: version, need }
  user.disclosure = version
  state.events.push({ type: 'DisclosureAccepted', userId: user.id, version })
  return null
}

/** Sandbox: what the user owns now counts as having lain here for `days`, hour by hour. */
export function backdateFunding(
  state: ExchangeState,
  user: User,
  { days }: Of<'BackdateFunding'>,
): null {
  assert(Number.isSafeInteger(days) && days >= 0, 'days are counted whole')
  const equity = totalEquityOf(state, user)
  user.firstDepositMs = (state.nowMs - days * DAY_MS) as typeof state.nowMs
  const hours = Math.min(days * 24, SAMPLES_MAX)
  user.samples = new Array<bigint>(hours).fill(equity)
  user.sampledMs = (state.nowMs - (state.nowMs % HOUR_MS)) as typeof state.nowMs
  state.events.push({ type: 'FundingBackdated', userId: user.id, days })
  return null
}

/** The account's maximum leverage; its level must be above what the new one asks of a loan. */
export function setLeverage(
  state: ExchangeState,
  user: User,
  { leverage }: Of<'SetLeverage'>,
): Refusal | null {
  if (crossOf(state, user).liquidation !== null) return { reason: 'liquidating' }
  if (leverage === user.leverage) return null
  const account = user.accounts.CROSS_MARGIN
  const stale = refuseStaleAccount(state, account)
  if (stale !== null) return stale
  const { assets, debts } = valuationOf(state, account)
  const need = venueOf(state).policy.levels[leverage].borrow
  if (!levelAbove(assets, debts, need)) {
    return {
      reason: 'leverage_level_too_low',
      level: formatLevel(assets, debts),
      need: formatDecimalShort(need, RATE_DECIMALS),
    }
  }
  user.leverage = leverage
  state.watchlist.note(account)
  state.events.push({ type: 'LeverageChanged', userId: user.id, leverage })
  return null
}
