import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Command } from '../src/core/domain/command.ts'
import type { AssetIndex, UserId } from '../src/core/domain/ids.ts'
import { ask } from '../src/core/engine/ask.ts'
import { apply, createState } from '../src/core/engine/engine.ts'
import { decodeState, encodeState } from '../src/core/engine/snapshot.ts'
import type { Amount } from '../src/core/money/amount.ts'
import type { JournalRecord } from '../src/server/journal/frame.ts'
import { recordsOf } from '../src/server/journal/frame.ts'
import { Journal } from '../src/server/journal/journal.ts'
import { nodeStorage } from '../src/server/journal/node-storage.ts'
import { scanJournal } from '../src/server/journal/scan.ts'
import type { Engine, EngineState } from '../src/server/sequencer/machine.ts'
import { Sequencer } from '../src/server/sequencer/sequencer.ts'
import { TOY_ENGINE } from '../src/server/sequencer/toy-engine.ts'
import { EngineWorkload } from './engine-workload.ts'
import type { BenchRow } from './row.ts'
import { median } from './row.ts'

const START_MS = 1_767_225_600_000
const SENDERS = 2_048
const OFFERED_PER_SECOND = 10_000
const PEER = 'node:sqlite, WAL, synchronous=FULL, the same payloads in the same batches'
const REAL_ENGINE = { createState, apply, ask, encodeState, decodeState }

type Batches = readonly (readonly JournalRecord[])[]

/** Disk benchmarks belong on a disk: the working folder's, as a temporary folder may be memory. */
async function inFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(process.cwd(), '.bench-journal-'))
  try {
    return await work(dir)
  } finally {
    rmSync(dir, { recursive: true })
  }
}

function open<State extends EngineState>(engine: Engine<State>, dir: string): Promise<Sequencer> {
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  return Sequencer.open({ engine, dir, clock: { nowMs: () => START_MS }, log })
}

/** Deposits for an engine that hardly does anything: what is measured is what is around it. */
function deposits(count: number): Command[] {
  return Array.from({ length: count }, (_, index) => ({
    type: 'Deposit',
    userId: ((index % 1_000) + 1) as UserId,
    wallet: 'CROSS_MARGIN',
    asset: (index % 8) as AssetIndex,
    amount: (BigInt(index) * 7_919n) as Amount,
  }))
}

/** The engine benchmark's mix, from opening the venue on. */
function mix(count: number): Command[] {
  const commands: Command[] = []
  class Recording extends EngineWorkload {
    override apply(command: Command) {
      commands.push(command)
      return super.apply(command)
    }
  }
  new Recording(7).run(count)
  return commands
}

/** As fast as it goes with so many in flight: commands per second, and the batches they were written in. */
async function flatOut<State extends EngineState>(
  engine: Engine<State>,
  commands: readonly Command[],
): Promise<{ rate: number; batches: Batches }> {
  return inFolder(async (dir) => {
    const sequencer = await open(engine, dir)
    let next = 0
    const send = async () => {
      while (next < commands.length) {
        next += 1
        await sequencer.submit(commands[next - 1] as Command)
      }
    }
    const startedMs = performance.now()
    await Promise.all(Array.from({ length: SENDERS }, send))
    const rate = (commands.length / (performance.now() - startedMs)) * 1_000
    await sequencer.close()
    return { rate, batches: await batchesIn(dir) }
  })
}

async function batchesIn(dir: string): Promise<Batches> {
  const batches: JournalRecord[][] = []
  await scanJournal(nodeStorage(), `${dir}/journal`, (segment, batch) => {
    if (batch.kind === 'records') batches.push(recordsOf(segment, batch))
  })
  return batches
}

async function appendRate(batches: Batches): Promise<number> {
  return inFolder(async (dir) => {
    const journal = await Journal.open(nodeStorage(), dir)
    const startedMs = performance.now()
    for (const batch of batches) await journal.append(batch)
    const rate = recordsPerSecond(batches, startedMs)
    await journal.close()
    return rate
  })
}

