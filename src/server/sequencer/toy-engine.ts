import { InvariantViolation } from '../../core/assert.ts'
import type { SequencedCommand } from '../../core/domain/command.ts'
import type { Outcome } from '../../core/domain/event.ts'
import type { Sequence } from '../../core/domain/ids.ts'
import type { Answer, QuestionName } from '../../core/domain/question.ts'
import type { Engine, EngineState } from './machine.ts'

/** Deposits of this amount break it halfway. */
export const POISON = 666n

export interface ToyState extends EngineState {
  timeMs: number
  total: bigint
  /** Changed first by every deposit, so that a broken one leaves a trace. */
  started: number
}

/** The smallest engine with an order, a time and a defect: for tests and measurements of what is around it. */
export const TOY_ENGINE: Engine<ToyState> = {
  createState: () => ({
    sequence: 0 as Sequence,
    venue: null,
    timeMs: 0,
    total: 0n,
    started: 0,
  }),
  apply: (state, { sequence, timestampMs, command }: SequencedCommand): Outcome => {
    if (sequence !== state.sequence + 1) throw new InvariantViolation(`${sequence} is out of order`)
    if (timestampMs < state.timeMs) throw new InvariantViolation('time ran backwards')
    state.sequence = sequence
    state.timeMs = timestampMs
    if (command.type === 'Deposit') {
      state.started += 1
      if (command.amount === POISON) throw new InvariantViolation('no deposit is poisonous')
      // The order of deposits matters to the result.
      state.total = (state.total * 31n + command.amount) % 1_000_000_007n
    }
    return { sequence, timestampMs, events: [], refusal: null }
  },
  ask: <Q extends QuestionName>(state: ToyState) =>
    ({ sequence: state.sequence, timeMs: state.timeMs, users: state.started }) as Answer<Q>,
  encodeState: (state) =>
    Buffer.from(JSON.stringify([state.sequence, state.timeMs, `${state.total}`, state.started])),
  decodeState: (bytes) => {
    const [sequence, timeMs, total, started] = JSON.parse(Buffer.from(bytes).toString())
    return { sequence, venue: null, timeMs, total: BigInt(total), started }
  },
}
