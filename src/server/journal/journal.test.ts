import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JournalRecord } from './frame.ts'
import { decodeBatchHeader, encodeBatch, SECTOR_BYTES } from './frame.ts'
import { Journal } from './journal.ts'
import type { TornTail } from './journal-error.ts'
import { JournalDamaged, JournalFailed, JournalInUse } from './journal-error.ts'
import { nodeStorage } from './node-storage.ts'
import { scanJournal } from './scan.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import type { Storage } from './storage.ts'

const DIR = '/data'
const FIRST = '/data/journal/00000000000000000001.log'
const SEGMENT_BYTES = 16 * SECTOR_BYTES

function records(first: number, count: number, size = 20): JournalRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    sequence: first + index,
    timestampMs: 1_000 + first + index,
    payload: Buffer.alloc(size, first + index),
  }))
}

async function opened(storage: Storage, tails: TornTail[] = []): Promise<Journal> {
  return Journal.open(storage, DIR, {
    segmentBytes: SEGMENT_BYTES,
    onTornTail: (tail) => tails.push(tail),
  })
}

function lines(found: readonly JournalRecord[]): string[] {
  return found.map(({ sequence, timestampMs, payload }) =>
    [sequence, timestampMs, Buffer.from(payload).toString('base64')].join(' '),
  )
}

async function contents(journal: Journal, after = 0): Promise<string[]> {
  const found: string[] = []
  for await (const record of journal.records(after)) found.push(...lines([record]))
  return found
}

/** A journal of `batches` batches of two records each, left as a kill would leave it. */
async function written(batches: number, disk = new SimulatedDisk()): Promise<SimulatedDisk> {
  const journal = await opened(disk)
  for (let batch = 0; batch < batches; batch += 1) await journal.append(records(batch * 2 + 1, 2))
  return disk.processKill()
}

async function damageOf(storage: Storage): Promise<JournalDamaged> {
  const error = await opened(storage).then(
    () => null,
    (raised) => raised,
  )
  expect(error).toBeInstanceOf(JournalDamaged)
  return error
}

test('J1 what was appended is read back, over segment borders and from any sequence', async () => {
  const disk = new SimulatedDisk()
  const journal = await opened(disk)
  const all: JournalRecord[] = []
  for (const [count, size] of [
    [1, 0],
    [3, 900],
    [40, 100],
    [2, 20_000],
    [1, 5],
  ] as const) {
    const batch = records(all.length + 1, count, size)
    await journal.append(batch)
    all.push(...batch)
  }
  await journal.close()
  expect(disk.paths().length).toBeGreaterThan(3)
  const again = await opened(disk)
  expect(await contents(again)).toEqual(lines(all))
  expect(again.head).toEqual(journal.head)
  for (const after of [0, 1, 4, 43, 44, 46, 47])
    expect(await contents(again, after)).toEqual(lines(all.slice(after)))
})

test('J1 a sequence that does not continue is refused on reading', async () => {
  const disk = new SimulatedDisk()
  const journal = await opened(disk)
  await journal.append(records(1, 2))
  await journal.append(records(4, 1))
  await journal.append(records(4, 1))
  expect((await damageOf(disk.processKill())).message).toContain('a record is not number 3')
})

test('J2 a batch replaced by another valid one breaks the chain', async () => {
  const disk = await written(3)
  const other = new SimulatedDisk()
  const journal = await opened(other)
  await journal.append(records(1, 2))
  await journal.append(records(3, 2, 21))
  await journal.append(records(5, 2))
  const second = other.bytes(FIRST).subarray(2 * SECTOR_BYTES, 3 * SECTOR_BYTES)
  second.copy(disk.bytes(FIRST), 2 * SECTOR_BYTES)
  const error = await damageOf(disk)
  expect([error.file, error.offset]).toEqual([FIRST, 3 * SECTOR_BYTES])
})

test('J2 a segment left out or swapped is noticed', async () => {
  const disk = await written(60)
  const segments = disk.paths().filter((path) => path.endsWith('.log'))
  expect(segments.length).toBeGreaterThan(3)
  const [first, second, , last] = segments as [string, string, string, string]
  for (const gone of [first, second, segments.at(-1) ?? last]) {
    const copy = disk.processKill()
    await copy.remove(gone)
    const error = await damageOf(copy)
    expect(error.message).toMatch(/missing/)
    expect(error.remedy).toContain('undamaged copy')
  }
})

