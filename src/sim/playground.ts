import type { Answer, Ask, QuestionName } from '../core/domain/question.ts'

/** What a workload needs of the venue it is for: its answers, and a clock that it may move on. */
export interface Playground {
  readonly nowMs: number
  at(timeMs: number): void
  ask<Q extends QuestionName>(name: Q, question: Ask<Q>): Answer<Q>
}
