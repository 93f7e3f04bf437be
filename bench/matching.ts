import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { benchCancel } from './matching-cancel.ts'
import { latencies } from './matching-latency.ts'
import type { MixOperation, MixOutcome } from './matching-mix.ts'
import { mixedOperations, runMix, runPeerMix } from './matching-mix.ts'
import { PauseWatch } from './matching-pauses.ts'
import { PEER, PeerRun } from './matching-peer.ts'
import { MatchingRun, reportHash } from './matching-run.ts'
import { benchStops } from './matching-stops.ts'
import type { MatchingWorkload } from './matching-workload.ts'
import { publishedHashes, readMatchingWorkload } from './matching-workload.ts'
import type { BenchRow } from './row.ts'
import { median } from './row.ts'

const FIXTURES = ['normal-20000.mwl.gz', 'flash-crash-20000.mwl.gz']
/** A run takes at least so many messages; a shorter workload is run through several fresh books. */
const MESSAGES_PER_RUN = 500_000
const PEER_RUNS = 3
const PREFILL = 20_000
const OPERATIONS = 200_000

/** What a row measures. */
type Measure = Pick<BenchRow, 'case' | 'metric' | 'unit'>

/**
 * The order book alone, single-threaded. A workload of the public matching benchmark (`workload` is the path of an
 * `.mwl.gz`; without it the prefixes in this repository), its report hash verified, beside the npm package
 * nodejs-order-book on the same messages; a seeded mix on a fuller book beside the same; up to a million orders
 * cancelled; and stop orders. Timed are matching and recording the reports, not their text and its hash.
 */
export async function matching(
  options: { workload?: string; quick?: boolean } = {},
): Promise<BenchRow[]> {
  const fixtures = FIXTURES.map((name) =>
    fileURLToPath(new URL(`../src/core/matching/fixtures/${name}`, import.meta.url)),
  )
  const paths = options.workload === undefined ? fixtures : [options.workload]
  const rows: BenchRow[] = []
  for (const path of paths) rows.push(...(await benchWorkload(path, options.quick ? 3 : 10)))
  const runs = options.quick ? 3 : 5
  return [
    ...rows,
    ...benchMix(options.quick ? OPERATIONS / 4 : OPERATIONS, runs),
    ...benchCancel(runs),
    ...benchStops(runs),
  ]
}

async function benchWorkload(path: string, runs: number): Promise<BenchRow[]> {
  const workload = readMatchingWorkload(path)
  const name = `workload ${basename(path, '.mwl.gz')}, ${workload.messages} messages`
  verifyReports(name, workload)
  const throughput = await benchThroughput(name, workload, runs)
  return [...throughput, ...benchLatency(name, workload), benchPeer(name, workload)]
}

/** Computing the hash warms the book up as well. */
function verifyReports(name: string, workload: MatchingWorkload): void {
  const hash = reportHash(workload)
  const published = publishedHashes(workload.messages)
  if (published.length > 0 && !published.includes(hash)) {
    throw new Error(`${name}: the reports hash to ${hash}, which is none of the published hashes`)
  }
  const verdict = published.length > 0 ? 'as published' : 'no published hash to compare with'
  console.log(`${name}: reports hash to ${hash}, ${verdict}`)
}

async function benchThroughput(
  name: string,
  workload: MatchingWorkload,
  runs: number,
): Promise<BenchRow[]> {
  const watch = new PauseWatch()
  const books = Math.ceil(MESSAGES_PER_RUN / workload.messages)
  const rates = Array.from({ length: runs }, () => {
    let milliseconds = 0
    for (let book = 0; book < books; book += 1) {
      const run = new MatchingRun(workload)
      milliseconds += watch.time(() => run.run())
    }
    return (books * workload.messages) / milliseconds / 1_000
  })
  const { count, milliseconds, major } = await watch.end()
  const row = rowOf({ case: name, metric: 'throughput', unit: 'M messages/s' }, rates)
  console.log(
    `${name}: ${figure(row.value)} M messages/s median, ${figure(row.min)} worst of ${runs} runs; in all of them ` +
      `${count} collection pauses, ${figure(milliseconds)} ms together, ${major} of them major`,
  )
  const pauses = { case: name, metric: 'collection pauses, all runs together', unit: 'ms' }
  const majors = { case: name, metric: 'major collections, all runs together', unit: 'pauses' }
  return [row, rowOf(pauses, [milliseconds]), rowOf(majors, [major])]
}

