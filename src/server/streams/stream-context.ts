import type { TimestampMs } from '../../core/domain/ids.ts'
import type { Answer, Ask, QuestionName } from '../../core/domain/question.ts'
import type { Venue } from '../../core/domain/venue.ts'
import type { ApiKeyStore } from '../access/api-key.ts'
import type { ListenTokens } from '../access/listen-tokens.ts'
import type { RateLimits } from '../access/rate-limits.ts'

/** The venue as streams see it: asked, never told. */
export interface StreamEngine {
  ask<Q extends QuestionName>(name: Q, question: Ask<Q>): Answer<Q>
  readonly venue: Venue
  nowMs(): TimestampMs
}

/** What streams share with the gateway. */
export interface StreamContext {
  readonly engine: StreamEngine
  readonly keys: ApiKeyStore
  readonly listenTokens: ListenTokens
  readonly rateLimits: RateLimits
  /** Null: an operator's venue, where only the wall clock dates a request. */
  readonly sandbox: object | null
  /** Wall clock. */
  readonly wallNowMs: () => number
  /** Recovered and trading. */
  readonly ready: () => boolean
  /** Tells of a failure that is no refusal. */
  readonly onError?: (error: unknown, where: string) => void
}
