import type { PolicyChangeId, TimestampMs } from '../domain/ids.ts'
import type { PolicyDifference } from '../domain/policy-difference.ts'
import type { PolicySetting } from '../domain/policy-setting.ts'

/** A change of policy that is drafted, or approved and waiting for its time (rules O1, O2). */
export interface PolicyChange {
  readonly id: PolicyChangeId
  readonly settings: readonly PolicySetting[]
  /** What the settings did to the document they were drafted against. */
  readonly changes: readonly PolicyDifference[]
  readonly loosening: boolean
  readonly effectMs: TimestampMs
  readonly reason: string
  readonly author: string
  /** Null: nobody has. */
  approvedBy: string | null
}

/** Drafts and approved changes that wait for their time: what has ended is history and kept by the read model. */
export const POLICY_CHANGES_MAX = 100

/** The changes of policy that are not in force yet, oldest first. */
export class PolicyChanges {
  lastId = 0 as PolicyChangeId
  /** When the first approved one takes effect; infinity: none waits. */
  nextMs = Number.POSITIVE_INFINITY
  readonly #open = new Map<PolicyChangeId, PolicyChange>()

  get size(): number {
    return this.#open.size
  }

  all(): Iterable<PolicyChange> {
    return this.#open.values()
  }

  find(id: PolicyChangeId): PolicyChange | undefined {
    return this.#open.get(id)
  }

  add(change: PolicyChange): void {
    this.#open.set(change.id, change)
    this.#schedule()
  }

  approve(change: PolicyChange, by: string): void {
    change.approvedBy = by
    this.#schedule()
  }

  remove(id: PolicyChangeId): void {
    this.#open.delete(id)
    this.#schedule()
  }

  /** Takes out those approved whose time has come, in the order of their times, then of their drafts. */
  takeDue(nowMs: TimestampMs): PolicyChange[] {
    const due = [...this.#open.values()]
      .filter(({ approvedBy, effectMs }) => approvedBy !== null && effectMs <= nowMs)
      .sort((a, b) => a.effectMs - b.effectMs || a.id - b.id)
    for (const { id } of due) this.#open.delete(id)
    this.#schedule()
    return due
  }

  #schedule(): void {
    this.nextMs = Number.POSITIVE_INFINITY
    for (const { approvedBy, effectMs } of this.#open.values()) {
      if (approvedBy !== null) this.nextMs = Math.min(this.nextMs, effectMs)
    }
  }
}
