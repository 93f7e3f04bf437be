import type { UserId } from '../../core/domain/ids.ts'

/**
 * What an operator may do beside reading, which every role can. `compliance`: identities and trade groups. `risk`:
 * changes of policy. `market`: what symbols take.
 */
export const ROLES = ['viewer', 'compliance', 'risk', 'market'] as const
export type Role = (typeof ROLES)[number]

/** One of those who keep the venue. They are people, not keys: two keys of one operator are one person (rule O2). */
export interface Operator {
  /** As commands and the audit log name them: `operator-1`. Names and addresses stay out of the journal. */
  readonly name: string
  readonly email: string
  readonly roles: readonly Role[]
}

/** Who operates the venue, by the number their keys and sessions carry. */
export interface Operators {
  operator(userId: UserId): Operator | null
  operators(): readonly Operator[]
}

/** Operators are numbered below zero: they are no users of the engine, and own nothing. */
export function isOperatorId(userId: UserId): boolean {
  return userId < 0
}

export function operatorName(userId: UserId): string {
  return `operator-${-userId}`
}
