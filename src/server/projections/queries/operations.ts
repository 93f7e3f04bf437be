import type { Kysely } from 'kysely'
import type { PolicyChangeId, Sequence, TimestampMs, UserId } from '../../../core/domain/ids.ts'
import type { PolicyDifference } from '../../../core/domain/policy-difference.ts'
import type { ReadModel, StoredRow } from '../tables.ts'
import { optionalNumber } from './page.ts'

export interface PolicyChangeRecord {
  readonly policyChangeId: PolicyChangeId
  readonly state: 'DRAFTED' | 'APPROVED' | 'IN_FORCE' | 'WITHDRAWN' | 'LAPSED'
  readonly author: string
  readonly reason: string
  readonly changes: readonly PolicyDifference[]
  readonly loosening: boolean
  readonly draftedMs: TimestampMs
  readonly effectMs: TimestampMs
  readonly approver: string | null
  readonly approvalReason: string | null
  readonly approvedMs: TimestampMs | null
  readonly endedMs: TimestampMs | null
  readonly endReason: string | null
}

export interface AuditRecord {
  readonly sequence: Sequence
  readonly position: number
  readonly timeMs: TimestampMs
  readonly author: string
  readonly action: string
  readonly userId: UserId | null
  readonly reason: string
  readonly detail: object
}

export interface AuditRequest {
  /** Only what came before this entry; undefined: the newest. */
  readonly before?: { readonly sequence: number; readonly position: number } | undefined
  readonly limit: number
  readonly author?: string | undefined
  readonly userId?: number | undefined
}

/** What those who keep the venue ask for. */
export function operationQueries(database: Kysely<ReadModel>) {
  return {
    /** Newest first. */
    async policyChanges(limit: number): Promise<PolicyChangeRecord[]> {
      const rows = await database
        .selectFrom('policy_changes')
        .selectAll()
        .orderBy('policy_change_id', 'desc')
        .limit(limit)
        .execute()
      return rows.map(policyChangeRecord)
    },

    async policyChange(id: PolicyChangeId): Promise<PolicyChangeRecord | null> {
      const row = await database
        .selectFrom('policy_changes')
        .selectAll()
        .where('policy_change_id', '=', BigInt(id))
        .executeTakeFirst()
      return row === undefined ? null : policyChangeRecord(row)
    },

    /** Newest first. */
    async auditLog({ before, limit, author, userId }: AuditRequest): Promise<AuditRecord[]> {
      let matching = database.selectFrom('audit_log').selectAll()
      if (before !== undefined) {
        const [sequence, position] = [BigInt(before.sequence), BigInt(before.position)]
        matching = matching.where(({ eb, and, or }) =>
          or([
            eb('sequence', '<', sequence),
            and([eb('sequence', '=', sequence), eb('position', '<', position)]),
          ]),
        )
      }
      if (author !== undefined) matching = matching.where('author', '=', author)
      if (userId !== undefined) matching = matching.where('user_id', '=', BigInt(userId))
      const rows = await matching
        .orderBy('sequence', 'desc')
        .orderBy('position', 'desc')
        .limit(limit)
        .execute()
      return rows.map(auditRecord)
    },
  }
}

function policyChangeRecord(row: StoredRow<'policy_changes'>): PolicyChangeRecord {
  return {
    policyChangeId: Number(row.policy_change_id) as PolicyChangeId,
    state: row.state as PolicyChangeRecord['state'],
    author: row.author,
    reason: row.reason,
    changes: JSON.parse(row.changes) as PolicyDifference[],
    loosening: row.loosening === 1n,
    draftedMs: Number(row.drafted_ms) as TimestampMs,
    effectMs: Number(row.effect_ms) as TimestampMs,
    approver: row.approver,
    approvalReason: row.approval_reason,
    approvedMs: optionalNumber(row.approved_ms),
    endedMs: optionalNumber(row.ended_ms),
    endReason: row.end_reason,
  }
}

function auditRecord(row: StoredRow<'audit_log'>): AuditRecord {
  return {
    sequence: Number(row.sequence) as Sequence,
    position: Number(row.position),
    timeMs: Number(row.time_ms) as TimestampMs,
    author: row.author,
    action: row.action,
    userId: optionalNumber(row.user_id),
    reason: row.reason,
    detail: JSON.parse(row.detail) as object,
  }
}
