import { createHash } from 'node:crypto'
import type { SequencedCommand } from '../../core/domain/command.ts'
import type { Outcome } from '../../core/domain/event.ts'
import type { Sequence } from '../../core/domain/ids.ts'
import type { Answer, Ask, QuestionName } from '../../core/domain/question.ts'
import type { Venue } from '../../core/domain/venue.ts'

/** What the sequencer knows of a state: how far it has come, and which venue it is. */
export interface EngineState {
  sequence: Sequence
  readonly venue: Venue | null
}

/** The deterministic engine, handed in: `core/engine` in every venue, a small one in tests. */
export interface Engine<State extends EngineState> {
  createState(): State
  apply(state: State, sequenced: SequencedCommand): Outcome
  ask<Q extends QuestionName>(state: State, name: Q, question: Ask<Q>): Answer<Q>
  /** Equal states give equal bytes. */
  encodeState(state: State): Uint8Array
  decodeState(bytes: Uint8Array): State
}

/** An engine with its state inside. */
export interface Machine {
  readonly sequence: Sequence
  readonly venue: Venue | null
  apply(sequenced: SequencedCommand): Outcome
  /** Counts a command that was set aside; nothing else changes. */
  passOver(sequence: Sequence): void
  ask<Q extends QuestionName>(name: Q, question: Ask<Q>): Answer<Q>
  encode(): Uint8Array
  /** Hex SHA-256 of the state's bytes. */
  stateHash(): string
  load(bytes: Uint8Array): void
  reset(): void
}

export function machineOf<State extends EngineState>(engine: Engine<State>): Machine {
  let state = engine.createState()
  return {
    get sequence() {
      return state.sequence
    },
    get venue() {
      return state.venue
    },
    apply: (sequenced) => engine.apply(state, sequenced),
    passOver: (sequence) => {
      state.sequence = sequence
    },
    ask: (name, question) => engine.ask(state, name, question),
    encode: () => engine.encodeState(state),
    stateHash: () => createHash('sha256').update(engine.encodeState(state)).digest('hex'),
    load: (bytes) => {
      state = engine.decodeState(bytes)
    },
    reset: () => {
      state = engine.createState()
    },
  }
}
