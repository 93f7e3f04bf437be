import type { Event } from '../../core/domain/event.ts'
import type { BatchBuilder } from './batch.ts'
import type { Place } from './place.ts'

/** What becomes of changes of policy, a row each. */
export function followPolicyChange(batch: BatchBuilder, event: Event, { timeMs }: Place): void {
  const rows = batch.policyChanges
  switch (event.type) {
    case 'PolicyChangeDrafted':
      rows.insert(event.policyChangeId, {
        policy_change_id: event.policyChangeId,
        state: 'DRAFTED',
        author: event.author,
        reason: event.reason,
        changes: JSON.stringify(event.changes),
        loosening: Number(event.loosening),
        drafted_ms: timeMs,
        effect_ms: event.effectMs,
        approver: null,
        approval_reason: null,
        approved_ms: null,
        ended_ms: null,
        end_reason: null,
      })
      break
    case 'PolicyChangeApproved':
      rows.patch(event.policyChangeId, {
        state: 'APPROVED',
        approver: event.author,
        approval_reason: event.reason,
        approved_ms: timeMs,
        effect_ms: event.effectMs,
      })
      break
    case 'PolicyChanged':
      rows.patch(event.policyChangeId, { state: 'IN_FORCE', ended_ms: timeMs })
      break
    case 'PolicyChangeWithdrawn':
    case 'PolicyChangeLapsed': {
      const state = event.type === 'PolicyChangeLapsed' ? 'LAPSED' : 'WITHDRAWN'
      rows.patch(event.policyChangeId, { state, ended_ms: timeMs, end_reason: event.reason })
      break
    }
    default:
  }
}
