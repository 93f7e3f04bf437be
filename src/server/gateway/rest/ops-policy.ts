import type { PolicyChangeId, TimestampMs } from '../../../core/domain/ids.ts'
import type { PolicyRehearsal } from '../../../core/domain/operator-answer.ts'
import type { DocumentValue, PolicyDifference } from '../../../core/domain/policy-difference.ts'
import type { PolicySetting } from '../../../core/domain/policy-setting.ts'
import { isRefusal } from '../../../core/domain/question.ts'
import type { Venue } from '../../../core/domain/venue.ts'
import { refusalError } from '../../../wire/error.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { PolicyChangeRecord } from '../../projections/queries/operations.ts'
import { type Endpoint, type OperatorCall, operated } from '../endpoint.ts'
import { caughtUp, submit } from '../submit.ts'
import { accountBody, idOf, readReason } from './ops-parameters.ts'

/** A rehearsal copies the whole venue. */
const REHEARSAL_WEIGHT = 200
/** Accounts named in a list; the counts beside it are of all. */
const LISTED_MAX = 1_000
const CHANGES_MAX = 500

/** Changes of policy by operators (rules O1 to O3). */
export const opsPolicyEndpoints: readonly Endpoint[] = [
  operated('GET /fulcrum/v1/ops/policy', 'viewer', 1, policy),
  operated('POST /fulcrum/v1/ops/policy/dry-run', 'viewer', REHEARSAL_WEIGHT, dryRun),
  operated('GET /fulcrum/v1/ops/policy/changes', 'viewer', 5, changes),
  operated('POST /fulcrum/v1/ops/policy/changes', 'risk', REHEARSAL_WEIGHT, draft),
  operated('GET /fulcrum/v1/ops/policy/changes/:id', 'viewer', 2, change),
  operated('POST /fulcrum/v1/ops/policy/changes/:id/approve', 'risk', 1, approve),
  operated('POST /fulcrum/v1/ops/policy/changes/:id/withdraw', 'risk', 1, withdraw),
]

function policy({ deps }: OperatorCall): object {
  const { document, policy: inForce } = deps.engine.venue
  return {
    profile: inForce.profile,
    looseningDelayMs: inForce.looseningDelayMs,
    document,
    open: deps.engine
      .ask('policyChanges', {})
      .map(({ policyChangeId, changes: fields, loosening, effectMs, author, approvedBy }) => ({
        id: policyChangeId,
        state: approvedBy === null ? 'DRAFTED' : 'APPROVED',
        changes: fields,
        loosening,
        effectTime: effectMs,
        author,
        approver: approvedBy,
      })),
  }
}

/** Rule O1: nothing is kept of it. */
function dryRun({ deps, parameters }: OperatorCall): object {
  const settings = readSettings(parameters.requiredText('changes'))
  const rehearsed = deps.engine.ask('policyRehearsal', { settings })
  if (isRefusal(rehearsed)) throw refusalError(rehearsed)
  return rehearsalBody(rehearsed, deps.engine.venue)
}

/** Drafted only after it has been rehearsed, and the answer shows what the rehearsal showed (rule O1). */
async function draft(call: OperatorCall): Promise<object> {
  const { deps, parameters, operator } = call
  const settings = readSettings(parameters.requiredText('changes'))
  const reason = readReason(parameters)
  const effectMs = (parameters.whole('effectTime') ?? null) as TimestampMs | null
  const rehearsed = deps.engine.ask('policyRehearsal', { settings })
  if (isRefusal(rehearsed)) throw refusalError(rehearsed)
  const drafted = { settings, effectMs, reason, author: operator.name }
  const outcome = await submit(deps.engine, { type: 'DraftPolicyChange', ...drafted })
  const event = outcome.events.find((each) => each.type === 'PolicyChangeDrafted')
  const id = event?.type === 'PolicyChangeDrafted' ? event.policyChangeId : 0
  return {
    ...(await recordOf(call, id as PolicyChangeId)),
    dryRun: rehearsalBody(rehearsed, deps.engine.venue),
  }
}

async function approve(call: OperatorCall): Promise<object> {
  return decide(call, 'ApprovePolicyChange')
}

async function withdraw(call: OperatorCall): Promise<object> {
  return decide(call, 'WithdrawPolicyChange')
}

async function decide(
  call: OperatorCall,
  type: 'ApprovePolicyChange' | 'WithdrawPolicyChange',
): Promise<object> {
  const { deps, parameters, operator } = call
  const policyChangeId = idOf(call, 'change of policy') as PolicyChangeId
  const reason = readReason(parameters)
  await submit(deps.engine, { type, policyChangeId, reason, author: operator.name })
  return recordOf(call, policyChangeId)
}

async function changes({ deps, parameters }: OperatorCall): Promise<object[]> {
  const limit = parameters.limit('limit', 100, CHANGES_MAX)
  await caughtUp(deps)
  return (await deps.histories.policyChanges(limit)).map(changeBody)
}

function change(call: OperatorCall): Promise<object> {
  return recordOf(call, idOf(call, 'change of policy') as PolicyChangeId)
}

async function recordOf({ deps, id }: OperatorCall, policyChangeId: PolicyChangeId) {
  await caughtUp(deps)
  const record = await deps.histories.policyChange(policyChangeId)
  if (record === null)
    throw requestError('nothing_of_that_number', { what: 'change of policy', id })
  return changeBody(record)
}

function changeBody(record: PolicyChangeRecord): object {
  return {
    id: record.policyChangeId,
    state: record.state,
    loosening: record.loosening,
    changes: record.changes.map(differenceBody),
    effectTime: record.effectMs,
    author: record.author,
    reason: record.reason,
    draftedAt: record.draftedMs,
    approver: record.approver,
    approvalReason: record.approvalReason,
    approvedAt: record.approvedMs,
    endedAt: record.endedMs,
    endReason: record.endReason,
  }
}

function differenceBody({ path, from, to, effect }: PolicyDifference): object {
  return { path, from: from ?? null, to: to ?? null, effect }
}

function rehearsalBody(rehearsal: PolicyRehearsal, venue: Venue): object {
  const { bandChanges, liquidations, marginCalls } = rehearsal
  return {
    sequence: rehearsal.sequence,
    loosening: rehearsal.loosening,
    needsSecondPerson: rehearsal.loosening,
    earliestEffectTime: rehearsal.earliestMs,
    changes: rehearsal.changes.map(differenceBody),
    accountsWithDebt: rehearsal.accounts,
    accountsChangingBand: bandChanges.length,
    accountsLiquidated: liquidations.length,
    accountsCalled: marginCalls.length,
    bandChanges: bandChanges.slice(0, LISTED_MAX).map((each) => ({
      ...accountBody(each, venue),
      from: each.from,
      to: each.to,
    })),
    liquidations: liquidations.slice(0, LISTED_MAX).map((each) => accountBody(each, venue)),
    marginCalls: marginCalls.slice(0, LISTED_MAX).map((each) => accountBody(each, venue)),
  }
}

/** `{"policy.levels.5.marginCall":"1.2"}`: fields of the venue document and what they are to be. */
function readSettings(text: string): PolicySetting[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    parsed = null
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    const why = 'it is an object of fields, such as {"policy.levels.5.marginCall":"1.2"}'
    throw requestError('json_field', { name: 'changes', why })
  }
  return Object.entries(parsed).map(([path, to]) => ({ path, to: to as DocumentValue }))
}