function benchLatency(name: string, workload: MatchingWorkload): BenchRow[] {
  const { p50, p99, p999, worst, clock } = latencies(workload)
  console.log(
    `${name}: in a pass of its own with a clock reading a message (${figure(clock)} ns by itself) p50 ${figure(p50)}, ` +
      `p99 ${figure(p99)}, p99.9 ${figure(p999)}, worst ${figure(worst)} ns a message`,
  )
  return Object.entries({ p50, p99, 'p99.9': p999 }).map(([metric, value]) =>
    rowOf({ case: `${name}, a clock reading included`, metric, unit: 'ns' }, [value]),
  )
}

/** In turn with the peer, on all the messages. */
function benchPeer(name: string, workload: MatchingWorkload): BenchRow {
  const { messages } = workload
  const rates: number[] = []
  const peerRates: number[] = []
  for (let round = 0; round <= PEER_RUNS; round += 1) {
    const peer = new PeerRun(workload)
    const peerRate = rateOf(messages, () => peer.run())
    const ours = new MatchingRun(workload)
    const rate = rateOf(messages, () => ours.run())
    for (const key of ['trades', 'tradedLots'] as const) assertSame(key, ours.reports, peer)
    // The first round warms up.
    if (round === 0) continue
    rates.push(rate)
    peerRates.push(peerRate)
  }
  const measure = {
    case: `${name}, in turn with the peer`,
    metric: 'throughput',
    unit: 'M messages/s',
  }
  return beside(rowOf(measure, rates), median(peerRates))
}

function benchMix(count: number, runs: number): BenchRow[] {
  const operations = mixedOperations(PREFILL, count)
  const rates: number[] = []
  const peerRates: number[] = []
  for (let run = 0; run <= runs; run += 1) {
    const ours = runMix(operations, PREFILL)
    const peer = runPeerMix(operations, PREFILL)
    for (const key of ['trades', 'tradedLots', 'cancelled'] as const) assertSame(key, ours, peer)
    // The first run of each warms up.
    if (run === 0) continue
    rates.push(operationsPerMicrosecond(operations, ours))
    peerRates.push(operationsPerMicrosecond(operations, peer))
  }
  const name = `seeded mix, ${PREFILL} resting, ${count} operations`
  const row = rowOf({ case: name, metric: 'throughput', unit: 'M operations/s' }, rates)
  return [beside(row, median(peerRates))]
}

function assertSame<Key extends string>(
  key: Key,
  ours: Record<Key, number>,
  peer: Record<Key, number>,
): void {
  if (ours[key] !== peer[key]) throw new Error(`${key}: ours ${ours[key]}, peer ${peer[key]}`)
}

function rateOf(messages: number, work: () => void): number {
  const started = performance.now()
  work()
  return messages / (performance.now() - started) / 1_000
}

function operationsPerMicrosecond(
  operations: readonly MixOperation[],
  { milliseconds }: MixOutcome,
): number {
  return (operations.length - PREFILL) / milliseconds / 1_000
}

function beside(row: BenchRow, peerValue: number): BenchRow {
  return { ...row, peer: PEER, peerValue, ratio: row.value / peerValue }
}

function rowOf(measure: Measure, values: readonly number[]): BenchRow {
  return {
    bench: 'matching',
    ...measure,
    value: median(values),
    runs: values.length,
    min: Math.min(...values),
    max: Math.max(...values),
  }
}

function figure(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 4 })
}
