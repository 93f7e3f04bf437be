import { assert } from '../assert.ts'
import type {
  ApprovePolicyChange,
  DraftPolicyChange,
  WithdrawPolicyChange,
} from '../domain/command.ts'
import type { Fault } from '../domain/document-shape.ts'
import type { PolicyChangeId, TimestampMs } from '../domain/ids.ts'
import { parseVenue, validateVenueDocument } from '../domain/parse-venue.ts'
import type { PolicyDifference } from '../domain/policy-difference.ts'
import { isLoosening, policyDifferences } from '../domain/policy-difference.ts'
import type { PolicySetting } from '../domain/policy-setting.ts'
import { withSettings } from '../domain/policy-setting.ts'
import type { Refusal } from '../domain/rejection.ts'
import type { Venue } from '../domain/venue.ts'
import type { VenueDocument } from '../domain/venue-document.ts'
import { countCollateral } from './collateral-caps.ts'
import { reviewFeeTiers } from './fees.ts'
import type { PolicyChange } from './policy-changes.ts'
import { POLICY_CHANGES_MAX } from './policy-changes.ts'
import { notePrices } from './risk-prices.ts'
import { settleChanges } from './settle-changes.ts'
import type { ExchangeState } from './state.ts'
import { marketOf, venueOf } from './state.ts'

/** A document that some settings make of the one in force, and every field that differs. */
export interface PlannedPolicy {
  readonly document: VenueDocument
  readonly changes: readonly PolicyDifference[]
  readonly loosening: boolean
}

/** Rule O3: what the settings make of the policy in force, or every reason why they cannot. */
export function planPolicy(
  state: ExchangeState,
  settings: readonly PolicySetting[],
): PlannedPolicy | Refusal {
  const { document } = venueOf(state)
  const set = withSettings(document, settings)
  if ('faults' in set) return refusedFor(set.faults)
  const validated = validateVenueDocument(set.raw)
  if ('faults' in validated) return refusedFor(validated.faults)
  const changes = policyDifferences(document, validated.document)
  const idle = settings.filter(({ path }) => !changes.some((change) => isWithin(change.path, path)))
  if (idle.length > 0) {
    return refusedFor(idle.map(({ path }) => ({ path, message: 'is that already' })))
  }
  const fixed = changes.filter(({ effect }) => effect === 'FIXED')
  if (fixed.length > 0) {
    const message = 'cannot change while the venue runs'
    return refusedFor(fixed.map(({ path }) => ({ path, message })))
  }
  return { document: validated.document, changes, loosening: isLoosening(changes) }
}

function isWithin(path: string, section: string): boolean {
  return path === section || path.startsWith(`${section}.`)
}

export function isPlannedPolicy(plan: PlannedPolicy | Refusal): plan is PlannedPolicy {
  return 'document' in plan
}

function refusedFor(faults: readonly Fault[]): Refusal {
  return { reason: 'policy_faulty', faults }
}

/** Rule O1: nothing changes yet but what everybody can know. */
export function draftPolicyChange(
  state: ExchangeState,
  { settings, effectMs, reason, author }: DraftPolicyChange,
): Refusal | null {
  const plan = planPolicy(state, settings)
  if (!isPlannedPolicy(plan)) return plan
  const { changes, loosening } = plan
  const earliestMs = earliestEffect(state, loosening)
  if (effectMs !== null && effectMs < earliestMs) {
    return { reason: 'policy_too_soon', earliestMs, askedMs: effectMs }
  }
  const { policyChanges } = state
  if (policyChanges.size >= POLICY_CHANGES_MAX) {
    return { reason: 'policy_changes_full', limit: POLICY_CHANGES_MAX }
  }
  policyChanges.lastId = (policyChanges.lastId + 1) as PolicyChangeId
  const id = policyChanges.lastId
  const drafted = { changes, loosening, effectMs: effectMs ?? earliestMs, reason, author }
  policyChanges.add({ id, settings, ...drafted, approvedBy: null })
  state.events.push({ type: 'PolicyChangeDrafted', policyChangeId: id, ...drafted })
  return null
}

/** Rule O2: loosening is known for a while before it happens; tightening may be at once. */
export function earliestEffect(state: ExchangeState, loosening: boolean): TimestampMs {
  const delayMs = loosening ? venueOf(state).policy.looseningDelayMs : 0
  return (state.nowMs + delayMs) as TimestampMs
}

