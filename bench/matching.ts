import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MixOperation, MixOutcome } from './matching-mix.ts'
import { mixedOperations, runMix, runPeerMix } from './matching-mix.ts'
import type { MatchingWorkload } from './matching-workload.ts'
import {
  MatchingRun,
  publishedHashes,
  readMatchingWorkload,
  reportHash,
} from './matching-workload.ts'
import type { BenchRow } from './row.ts'
import { median } from './row.ts'

const FIXTURES = ['normal-20000.mwl.gz', 'flash-crash-20000.mwl.gz']
/** A run takes at least so many messages; a shorter workload is run through several fresh books. */
const MESSAGES_PER_RUN = 500_000
const PREFILL = 20_000
const OPERATIONS = 200_000

/**
 * The order book alone, single-threaded: a workload of the public matching benchmark (`workload` is the path of an
 * `.mwl.gz`; without it the prefixes in this repository), its report hash verified, and a seeded mix beside the npm
 * package nodejs-order-book. Timed are matching and recording the reports, not their text and its hash.
 */
export async function matching(
  options: { workload?: string; quick?: boolean } = {},
): Promise<BenchRow[]> {
  const fixtures = FIXTURES.map((name) =>
    fileURLToPath(new URL(`../src/core/matching/fixtures/${name}`, import.meta.url)),
  )
  const paths = options.workload === undefined ? fixtures : [options.workload]
  const runs = options.quick ? 3 : 7
  return [
    ...paths.map((path) => benchWorkload(path, runs)),
    ...benchMix(options.quick ? OPERATIONS / 4 : OPERATIONS, options.quick ? 3 : 5),
  ]
}

function benchWorkload(path: string, runs: number): BenchRow {
  const workload = readMatchingWorkload(path)
  const name = basename(path, '.mwl.gz')
  // Computing the hash warms the book up as well.
  const hash = reportHash(workload)
  const isPublished = publishedHashes(workload.messages).includes(hash)
  if (!isPublished && publishedHashes(workload.messages).length > 0) {
    throw new Error(`${name}: the reports hash to ${hash}, which is none of the published hashes`)
  }
  const rates = Array.from({ length: runs }, () => messagesPerSecond(workload) / 1e6)
  const row = rowOf(`workload ${name}, ${workload.messages} messages`, 'M messages/s', rates)
  const verdict = isPublished ? 'as published' : 'no published hash to compare with'
  console.log(
    `${row.case}: ${figure(row.value)} M messages/s median, ${figure(row.min)} worst, reports ${hash} (${verdict})`,
  )
  return row
}

function messagesPerSecond(workload: MatchingWorkload): number {
  const books = Math.ceil(MESSAGES_PER_RUN / workload.messages)
  let milliseconds = 0
  for (let book = 0; book < books; book += 1) {
    const run = new MatchingRun(workload)
    const started = performance.now()
    run.run()
    milliseconds += performance.now() - started
  }
  return (books * workload.messages * 1_000) / milliseconds
}

function benchMix(count: number, runs: number): BenchRow[] {
  const operations = mixedOperations(PREFILL, count)
  const rates: number[] = []
  const peerRates: number[] = []
  for (let run = 0; run <= runs; run += 1) {
    const ours = runMix(operations, PREFILL)
    const peer = runPeerMix(operations, PREFILL)
    assertSameOutcome(ours, peer)
    // The first run of each warms up.
    if (run === 0) continue
    rates.push(operationsPerSecond(operations, ours) / 1e6)
    peerRates.push(operationsPerSecond(operations, peer) / 1e6)
  }
  const name = `seeded mix, ${PREFILL} resting, ${count} operations`
  const ours = rowOf(name, 'M operations/s', rates)
  const peerValue = median(peerRates)
  const row = { ...ours, peer: 'nodejs-order-book', peerValue, ratio: ours.value / peerValue }
  console.log(
    `${name}: ${figure(row.value)} M operations/s median, ${figure(row.min)} worst; ` +
      `nodejs-order-book ${figure(peerValue)}; ${row.ratio.toFixed(1)} times; same trades and volume`,
  )
  return [row]
}

function assertSameOutcome(ours: MixOutcome, peer: MixOutcome): void {
  for (const key of ['trades', 'tradedLots', 'cancelled'] as const) {
    if (ours[key] !== peer[key]) throw new Error(`${key}: ours ${ours[key]}, peer ${peer[key]}`)
  }
}

function operationsPerSecond(
  operations: readonly MixOperation[],
  { milliseconds }: MixOutcome,
): number {
  return ((operations.length - PREFILL) * 1_000) / milliseconds
}

function rowOf(name: string, unit: string, values: readonly number[]): BenchRow {
  return {
    bench: 'matching',
    case: name,
    metric: 'throughput',
    unit,
    value: median(values),
    runs: values.length,
    min: Math.min(...values),
    max: Math.max(...values),
  }
}

function figure(value: number): string {
  return value.toFixed(3)
}
