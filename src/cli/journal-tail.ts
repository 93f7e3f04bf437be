import { setTimeout as delay } from 'node:timers/promises'
import type { Head, JournalRecord } from '../server/journal/frame.ts'
import { decodeBatch, isFlaw, recordsOf, SECTOR_BYTES } from '../server/journal/frame.ts'
import { nodeStorage } from '../server/journal/node-storage.ts'
import { decodeSegmentHeader, readSegment, sequenceInName } from '../server/journal/segment.ts'
import { decodeCommand } from '../server/sequencer/command-codec.ts'
import { WrongInput, wholeNumber } from './failure.ts'
import { journalIn } from './journal.ts'

/** As the command line gives them: `fulcrum journal tail -n 20 --follow`. */
export interface TailOptions {
  readonly data: string
  readonly lines?: string
  readonly follow?: boolean
}

const LINES = '10'
const POLL_MS = 250

/** Prints the newest commands, a line of JSON each, and with `follow` every one that comes, until interrupted. */
export async function runTail({
  data,
  lines = LINES,
  follow = false,
}: TailOptions): Promise<number> {
  const directory = journalIn(data)
  const { records, place } = await newest(directory, wholeNumber('-n', lines, 0))
  for (const record of records) console.log(lineOf(record))
  let reached = place
  while (follow) {
    await delay(POLL_MS)
    const more = await after(directory, reached)
    for (const record of more.records) console.log(lineOf(record))
    reached = more.place
  }
  return 0
}

/** One command as a line of JSON; whole numbers beyond 2^53 are text. */
export function lineOf({ sequence, timestampMs, payload }: JournalRecord): string {
  const time = new Date(timestampMs).toISOString()
  return JSON.stringify({ sequence, time, ...decodeCommand(payload) }, (_key, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
}

/** How far a reader has come. */
export interface Reached {
  readonly segment: string
  readonly offset: number
  readonly head: Head
}

interface Read {
  readonly records: readonly JournalRecord[]
  readonly place: Reached
}

/** The last `count` records, from as few segments as hold them. */
export async function newest(directory: string, count: number): Promise<Read> {
  const names = await segmentsOf(directory)
  let records: readonly JournalRecord[] = []
  let place: Reached | null = null
  for (const name of names.toReversed()) {
    const read = await readFrom(directory, await beginning(directory, name))
    place ??= read.place
    records = [...read.records, ...records]
    if (records.length >= count) break
  }
  if (place === null) throw new WrongInput(`${directory} has no segments yet`)
  return { records: count === 0 ? [] : records.slice(-count), place }
}

/** What was written since. A batch that is still being written is left for the next time. */
export async function after(directory: string, reached: Reached): Promise<Read> {
  const names = await segmentsOf(directory)
  let { records, place } = await readFrom(directory, reached)
  for (const name of names.slice(names.indexOf(reached.segment) + 1)) {
    const read = await readFrom(directory, await beginning(directory, name))
    records = [...records, ...read.records]
    place = read.place
  }
  return { records, place }
}

async function segmentsOf(directory: string): Promise<string[]> {
  return (await nodeStorage().list(directory)).filter((name) => sequenceInName(name) !== null)
}

async function beginning(directory: string, segment: string): Promise<Reached> {
  const head = decodeSegmentHeader(await readSegment(nodeStorage(), `${directory}/${segment}`))
  if (typeof head === 'string') throw new Error(`${segment}: ${head}`)
  return { segment, offset: SECTOR_BYTES, head }
}

async function readFrom(directory: string, { segment, offset, head }: Reached): Promise<Read> {
  const bytes = await readSegment(nodeStorage(), `${directory}/${segment}`)
  const records: JournalRecord[] = []
  let at = offset
  let reached = head
  for (;;) {
    const batch = decodeBatch(bytes, at, reached, 0)
    // A segment's last mark is no part of the chain: it says only that another one follows.
    if (isFlaw(batch) || batch.kind === 'continued') break
    if (batch.kind === 'records') records.push(...recordsOf(bytes, batch))
    reached = { sequence: batch.lastSequence, chain: batch.chain }
    at = batch.end
  }
  return { records, place: { segment, offset: at, head: reached } }
}
