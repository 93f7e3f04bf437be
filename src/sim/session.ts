import type { Command, SequencedCommand } from '../core/domain/command.ts'
import type { Outcome } from '../core/domain/event.ts'
import type { Sequence, TimestampMs } from '../core/domain/ids.ts'
import type { Answer, Ask, QuestionName } from '../core/domain/question.ts'
import { ask } from '../core/engine/ask.ts'
import { apply } from '../core/engine/engine.ts'
import type { ExchangeState } from '../core/engine/state.ts'
import { createState } from '../core/engine/state.ts'

/** Told of every command and what it did, in order. */
export type Observer = (sequenced: SequencedCommand, outcome: Outcome) => void

/** An engine with a clock set by hand: commands go straight in, one after another. */
export class Session {
  readonly state: ExchangeState
  readonly #observers: Observer[] = []
  #sequence: number
  #nowMs: number

  /** Goes on from `state`, or with a venue that is yet to be opened. */
  constructor(startMs: number, state: ExchangeState = createState()) {
    this.#nowMs = startMs
    this.state = state
    this.#sequence = state.sequence
  }

  get commands(): number {
    return this.#sequence
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** Sets the clock for the commands that follow; it never goes back. */
  at(timeMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, timeMs)
  }

  observe(observer: Observer): void {
    this.#observers.push(observer)
  }

  submit(command: Command): Outcome {
    this.#sequence += 1
    const sequenced = {
      sequence: this.#sequence as Sequence,
      timestampMs: this.#nowMs as TimestampMs,
      command,
    }
    const outcome = apply(this.state, sequenced)
    for (const observer of this.#observers) observer(sequenced, outcome)
    return outcome
  }

  ask<Q extends QuestionName>(name: Q, question: Ask<Q>): Answer<Q> {
    return ask(this.state, name, question)
  }
}
