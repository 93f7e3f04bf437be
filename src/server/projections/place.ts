import type { Sequence, TimestampMs, UserId } from '../../core/domain/ids.ts'

/** Where in history an event stands. */
export interface Place {
  readonly sequence: Sequence
  /** Among the events of its command, from 0. */
  readonly position: number
  readonly timeMs: TimestampMs
}

/** The columns every row of a user's history begins with. */
export function historyKey(place: Place, userId: UserId, timeMs: TimestampMs = place.timeMs) {
  return {
    user_id: userId,
    time_ms: timeMs,
    sequence: place.sequence,
    position: place.position,
  }
}
