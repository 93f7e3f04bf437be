import type { SequencedCommand } from '../../core/domain/command.ts'
import type { Outcome } from '../../core/domain/event.ts'
import type { JournalRecord } from '../journal/frame.ts'

/** Commands that tripped an assertion, by sequence, with the claim that failed. Part of history. */
export type SetAside = ReadonlyMap<number, string>

export function encodeSetAside(sequence: number, claim: string): Buffer {
  return Buffer.from(JSON.stringify({ setAside: sequence, claim }))
}

/** The set-aside commands a journal's notes name. Raises for a note this program does not know. */
export function setAsideOf(notes: readonly JournalRecord[]): Map<number, string> {
  const setAside = new Map<number, string>()
  for (const note of notes) {
    const content = JSON.parse(Buffer.from(note.payload).toString())
    if (!Number.isSafeInteger(content?.setAside) || typeof content.claim !== 'string')
      throw new Error(`the note after sequence ${note.sequence} is not known to this program`)
    setAside.set(content.setAside, content.claim)
  }
  return setAside
}

/** What the sender of a set-aside command is told. */
export function setAsideOutcome(
  { sequence, timestampMs }: Pick<SequencedCommand, 'sequence' | 'timestampMs'>,
  claim: string,
): Outcome {
  return { sequence, timestampMs, events: [], refusal: { reason: 'internal_error', claim } }
}

export function claimOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