test('J3 a torn last batch is cut off and said, and writing goes on', async () => {
  for (const cutAt of [0, 4, 40, 80, 150]) {
    const disk = await written(3)
    disk.bytes(FIRST).fill(0, 3 * SECTOR_BYTES + cutAt, 4 * SECTOR_BYTES)
    const tails: TornTail[] = []
    const journal = await opened(disk, tails)
    expect(await contents(journal)).toEqual(lines(records(1, 4)))
    if (cutAt > 0)
      expect(tails).toMatchObject([{ file: FIRST, offset: 3 * SECTOR_BYTES, sequence: 4 }])
    await journal.append(records(5, 1))
    await journal.close()
    expect(await contents(await opened(disk))).toEqual(lines(records(1, 5)))
  }
})

test('J3 a file cut short is a torn tail as well', async () => {
  for (const length of [3 * SECTOR_BYTES + 1, 3 * SECTOR_BYTES + 200, 4 * SECTOR_BYTES - 1]) {
    const disk = await written(3)
    await (await disk.open(FIRST)).truncate(length)
    const tails: TornTail[] = []
    expect(await contents(await opened(disk, tails))).toEqual(lines(records(1, 4)))
    expect(tails.length).toBe(1)
  }
})

test('J3 a zero-filled tail is the normal end and is not mentioned', async () => {
  const tails: TornTail[] = []
  await opened(await written(2), tails)
  await opened(new SimulatedDisk(), tails)
  expect(tails).toEqual([])
})

test('J4 damage before a valid batch stops the start: file, offset, what to do, nothing changed', async () => {
  const disk = await written(3)
  const bytes = disk.bytes(FIRST)
  const spoiled = 2 * SECTOR_BYTES + 100
  bytes[spoiled] = (bytes[spoiled] ?? 0) ^ 1
  const before = Buffer.from(bytes)
  const error = await damageOf(disk)
  expect(error.file).toBe(FIRST)
  expect(error.offset).toBe(2 * SECTOR_BYTES + 72)
  expect(error.message).toContain('a record fails its checksum')
  expect(error.remedy).toContain('Put an undamaged copy')
  expect(disk.bytes(FIRST).equals(before)).toBe(true)
})

test('J4 damage in the last batch of a run that ended in order is damage, not a torn tail', async () => {
  const disk = new SimulatedDisk()
  const journal = await opened(disk)
  await journal.append(records(1, 2))
  await journal.close()
  disk.bytes(FIRST)[SECTOR_BYTES + 90] = 99
  await damageOf(disk)
})

test('J4 a batch of a run that another had replaced is refused', async () => {
  const disk = new SimulatedDisk()
  await (await opened(disk)).append(records(1, 1))
  const killed = disk.processKill()
  const journal = await opened(killed)
  expect(journal.epoch).toBe(2)
  await journal.append(records(2, 1))
  const left = killed.processKill()
  const scan = await scanJournal(left, '/data/journal')
  expect([scan.epoch, scan.closed]).toEqual([2, false])
  const late = encodeBatch('records', records(3, 1), 1, journal.head)
  late.bytes.copy(left.bytes(FIRST), scan.endOffset)
  expect((await damageOf(left)).message).toContain('run 2 had replaced')
})

test('J5 a second writer is refused, and served once the first is gone', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'fulcrum-journal-'))
  for (const [storage, path] of [
    [nodeStorage(), dir],
    [new SimulatedDisk(), DIR],
  ] as const) {
    const options = { segmentBytes: SEGMENT_BYTES }
    const first = await Journal.open(storage, path, options)
    await first.append(records(1, 1))
    const refused = Journal.open(storage, path, options)
    await expect(refused).rejects.toThrow(JournalInUse)
    await expect(refused).rejects.toThrow(/is in use by .*process/)
    await first.append(records(2, 1))
    await first.close()
    const second = await Journal.open(storage, path, options)
    expect(second.head.sequence).toBe(2)
    await second.close()
  }
  rmSync(dir, { recursive: true })
})

test('J8 after a failed write or sync nothing more is taken', async () => {
  for (const operation of ['write', 'sync'] as const) {
    const disk = new SimulatedDisk()
    const journal = await opened(disk)
    await journal.append(records(1, 1))
    disk.fault = (kind) => {
      if (kind === operation) throw new Error('EIO')
    }
    await expect(journal.append(records(2, 1))).rejects.toThrow(JournalFailed)
    disk.fault = () => {}
    await expect(journal.append(records(2, 1))).rejects.toThrow(/must end and recover/)
    expect(journal.head.sequence).toBe(1)
  }
})

