import type { MarketPayload } from '../../wire/market-stream.ts'
import type { MarketChange } from '../market/symbol-market.ts'

export type Frame = MarketPayload | readonly MarketPayload[]

/** What one stream has to say. It exists while someone listens. */
export interface Topic {
  /** Between regular frames; null: it speaks only when something happens. */
  readonly paceMs: number | null
  /** Notes a change of its symbol (any symbol, for the streams of all). True: it wants to speak now, not at its pace. */
  take(change: MarketChange): boolean
  /** Frames since the last time; `paced` when its regular time has come. */
  drain(nowMs: number, paced: boolean): readonly Frame[]
  /** Someone new listens: a stream of states says the present one at its next time. */
  refresh(): void
}
