import type { Head, JournalRecord } from '../journal/frame.ts'
import { decodeBatch, GENESIS_CHAIN, isFlaw, recordsOf, SECTOR_BYTES } from '../journal/frame.ts'
import { journalDirectory, readSegment, segmentName } from '../journal/segment.ts'
import type { Storage } from '../journal/storage.ts'
import { RulesDiffer } from './sequencer-error.ts'

/**
 * The oldest command version whose commands the engine still does the same with. Raised to the present one with every
 * change of the engine that makes another history of commands that it already took.
 */
const RULES_VERSION = 3

const FIRST_SEQUENCE = 1
const BEFORE_ALL: Head = { sequence: 0, chain: GENESIS_CHAIN }

/**
 * Rule J12: raises `RulesDiffer` for a journal that was begun under older rules. Reads its first record, takes no lock
 * and changes nothing, so it comes before all that does. An empty journal has no rules yet; what is damaged is left to
 * whoever reads the whole of it.
 */
export async function refuseOlderRules(storage: Storage, dataDirectory: string): Promise<void> {
  const directory = journalDirectory(dataDirectory)
  const name = segmentName(FIRST_SEQUENCE)
  if (!(await storage.list(directory)).includes(name)) return
  const path = `${directory}/${name}`
  const first = firstRecord(await readSegment(storage, path))
  const version = first === null ? null : versionOf(first)
  if (version === null || version >= RULES_VERSION) return
  throw new RulesDiffer({ path, sequence: FIRST_SEQUENCE, version, own: RULES_VERSION })
}

function firstRecord(segment: Buffer): JournalRecord | null {
  let offset = SECTOR_BYTES
  for (;;) {
    const batch = decodeBatch(segment, offset, BEFORE_ALL, 0)
    if (isFlaw(batch)) return null
    if (batch.kind === 'records') return recordsOf(segment, batch)[0] ?? null
    offset = batch.end
  }
}

/** What a command's bytes begin with; null when they are no command, which the codec then says. */
function versionOf({ payload }: JournalRecord): number | null {
  const version = /^\[(\d+),/.exec(Buffer.from(payload).toString())?.[1]
  return version === undefined ? null : Number(version)
}
