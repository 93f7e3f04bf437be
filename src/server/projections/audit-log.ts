import type { Event } from '../../core/domain/event.ts'
import type { UserId } from '../../core/domain/ids.ts'
import type { BatchBuilder } from './batch.ts'
import type { Place } from './place.ts'

interface Entry {
  readonly author: string
  readonly userId: UserId | null
  readonly reason: string
  /** Plain JSON. */
  readonly detail: object
}

/** Who acts when nobody does: the clock, or a guard. */
const VENUE = 'venue'

/** Rule O5: adds what an operator, or the venue in an operator's place, did. */
export function appendAudit(batch: BatchBuilder, event: Event, place: Place): void {
  const entry = entryOf(event)
  if (entry === null) return
  batch.append('audit_log', {
    sequence: place.sequence,
    position: place.position,
    time_ms: place.timeMs,
    author: entry.author,
    action: event.type,
    user_id: entry.userId,
    reason: entry.reason,
    detail: JSON.stringify(entry.detail),
  })
}

function entryOf(event: Event): Entry | null {
  switch (event.type) {
    case 'VenueOpened': {
      const { name, policy } = event.document
      return by(VENUE, '', { name, profile: policy.profile })
    }
    case 'KycReviewed':
      return by(event.reviewer, event.reason, { decision: event.decision }, event.userId)
    case 'TradeGroupSet': {
      const { author, reason, tradeGroupId, userId } = event
      return by(author, reason, { tradeGroupId }, userId)
    }
    case 'FundingBackdated':
      return by(VENUE, '', { days: event.days }, event.userId)
    case 'SymbolStateChanged': {
      const { author, reason, symbol, state, untilMs } = event
      return by(author, reason, { symbol, state, untilMs })
    }
    case 'PolicyChangeDrafted': {
      const { author, reason, type: _type, ...detail } = event
      return by(author, reason, detail)
    }
    case 'PolicyChangeApproved': {
      const { policyChangeId, effectMs } = event
      return by(event.author, event.reason, { policyChangeId, effectMs })
    }
    case 'PolicyChangeWithdrawn':
      return by(event.author, event.reason, { policyChangeId: event.policyChangeId })
    case 'PolicyChangeLapsed':
      return by(VENUE, event.reason, { policyChangeId: event.policyChangeId })
    case 'PolicyChanged':
      return by(VENUE, '', { policyChangeId: event.policyChangeId })
    default:
      return null
  }
}

function by(author: string, reason: string, detail: object, userId: UserId | null = null): Entry {
  return { author, reason, detail, userId }
}
