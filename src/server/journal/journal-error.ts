/** What is on disk is not what was written: the start stops, and says where and what to do. */
export class JournalDamaged extends Error {
  override readonly name = 'JournalDamaged'
  readonly file: string
  readonly offset: number
  readonly remedy: string

  constructor(file: string, offset: number, what: string, remedy: string) {
    super(`${file} at byte ${offset}: ${what}. ${remedy}`)
    this.file = file
    this.offset = offset
    this.remedy = remedy
  }
}

/** Another process holds the data folder. */
export class JournalInUse extends Error {
  override readonly name = 'JournalInUse'

  constructor(directory: string, holder: string) {
    super(
      `${directory} is in use by ${holder}. Stop that process first, or give this one a folder of its own`,
    )
  }
}

/**
 * A write or a sync failed. What reached the disk is unknown, and a second sync may claim success for data that is
 * lost, so nothing is tried again: the process has to end and recover from what can be read.
 */
export class JournalFailed extends Error {
  override readonly name = 'JournalFailed'

  constructor(file: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`${file} could not be written: ${reason}. The process must end and recover`, { cause })
  }
}

/** A last batch that was being written when the process or the machine stopped. Nobody was told it was done. */
export interface TornTail {
  readonly file: string
  readonly offset: number
  /** The last sequence that stays. */
  readonly sequence: number
  readonly what: string
}
