import type { Command } from '../../core/domain/command.ts'
import type { Outcome } from '../../core/domain/event.ts'
import type { Sequence, TimestampMs, UserId } from '../../core/domain/ids.ts'
import type { Answer, Ask, QuestionName } from '../../core/domain/question.ts'
import type { Venue } from '../../core/domain/venue.ts'
import type { ApiKeyStore } from '../access/api-key.ts'
import type { IdentityStore } from '../access/identity-store.ts'
import type { ListenTokens } from '../access/listen-tokens.ts'
import type { Operators } from '../access/operator.ts'
import type { RateLimits } from '../access/rate-limits.ts'
import type { MarketView } from '../market/market-view.ts'
import type { Queries } from '../projections/queries.ts'
import type { NoticeDoor } from './notice-door.ts'
import type { SandboxDoor } from './sandbox.ts'

/** The venue as the gateway drives it; the sequencer is one. */
export interface Engine {
  /** `isLate` is asked right before the command would be done. */
  submit(command: Command, isLate?: () => boolean): Promise<Outcome>
  ask<Q extends QuestionName>(name: Q, question: Ask<Q>): Answer<Q>
  readonly sequence: Sequence
  readonly venue: Venue
  nowMs(): TimestampMs
}

export type MarketReader = Pick<
  MarketView,
  | 'depth'
  | 'recentTrades'
  | 'bookTicker'
  | 'lastPrice'
  | 'ticker'
  | 'ticker24h'
  | 'averagePrice'
  | 'timeMs'
>

/** A user anyone may be: shown on the front page of a sandbox. */
export interface DemoUser {
  readonly name: string
  /** What they have and may do. */
  readonly about?: string
  readonly apiKey: string
  readonly secretKey: string
  readonly loginUrl?: string
}

/** How far the read model has come. */
export interface ReadModelCursor {
  /** Resolves once the read model holds everything up to and with `sequence`. */
  waitFor(sequence: Sequence): Promise<void>
}

export interface GatewayDeps {
  readonly engine: Engine
  readonly market: MarketReader
  readonly histories: Queries
  readonly projector: ReadModelCursor
  readonly keys: ApiKeyStore
  /** Where users make and end their keys. */
  readonly keyRegistry: Pick<IdentityStore, 'createKey' | 'listKeys' | 'revokeKey'>
  readonly operators: Operators
  /** Whose address a user has given; null: nobody's. */
  readonly emailOf: (userId: UserId) => Promise<string | null>
  readonly notices: NoticeDoor
  readonly listenTokens: ListenTokens
  readonly rateLimits: RateLimits
  /** Null: an operator's venue; `/sandbox/v1` is then not there. */
  readonly sandbox: SandboxDoor | null
  readonly demo: readonly DemoUser[]
  /** Wall clock. */
  readonly wallNowMs: () => number
  /** Recovered and trading. */
  readonly ready: () => boolean
  /** Whose browser session a token names; null: nobody's. Leave out where nobody logs in. */
  readonly sessionUser?: (token: string) => UserId | null
  /** Tells of a failure that is no refusal. */
  readonly onError?: (error: unknown, where: string) => void
}