async function sqliteRate(batches: Batches): Promise<number> {
  return inFolder(async (dir) => {
    const database = new DatabaseSync(join(dir, 'peer.sqlite'))
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      CREATE TABLE journal (sequence INTEGER PRIMARY KEY, timestampMs REAL, payload BLOB)`)
    const insert = database.prepare('INSERT INTO journal VALUES (?, ?, ?)')
    const startedMs = performance.now()
    for (const batch of batches) {
      database.exec('BEGIN')
      for (const { sequence, timestampMs, payload } of batch)
        insert.run(sequence, timestampMs, payload)
      database.exec('COMMIT')
    }
    const rate = recordsPerSecond(batches, startedMs)
    database.close()
    return rate
  })
}

function recordsPerSecond(batches: Batches, startedMs: number): number {
  const records = batches.reduce((sum, batch) => sum + batch.length, 0)
  return (records / (performance.now() - startedMs)) * 1_000
}

/** The time from when each command was due, not from when it was sent, to its answer; sorted, in milliseconds. */
async function acknowledgements<State extends EngineState>(
  engine: Engine<State>,
  commands: readonly Command[],
): Promise<number[]> {
  return inFolder(async (dir) => {
    const sequencer = await open(engine, dir)
    const latenciesMs: number[] = []
    const answers: Promise<unknown>[] = []
    const startedMs = performance.now()
    while (answers.length < commands.length) {
      const due = Math.floor(((performance.now() - startedMs) / 1_000) * OFFERED_PER_SECOND)
      while (answers.length < Math.min(due, commands.length)) {
        const dueMs = startedMs + (answers.length / OFFERED_PER_SECOND) * 1_000
        const answered = () => latenciesMs.push(performance.now() - dueMs)
        answers.push(sequencer.submit(commands[answers.length] as Command).then(answered))
      }
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await Promise.all(answers)
    await sequencer.close()
    return latenciesMs.sort((a, b) => a - b)
  })
}

/** What the disk alone takes for the smallest batch: the floor under every acknowledgement. Sorted, in milliseconds. */
async function syncsMs(): Promise<number[]> {
  return inFolder(async (dir) => {
    const file = await nodeStorage().create(join(dir, 'floor'))
    const zeros = Buffer.alloc(512)
    await file.write(0, Buffer.alloc(512 * 1_000))
    await file.sync()
    const tookMs: number[] = []
    for (let n = 0; n < 1_000; n += 1) {
      const startedMs = performance.now()
      await file.write(n * 512, zeros)
      await file.sync()
      tookMs.push(performance.now() - startedMs)
    }
    await file.close()
    return tookMs.sort((a, b) => a - b)
  })
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] as number
}

function row(name: string, unit: string, values: readonly number[], peers?: number[]): BenchRow {
  const value = median(values)
  const peerValue = peers === undefined ? null : median(peers)
  return {
    bench: 'journal',
    case: name,
    metric: unit === 'ms' ? 'latency' : 'throughput',
    unit,
    value: rounded(value),
    ...(peerValue === null
      ? {}
      : { peer: PEER, peerValue: rounded(peerValue), ratio: rounded(value / peerValue) }),
    runs: values.length,
    min: rounded(Math.min(...values)),
    max: rounded(Math.max(...values)),
  }
}

function rounded(value: number): number {
  return value >= 1_000 ? Math.round(value) : Number(value.toPrecision(3))
}

function recordBatches(total: number, size: number): Batches {
  const payload = Buffer.alloc(120, 'x')
  return Array.from({ length: Math.ceil(total / size) }, (_, batch) =>
    Array.from({ length: size }, (_, index) => ({
      sequence: batch * size + index + 1,
      timestampMs: START_MS,
      payload,
    })),
  )
}

async function appendRows(runs: number, quick: boolean): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const [size, total] of [
    [1, 1_000],
    [64, 32_000],
    [1_024, 200_000],
  ] as const) {
    const batches = recordBatches(quick ? total / 4 : total, size)
    const ours: number[] = []
    const peers: number[] = []
    for (let run = 0; run < runs; run += 1) {
      ours.push(await appendRate(batches))
      peers.push(await sqliteRate(batches))
    }
    rows.push(row(`append, ${size} per sync, 120 B`, 'records/s', ours, peers))
  }
  return rows
}

async function sequencerRows<State extends EngineState>(
  name: string,
  engine: Engine<State>,
  commands: readonly Command[],
  runs: number,
): Promise<BenchRow[]> {
  const rates: number[] = []
  const peers: number[] = []
  const p50: number[] = []
  const p99: number[] = []
  const floor: number[] = []
  for (let run = 0; run < runs; run += 1) {
    const { rate, batches } = await flatOut(engine, commands)
    rates.push(rate)
    peers.push(await sqliteRate(batches))
    const sorted = await acknowledgements(engine, commands.slice(0, 3 * OFFERED_PER_SECOND))
    p50.push(quantile(sorted, 0.5))
    p99.push(quantile(sorted, 0.99))
    floor.push(quantile(await syncsMs(), 0.99))
  }
  const offered = `${name}, ${OFFERED_PER_SECOND.toLocaleString('en')}/s offered`
  return [
    row(`${name}, durable and applied (the peer only stores)`, 'commands/s', rates, peers),
    row(`${offered}, acknowledged p50`, 'ms', p50),
    row(`${offered}, acknowledged p99`, 'ms', p99),
    row(`${name}, one write and sync of 512 B alone beside it, p99`, 'ms', floor),
  ]
}

/** What durability costs: the journal beside SQLite, and the whole way through the sequencer. */
export async function journal(options: { quick?: boolean } = {}): Promise<BenchRow[]> {
  const quick = options.quick ?? false
  const runs = quick ? 1 : 3
  const count = quick ? 40_000 : 200_000
  return [
    ...(await appendRows(runs, quick)),
    ...(await sequencerRows('sequencer, trivial engine', TOY_ENGINE, deposits(count), runs)),
    ...(await sequencerRows('sequencer, real engine', REAL_ENGINE, mix(count / 2), runs)),
  ]
}
