import type { NamedAccount } from '../../../core/domain/operator-answer.ts'
import type { Venue } from '../../../core/domain/venue.ts'
import type { Parameters } from '../../../wire/parameters.ts'
import { requestError } from '../../../wire/request-error.ts'
import type { OperatorCall } from '../endpoint.ts'

const REASON_LENGTH_MAX = 500

/** Why an operator does something: what the audit log will say of it. */
export function readReason(parameters: Parameters): string {
  const reason = parameters.requiredText('reason')
  if (reason.length <= REASON_LENGTH_MAX && reason.trim() !== '') return reason
  throw requestError('json_field', {
    name: 'reason',
    why: `it has 1 to ${REASON_LENGTH_MAX} letters`,
  })
}

/** What stands for `:id`, as a number. */
export function idOf({ id }: OperatorCall, what: string): number {
  if (/^[1-9]\d{0,14}$/.test(id)) return Number(id)
  throw requestError('nothing_of_that_number', { what, id })
}

/** `symbol` null: the cross account. */
export function accountBody({ userId, pair }: NamedAccount, venue: Venue) {
  return { userId, symbol: pair === null ? null : (venue.symbols[pair]?.symbol ?? null) }
}
