/** More is queued than the sequencer takes. Nothing was done; the command may be sent again. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'

  constructor(queued: number) {
    super(`${queued} commands are waiting already`)
  }
}

/** What the command waited for was longer than its sender waits. Nothing was done. */
export class TooLate extends Error {
  override readonly name = 'TooLate'

  constructor() {
    super('the command waited longer than its sender does')
  }
}

/** The sequencer takes no more commands. Nothing was done. */
export class SequencerClosed extends Error {
  override readonly name = 'SequencerClosed'

  constructor() {
    super('the sequencer is closed')
  }
}

/** The state is being made anew after a command was set aside; for a moment there is nothing to ask. */
export class Rebuilding extends Error {
  override readonly name = 'Rebuilding'

  constructor() {
    super('the state is being rebuilt')
  }
}

/** A command that was applied once cannot be applied again: this program is not the one that wrote the journal. */
export class ReplayDiverged extends Error {
  override readonly name = 'ReplayDiverged'

  constructor(sequence: number, cause: unknown) {
    const claim = cause instanceof Error ? cause.message : String(cause)
    super(
      `command ${sequence} was applied when it was new and fails now (${claim}). ` +
        'Start the version of the program that wrote this journal; nothing was changed',
      { cause },
    )
  }
}

/** A whole journal that other rules were followed for: replayed under these, it would tell of another history. */
export class RulesDiffer extends Error {
  override readonly name = 'RulesDiffer'

  constructor(journal: {
    readonly path: string
    readonly sequence: number
    readonly version: number
    /** The version of this program's rules. */
    readonly own: number
  }) {
    const { path, sequence, version, own } = journal
    super(
      `${path}, record ${sequence}: this journal was written by rules of version ${version}, and this program has ` +
        `version ${own}, which makes another history of the same commands. Nothing was changed. Start with another ` +
        'data folder, or run this one with the release that wrote it',
    )
  }
}
