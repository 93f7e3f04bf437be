import assert from 'node:assert/strict'
import type { BatchKind, Head, JournalRecord } from './frame.ts'
import { encodeBatch, SECTOR_BYTES } from './frame.ts'
import type { TornTail } from './journal-error.ts'
import { JournalFailed } from './journal-error.ts'
import { chainAt, readRecords } from './read.ts'
import type { JournalScan, SegmentPlace } from './scan.ts'
import { scanJournal } from './scan.ts'
import {
  journalDirectory,
  nameSegment,
  prepareSegment,
  SEGMENT_BYTES,
  writeZeros,
} from './segment.ts'
import type { Storage, StorageFile } from './storage.ts'

export interface JournalOptions {
  /** What a segment is made with; a batch that is larger gets a segment of its size. */
  readonly segmentBytes?: number
  readonly onTornTail?: (tail: TornTail) => void
}

/**
 * The history on disk: batches of records, each written and synced as one, each chained to the one before by hash.
 * There is one writer, one write at a time. After any failure it takes nothing more.
 */
export class Journal {
  readonly #storage: Storage
  readonly #directory: string
  readonly #segmentBytes: number
  readonly #segments: SegmentPlace[]
  readonly #notes: JournalRecord[]
  readonly #release: () => Promise<void>
  /** Counts the openings for writing; every batch names its own, so that a writer that was replaced is known. */
  readonly epoch: number
  /** Records from here on may have been written without their effects having been seen (see `JournalScan`). */
  readonly undecidedFrom: number
  #file: StorageFile | null = null
  #fileBytes = 0
  #offset = SECTOR_BYTES
  #head: Head
  #spare: Promise<StorageFile> | null = null
  #failure: JournalFailed | null = null
  #busy = false
  /** Something was written since the last mark of an end in order. */
  #written: boolean

  private constructor(
    storage: Storage,
    directory: string,
    segmentBytes: number,
    scan: JournalScan,
    release: () => Promise<void>,
  ) {
    this.#storage = storage
    this.#directory = directory
    this.#segmentBytes = segmentBytes
    this.#segments = [...scan.segments]
    this.#notes = [...scan.notes]
    this.#release = release
    this.#head = scan.head
    this.#offset = scan.endOffset
    this.#written = !scan.closed
    this.epoch = scan.epoch + 1
    this.undecidedFrom = scan.closed ? scan.head.sequence + 1 : scan.undecidedFrom
  }

  /**
   * Locks the data folder, checks the whole journal and readies it for writing. A torn last batch is cut off and
   * reported. Raises `JournalInUse`, or `JournalDamaged` without having changed anything.
   */
  static async open(
    storage: Storage,
    dataDirectory: string,
    options: JournalOptions = {},
  ): Promise<Journal> {
    const directory = journalDirectory(dataDirectory)
    await storage.makeDirectory(directory)
    const release = await storage.lock(dataDirectory)
    try {
      const scan = await scanJournal(storage, directory)
      if (scan.tornTail !== null) options.onTornTail?.(scan.tornTail)
      const segmentBytes = options.segmentBytes ?? SEGMENT_BYTES
      const journal = new Journal(storage, directory, segmentBytes, scan, release)
      await journal.#takeUp(scan)
      return journal
    } catch (error) {
      await release()
      throw error
    }
  }

  get head(): Head {
    return this.#head
  }

  /** What was said beside the sequence, oldest first. */
  get notes(): readonly JournalRecord[] {
    return this.#notes
  }

