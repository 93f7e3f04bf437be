import type { UserId } from '../../core/domain/ids.ts'

/** Where a notice stands in history: what its id is made of. */
export interface Place {
  readonly sequence: number
  readonly position: number
}

export const CHANNELS = ['WEBHOOK', 'EMAIL'] as const
export type Channel = (typeof CHANNELS)[number]

export const DELIVERY_STATES = ['PENDING', 'DELIVERED', 'FAILED'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** One notice on one channel, and what became of it so far. Times by the wall's clock. */
export interface Delivery {
  /** The same at every attempt and after every restart: what a receiver knows a repetition by. */
  readonly noticeId: string
  readonly channel: Channel
  readonly userId: UserId
  /** JSON, as it is sent. */
  readonly payload: string
  readonly state: DeliveryState
  readonly attempts: number
  readonly createdMs: number
  readonly nextMs: number | null
  readonly doneMs: number | null
  readonly error: string | null
}

export interface Webhook {
  readonly url: string
  readonly secret: string
  readonly createdMs: number
}

/** A delivery did not succeed, for a reason that its owner may read. */
export class DeliveryFailed extends Error {
  override readonly name = 'DeliveryFailed'
}

const RETRY_FIRST_MS = 5_000
const RETRY_MAX_MS = 3_600_000
/** A notice is of no use any more once it is so old. */
export const GIVE_UP_AFTER_MS = 3 * 86_400_000
const ERROR_LENGTH_MAX = 300

/** Rule N3: the delivery after an attempt; `error` null: it arrived. Each pause is twice the one before, up to an hour. */
export function afterAttempt(delivery: Delivery, nowMs: number, error: string | null): Delivery {
  const attempts = delivery.attempts + 1
  if (error === null) {
    return { ...delivery, attempts, state: 'DELIVERED', nextMs: null, doneMs: nowMs, error }
  }
  const failed = { ...delivery, attempts, error: error.slice(0, ERROR_LENGTH_MAX) }
  if (nowMs - delivery.createdMs >= GIVE_UP_AFTER_MS) {
    return { ...failed, state: 'FAILED', nextMs: null, doneMs: nowMs }
  }
  const pauseMs = Math.min(RETRY_FIRST_MS * 2 ** (attempts - 1), RETRY_MAX_MS)
  return { ...failed, nextMs: nowMs + pauseMs }
}