/** Rule O2: by a second person where it loosens. In force at once when its time has come, later by the clock. */
export function approvePolicyChange(
  state: ExchangeState,
  { policyChangeId, reason, author }: ApprovePolicyChange,
): Refusal | null {
  const change = state.policyChanges.find(policyChangeId)
  if (change === undefined) return { reason: 'policy_change_unknown', policyChangeId }
  if (change.approvedBy !== null) return { reason: 'policy_change_approved', policyChangeId }
  if (change.loosening && author === change.author) {
    return { reason: 'policy_second_person', author }
  }
  const plan = planAgain(state, change)
  if (!isPlannedPolicy(plan)) return plan
  const effectMs = Math.max(change.effectMs, state.nowMs) as TimestampMs
  state.policyChanges.approve(change, author)
  state.events.push({ type: 'PolicyChangeApproved', policyChangeId, effectMs, reason, author })
  enactDueChanges(state)
  return null
}

export function withdrawPolicyChange(
  state: ExchangeState,
  { policyChangeId, reason, author }: WithdrawPolicyChange,
): Refusal | null {
  if (state.policyChanges.find(policyChangeId) === undefined) {
    return { reason: 'policy_change_unknown', policyChangeId }
  }
  state.policyChanges.remove(policyChangeId)
  state.events.push({ type: 'PolicyChangeWithdrawn', policyChangeId, reason, author })
  return null
}

/** Approved changes whose time has come take effect, and accounts are looked at under the new policy. */
export function enactDueChanges(state: ExchangeState): void {
  for (const change of state.policyChanges.takeDue(state.nowMs)) {
    const plan = planAgain(state, change)
    if (!isPlannedPolicy(plan)) {
      const reason = plan.reason === 'policy_moved' ? `${plan.path} is ${plan.is}` : plan.reason
      state.events.push({ type: 'PolicyChangeLapsed', policyChangeId: change.id, reason })
      continue
    }
    enact(state, plan.document, change.id)
  }
}

/**
 * Rule O3: a draft is about the values it was drafted against. Once another change has moved one of them it would do
 * something that nobody was shown, perhaps loosen where it tightened.
 */
function planAgain(state: ExchangeState, change: PolicyChange): PlannedPolicy | Refusal {
  const plan = planPolicy(state, change.settings)
  if (!isPlannedPolicy(plan) || shown(plan.changes) === shown(change.changes)) return plan
  const drafted = new Map(change.changes.map((each) => [each.path, each]))
  const now = new Map(plan.changes.map((each) => [each.path, each]))
  for (const path of new Set([...drafted.keys(), ...now.keys()])) {
    const was = drafted.get(path)?.from ?? now.get(path)?.to
    const is = now.get(path)?.from ?? drafted.get(path)?.to
    if (shown(was) !== shown(is)) {
      return { reason: 'policy_moved', path, was: shown(was), is: shown(is) }
    }
  }
  return plan
}

function shown(value: unknown): string {
  return JSON.stringify(value ?? null)
}

/** The venue is by `document` from here on. Every account is valued and measured anew (rules Q1, L5). */
export function enact(
  state: ExchangeState,
  document: VenueDocument,
  policyChangeId: PolicyChangeId,
): void {
  const before = venueOf(state)
  state.venue = parseVenue(document)
  countCollateral(state)
  restartWindows(state, before)
  notePrices(state)
  state.events.push({ type: 'PolicyChanged', policyChangeId, document })
  reviewFeeTiers(state)
  settleChanges(state, { pricesMoved: true, continueLiquidations: false })
}

/** Windows of rule T19 are counted in their own length: of another length they begin anew. */
function restartWindows(state: ExchangeState, before: Venue): void {
  const windowMs = (venue: Venue, index: number) =>
    venue.symbols[index]?.orderRules.volatilityInterruption?.windowMs
  const venue = venueOf(state)
  assert(venue.symbols.length === before.symbols.length, 'O3 markets stay while the venue runs')
  for (const { index } of venue.symbols) {
    if (windowMs(venue, index) === windowMs(before, index)) continue
    const market = marketOf(state, index)
    market.window = -1
    market.windowPrice = null
  }
}