  /** The records after a sequence up to the present head, read segment by segment. Payloads are only lent. */
  records(after: number): AsyncGenerator<JournalRecord> {
    return readRecords(this.#storage, this.#segments, after, this.#head.sequence)
  }

  /** The hash at the end of the batch that ends with `sequence`; null when no batch does. */
  chainAt(sequence: number): Promise<Uint8Array | null> {
    return chainAt(this.#storage, this.#segments, sequence)
  }

  /**
   * Writes records as one batch and syncs it: durable, all or none, once this resolves. Their sequences continue
   * the head's. Raises `JournalFailed`; whether the batch is on disk is then unknown until the next opening.
   */
  async append(records: readonly JournalRecord[]): Promise<Head> {
    await this.#write('records', records)
    return this.#head
  }

  /** Writes and syncs a note, which carries the head's sequence and does not advance it. */
  async appendNote(timestampMs: number, payload: Uint8Array): Promise<void> {
    const note = { sequence: this.#head.sequence, timestampMs, payload }
    await this.#write('note', [note])
    this.#notes.push(note)
  }

  /** Lets go of whole segments that end no later than a sequence. Only for a journal that nobody opens again. */
  async discardThrough(sequence: number): Promise<void> {
    while ((this.#segments[1]?.firstSequence ?? Number.POSITIVE_INFINITY) <= sequence + 1) {
      const discarded = this.#segments.shift()
      if (discarded !== undefined) await this.#storage.remove(discarded.path)
    }
  }

  /** Marks the end of a run in order and lets the folder go. */
  async close(): Promise<void> {
    try {
      if (this.#failure === null && this.#written) await this.#write('closed', [])
    } finally {
      await this.abandon()
    }
  }

  /** Lets the folder go as a crash would: whether all that was written was also applied is left open. */
  async abandon(): Promise<void> {
    const spare = await this.#spare?.catch(() => null)
    await spare?.close()
    await this.#file?.close()
    await this.#release()
  }

  /** Brings what was found on disk into a state that can be written on. */
  async #takeUp(scan: JournalScan): Promise<void> {
    await this.#storage.remove(`${this.#directory}/next.tmp`)
    const last = this.#segments.at(-1)
    if (last === undefined) {
      await this.#startSegment(this.#segmentBytes)
    } else {
      const file = await this.#storage.open(last.path)
      this.#file = file
      this.#fileBytes = Math.max(await file.size(), this.#segmentBytes)
      if (scan.tornTail !== null) await file.truncate(scan.endOffset)
      await writeZeros(file, await file.size(), this.#fileBytes)
      // What a failed sync left in the page cache reads well and is on no disk: write it again before trusting it.
      if (scan.lastBatch !== null) await file.write(scan.lastBatch.offset, scan.lastBatch.bytes)
      await file.sync()
      await this.#storage.syncDirectory(this.#directory)
    }
  }

  async #write(kind: BatchKind, records: readonly JournalRecord[]): Promise<void> {
    if (this.#failure !== null) throw this.#failure
    assert(!this.#busy, 'one write at a time')
    this.#busy = true
    try {
      const { bytes, head } = encodeBatch(kind, records, this.epoch, this.#head)
      // A sector stays free in every segment for the mark that it is continued.
      if (this.#offset + bytes.length + SECTOR_BYTES > this.#fileBytes)
        await this.#roll(bytes.length)
      const file = this.#openFile()
      await file.write(this.#offset, bytes)
      await file.sync()
      this.#offset += bytes.length
      this.#head = head
      if (this.#spare === null && this.#offset > this.#fileBytes / 2) this.#prepareSpare()
      this.#written = kind !== 'closed'
    } catch (error) {
      this.#failure = new JournalFailed(this.#segments.at(-1)?.path ?? this.#directory, error)
      throw this.#failure
    } finally {
      this.#busy = false
    }
  }

  #openFile(): StorageFile {
    assert(this.#file !== null, 'a journal being written has an open segment')
    return this.#file
  }

  /** Goes on in a new segment, which exists on disk before the old one says so. */
  async #roll(batchBytes: number): Promise<void> {
    const full = this.#openFile()
    const mark = encodeBatch('continued', [], this.epoch, this.#head)
    const markOffset = this.#offset
    await this.#startSegment(Math.max(this.#segmentBytes, batchBytes + 2 * SECTOR_BYTES))
    await full.write(markOffset, mark.bytes)
    await full.sync()
    await full.close()
  }

  async #startSegment(bytes: number): Promise<void> {
    const spare = bytes === this.#segmentBytes ? this.#spare : null
    if (spare === null) await (await this.#spare)?.close()
    this.#spare = null
    const blank = await (spare ?? prepareSegment(this.#storage, this.#directory, bytes))
    const file = await nameSegment(this.#storage, this.#directory, blank, this.#head)
    this.#segments.push({ path: file.path, firstSequence: this.#head.sequence + 1 })
    this.#file = file
    this.#fileBytes = bytes
    this.#offset = SECTOR_BYTES
  }

  /** The next segment is made while the second half of this one fills: going over to it costs three small syncs. */
  #prepareSpare(): void {
    const spare = prepareSegment(this.#storage, this.#directory, this.#segmentBytes)
    spare.catch(() => {}) // reported where it is awaited
    this.#spare = spare
  }
}