test('J8 what a failed sync left in the page cache is made durable before it is trusted', async () => {
  const disk = new SimulatedDisk()
  const journal = await opened(disk)
  disk.fault = (kind) => {
    if (kind === 'sync') throw new Error('EIO')
  }
  await expect(journal.append(records(1, 1))).rejects.toThrow(JournalFailed)
  disk.fault = () => {}
  const restarted = disk.processKill()
  expect((await opened(restarted)).head.sequence).toBe(1)
  expect((await opened(restarted.powerCut())).head.sequence).toBe(1)
})

test('a failure at any single operation of a run loses nothing that was acknowledged', async () => {
  let ended = false
  for (let failing = 1; !ended; failing += 1) {
    const disk = new SimulatedDisk()
    let acknowledged = 0
    let operations = 0
    disk.fault = () => {
      operations += 1
      if (operations === failing) throw new Error('EIO')
    }
    try {
      const journal = await opened(disk)
      for (let next = 1; next <= 15; next += 1) {
        await journal.append(records(next, 1, 300))
        acknowledged = next
      }
      await journal.close()
    } catch {
      // the process ends here
    }
    ended = operations < failing
    const found = await contents(await opened(disk.powerCut()))
    expect(found.length).toBeGreaterThanOrEqual(acknowledged)
    expect(found).toEqual(lines(records(1, found.length, 300)))
  }
})

test('J3 J4 a power cut at any moment, whatever unsynced sectors survive, keeps a prefix with every acknowledged record', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 700 })), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.integer({ min: 1, max: 60 }),
      fc.infiniteStream(fc.boolean()),
      async (batches, cutAfter, coin) => {
        const disk = new SimulatedDisk()
        let operations = 0
        disk.fault = () => {
          operations += 1
          if (operations === cutAfter) throw new Error('power cut')
        }
        let acknowledged = 0
        let intended = 0
        const all: JournalRecord[] = []
        try {
          const journal = await opened(disk)
          for (const [count, size] of batches) {
            const batch = records(all.length + 1, count, size)
            all.push(...batch)
            intended = all.length
            await journal.append(batch)
            acknowledged = all.length
          }
        } catch {
          // the machine is off
        }
        const found = await contents(
          await opened(disk.powerCut(() => coin.next().value as boolean)),
        )
        expect(found.length).toBeGreaterThanOrEqual(acknowledged)
        expect(found.length).toBeLessThanOrEqual(intended)
        expect(found).toEqual(lines(all.slice(0, found.length)))
      },
    ),
    { numRuns: 100 },
  )
})

test('J4 a flipped bit anywhere in a closed journal is detected, or harmless and everything is there', async () => {
  const disk = new SimulatedDisk()
  const journal = await opened(disk)
  for (let batch = 0; batch < 30; batch += 1) await journal.append(records(batch * 2 + 1, 2, 60))
  await journal.close()
  const segments = disk.paths().filter((path) => path.endsWith('.log'))
  expect(segments.length).toBe(3)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...segments),
      fc.integer({ min: 0, max: SEGMENT_BYTES * 8 - 1 }),
      async (path, bit) => {
        const copy = disk.processKill()
        const bytes = copy.bytes(path)
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        try {
          expect(await contents(await opened(copy))).toEqual(lines(records(1, 60, 60)))
        } catch (error) {
          if (!(error instanceof JournalDamaged)) throw error
          expect(error.file).toBe(path)
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('a note stands beside the sequence and is found again', async () => {
  const disk = new SimulatedDisk()
  const journal = await opened(disk)
  await journal.append(records(1, 2))
  await journal.appendNote(7, Buffer.from('said'))
  await journal.append(records(3, 1))
  await journal.close()
  const again = await opened(disk)
  expect(again.notes.map((note) => [note.sequence, Buffer.from(note.payload).toString()])).toEqual([
    [2, 'said'],
  ])
  expect(await contents(again)).toEqual(lines(records(1, 3)))
})

test('what may have been written but not applied is known after a kill, and nothing after an end in order', async () => {
  const disk = new SimulatedDisk()
  const journal = await opened(disk)
  for (const first of [1, 3, 5]) await journal.append(records(first, 2))
  expect((await opened(disk.processKill())).undecidedFrom).toBe(3)
  await journal.close()
  expect((await opened(disk.processKill())).undecidedFrom).toBe(7)
})

test('the header of a batch is found only where one is', () => {
  expect(decodeBatchHeader(Buffer.alloc(SECTOR_BYTES), 0)).toBeNull()
  expect(decodeBatchHeader(Buffer.alloc(10), 0)).toBeNull()
})
