import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { delay, orderLoad, type Trader } from './gateway-load.ts'
import { fanOut, requestLoad, slowReader } from './gateway-streams.ts'
import type { BenchRow } from './row.ts'
import { median } from './row.ts'

const RUNS = 5
const CONNECTIONS = 64
const TRADERS = 16
const READERS = 1_000

/** A venue on disk and a bare server, each a process of its own; the load comes from this one, on the same cores. */
export async function gateway({ quick = false }: { quick?: boolean }): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fulcrum-bench-'))
  const venue = await started('../bin/fulcrum.mjs', /trading at (http:\S+)/, [
    ...['start', '--port', '0', '--data', folder, '--market', 'still'],
  ])
  try {
    const traders = await Promise.all(Array.from({ length: TRADERS }, () => trader(venue.url)))
    const first = traders[0] as Trader
    const bare = await started('./bare-gateway.ts', /listening on (http:\S+)/, [first.secretKey])
    const seconds = quick ? 1 : 5
    const runs = quick ? 1 : RUNS
    try {
      return [
        await orders(venue.url, bare.url, traders, { runs, seconds }),
        ...(await streams(venue.url.replace('http', 'ws'), first, { runs, seconds })),
      ]
    } finally {
      await stopped(bare.child)
    }
  } finally {
    await stopped(venue.child)
    rmSync(folder, { recursive: true })
  }
}

interface Extent {
  readonly runs: number
  readonly seconds: number
}

async function orders(
  venueUrl: string,
  bareUrl: string,
  traders: readonly Trader[],
  { runs, seconds }: Extent,
): Promise<BenchRow> {
  const ours: number[] = []
  const peers: number[] = []
  for (let run = 0; run < runs; run += 1) {
    const own = await orderLoad(venueUrl, traders, CONNECTIONS, seconds)
    if (own.refused > 0) throw new Error(`${own.refused} requests were refused`)
    ours.push(own.perSecond)
    peers.push((await orderLoad(bareUrl, traders.slice(0, 1), CONNECTIONS, seconds)).perSecond)
  }
  const value = median(ours)
  const peerValue = median(peers)
  return {
    bench: 'gateway',
    case: `signed orders and cancellations over HTTP, durable, ${CONNECTIONS} connections`,
    metric: 'throughput',
    unit: 'requests/s',
    value,
    peer: 'node:http that only checks the signature',
    peerValue,
    ratio: value / peerValue,
    runs,
    min: Math.min(...ours),
    max: Math.max(...ours),
  }
}

async function streams(url: string, trader: Trader, extent: Extent): Promise<BenchRow[]> {
  const requests: number[] = []
  const delaysMs: number[] = []
  const told: number[] = []
  const cutMs: number[] = []
  for (let run = 0; run < extent.runs; run += 1) {
    requests.push(await requestLoad(url, trader, extent.seconds))
    const { p99Ms, perSecond } = await fanOut(url, trader, READERS, extent.seconds)
    delaysMs.push(p99Ms)
    told.push(perSecond)
    cutMs.push(await slowReader(url, 30))
  }
  return [
    row(
      'orders and cancellations on one WebSocket API connection',
      'throughput',
      'requests/s',
      requests,
    ),
    row(
      `${READERS} readers of 100 trades a second: from time stamp to reader`,
      'p99',
      'ms',
      delaysMs,
    ),
    row(`${READERS} readers of 100 trades a second`, 'throughput', 'messages/s', told),
    row('a reader that reads nothing is cut off', 'time', 'ms', cutMs),
  ]
}

function row(of: string, metric: string, unit: string, values: readonly number[]): BenchRow {
  return {
    bench: 'gateway',
    case: of,
    metric,
    unit,
    value: median(values),
    runs: values.length,
    min: Math.min(...values),
    max: Math.max(...values),
  }
}

async function trader(url: string): Promise<Trader> {
  const response = await fetch(`${url}/sandbox/v1/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ wallets: { SPOT: { USDT: '50000000', BTC: '100' } } }),
  })
  return (await response.json()) as Trader
}

/** A process that says where it listens. */
async function started(
  file: string,
  announcement: RegExp,
  args: readonly string[],
): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  let printed = ''
  const announced = new Promise<string>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      printed += data.toString()
      const url = announcement.exec(printed)?.[1]
      if (url !== undefined) resolve(url)
    })
  })
  const failed = once(child, 'exit').then(() => Promise.reject(new Error(`${file} did not start`)))
  failed.catch(() => undefined)
  return { url: await Promise.race([announced, failed]), child }
}

async function stopped(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await Promise.race([exited, delay(10_000)])
  child.kill('SIGKILL')
}
