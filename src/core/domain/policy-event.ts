import type { PolicyChangeId, TimestampMs } from './ids.ts'
import type { PolicyDifference } from './policy-difference.ts'
import type { VenueDocument } from './venue-document.ts'

/** Rule O1: who wants what to change, and why. */
export interface PolicyChangeDrafted {
  readonly type: 'PolicyChangeDrafted'
  readonly policyChangeId: PolicyChangeId
  readonly changes: readonly PolicyDifference[]
  /** Whether it needs a second person and time (rule O2). */
  readonly loosening: boolean
  /** When it takes effect if it is approved by then. */
  readonly effectMs: TimestampMs
  readonly reason: string
  readonly author: string
}

/** What becomes of a change of policy (rules O1 to O3). */
export type PolicyEvent =
  | PolicyChangeDrafted
  /** Rule O2: it takes effect at `effectMs`, or with this event. */
  | {
      readonly type: 'PolicyChangeApproved'
      readonly policyChangeId: PolicyChangeId
      readonly effectMs: TimestampMs
      readonly reason: string
      readonly author: string
    }
  | {
      readonly type: 'PolicyChangeWithdrawn'
      readonly policyChangeId: PolicyChangeId
      readonly reason: string
      readonly author: string
    }
  /** Its time came, and it no longer fitted what was in force by then (rule O3). */
  | {
      readonly type: 'PolicyChangeLapsed'
      readonly policyChangeId: PolicyChangeId
      readonly reason: string
    }
  /** The venue is by `document` from here on. */
  | {
      readonly type: 'PolicyChanged'
      readonly policyChangeId: PolicyChangeId
      readonly document: VenueDocument
    }
