import type { JournalRecord } from '../server/journal/frame.ts'
import { Journal } from '../server/journal/journal.ts'
import type { Storage } from '../server/journal/storage.ts'
import { encodeCommand } from '../server/sequencer/command-codec.ts'
import type { Observer } from './session.ts'

const BATCH_RECORDS = 1_024

/** Keeps the commands of an in-memory run, to leave them as the journal that a venue would have written. */
export class JournalWriter {
  readonly #records: JournalRecord[] = []

  readonly observer: Observer = ({ sequence, timestampMs, command }) => {
    this.#records.push({ sequence, timestampMs, payload: encodeCommand(command) })
  }

  /** Writes all of it into a data folder that has no journal yet. */
  async write(storage: Storage, dataDirectory: string): Promise<void> {
    const journal = await Journal.open(storage, dataDirectory)
    try {
      for (let from = 0; from < this.#records.length; from += BATCH_RECORDS) {
        await journal.append(this.#records.slice(from, from + BATCH_RECORDS))
      }
    } finally {
      await journal.close()
    }
  }
}
