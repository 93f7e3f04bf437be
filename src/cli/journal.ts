import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { recordsOf } from '../server/journal/frame.ts'
import { JournalDamaged } from '../server/journal/journal-error.ts'
import { nodeStorage } from '../server/journal/node-storage.ts'
import type { BatchVisitor, JournalScan } from '../server/journal/scan.ts'
import { scanJournal } from '../server/journal/scan.ts'
import { journalDirectory } from '../server/journal/segment.ts'
import { decodeCommand } from '../server/sequencer/command-codec.ts'
import { setAsideOf } from '../server/sequencer/set-aside.ts'
import { WrongInput } from './failure.ts'

const PAUSE_MS = 100

/** The journal's folder in a data folder; raises `WrongInput` when there is none. */
export function journalIn(data: string): string {
  const directory = journalDirectory(data)
  if (existsSync(directory)) return directory
  throw new WrongInput(`${data} has no journal; give the data folder with --data`)
}

/**
 * The whole journal, checked. A batch that a running venue is writing may look torn or damaged to a reader, and is
 * whole a moment later, so only what is still wrong at the same place is told. `begin` makes each attempt's visitor.
 */
export async function scannedJournal(
  directory: string,
  begin: () => BatchVisitor = () => () => {},
): Promise<JournalScan> {
  let wrongAt = ''
  for (;;) {
    const scan = await scanJournal(nodeStorage(), directory, begin()).catch((error: unknown) => {
      if (error instanceof JournalDamaged) return error
      throw error
    })
    const flaw = scan instanceof JournalDamaged ? scan : scan.tornTail
    const place = flaw === null ? '' : `${flaw.file} ${flaw.offset}`
    if (place === wrongAt || flaw === null) {
      if (scan instanceof JournalDamaged) throw scan
      return scan
    }
    wrongAt = place
    await delay(PAUSE_MS)
  }
}

/** Checks every checksum and the hash chain; replays nothing. The exit code: 1 for a damaged journal. */
export async function runVerify({ data }: { readonly data: string }): Promise<number> {
  const directory = journalIn(data)
  try {
    const scan = await scannedJournal(directory)
    console.log(JSON.stringify({ ok: true, ...summaryOf(scan) }, null, 2))
    return 0
  } catch (error) {
    if (!(error instanceof JournalDamaged)) throw error
    const { file, offset, message } = error
    console.log(JSON.stringify({ ok: false, file, offset, damage: message }, null, 2))
    return 1
  }
}

/** Prints what a journal holds: its size, where it begins and ends, which commands, and what was set aside. */
export async function runInspect({ data }: { readonly data: string }): Promise<number> {
  let census = new Census()
  const scan = await scannedJournal(journalIn(data), () => {
    census = new Census()
    return census.visit
  })
  const { batches, bytes, first, last, commands } = census
  console.log(
    JSON.stringify(
      {
        ...summaryOf(scan),
        batches,
        bytes,
        first,
        last,
        commands: Object.fromEntries([...commands].sort(([, a], [, b]) => b - a)),
        setAside: Object.fromEntries(setAsideOf(scan.notes)),
      },
      null,
      2,
    ),
  )
  return 0
}

function summaryOf({ head, epoch, closed, segments, tornTail }: JournalScan): object {
  return {
    sequence: head.sequence,
    chainHead: Buffer.from(head.chain).toString('hex'),
    epoch,
    closedInOrder: closed,
    segments: segments.length,
    tornTail,
  }
}

interface Moment {
  readonly sequence: number
  readonly time: string
}

class Census {
  batches = 0
  /** Of records, with their padding; segments are laid out larger in advance. */
  bytes = 0
  first: Moment | null = null
  last: Moment | null = null
  readonly commands = new Map<string, number>()

  readonly visit: BatchVisitor = (segment, batch) => {
    this.batches += 1
    this.bytes += batch.end - batch.offset
    if (batch.kind !== 'records') return
    for (const { sequence, timestampMs, payload } of recordsOf(segment, batch)) {
      const { type } = decodeCommand(payload)
      this.commands.set(type, (this.commands.get(type) ?? 0) + 1)
      this.last = { sequence, time: new Date(timestampMs).toISOString() }
      this.first ??= this.last
    }
  }
}
