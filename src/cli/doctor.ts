import { existsSync } from 'node:fs'
import { access, constants, open, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { recordsOf } from '../server/journal/frame.ts'
import { journalDirectory } from '../server/journal/segment.ts'
import { isPostgresUrl } from '../server/sql/postgres.ts'
import { VENUE_DEFAULTS } from '../venue/options.ts'
import { failureOf, wholeNumber } from './failure.ts'
import { scannedJournal } from './journal.ts'

/** As the command line gives them: `fulcrum doctor --data DIR --port N`. */
export interface DoctorOptions {
  readonly data: string
  readonly port?: string
  readonly host?: string
}

export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail'
  /** What was found and, unless all is well, what to do. */
  readonly says: string
}

/** What the journal check learns for those after it. */
interface Journaled {
  readonly sequence: number
  readonly timestampMs: number
}

const NODE_MAJOR = 24
const FSYNC_RUNS = 20
const FSYNC_SLOW_MS = 10
const CONNECT_MS = 3_000
/** No sane clock is earlier than this program. */
const CLOCK_FLOOR_MS = Date.UTC(2026, 0, 1)

/** Looks at everything a venue needs here, a line each. The exit code: 1 when something would keep it from running. */
export async function runDoctor(options: DoctorOptions, env = process.env): Promise<number> {
  const { data, host = VENUE_DEFAULTS.host } = options
  const port = wholeNumber('--port', options.port ?? env['PORT'] ?? `${VENUE_DEFAULTS.port}`, 0)
  const url = env['DATABASE_URL'] ?? null
  let journaled: Journaled | null = null
  const checks: readonly (readonly [string, () => Finding | Promise<Finding>])[] = [
    ['node', () => nodeVersion(process.versions.node)],
    ['data folder', () => dataFolder(data)],
    [
      'journal',
      async () => {
        if (!existsSync(journalDirectory(data))) return ok('none yet; the first start begins one')
        journaled = await readJournal(data)
        return ok(`${journaled.sequence.toLocaleString('en')} commands, checksums and chain hold`)
      },
    ],
    ['read model', () => readModel(data, url, journaled)],
    ['database', () => database(url)],
    ['port', () => portFree(host, port)],
    ['clock', () => clock(Date.now(), journaled)],
  ]
  let worst = 0
  for (const [name, check] of checks) {
    const { level, says } = await found(check)
    if (level === 'fail') worst = 1
    console.log(`${level.padEnd(4)}  ${name.padEnd(11)}  ${says}`)
  }
  return worst
}

async function found(check: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await check()
  } catch (error) {
    return { level: 'fail', says: failureOf(error).text }
  }
}

function ok(says: string): Finding {
  return { level: 'ok', says }
}

export function nodeVersion(version: string): Finding {
  if (Number.parseInt(version, 10) >= NODE_MAJOR) return ok(version)
  return {
    level: 'fail',
    says: `${version}; install Node ${NODE_MAJOR}, or start with npm, which brings it`,
  }
}

async function dataFolder(data: string): Promise<Finding> {
  let folder = resolve(data)
  while (!existsSync(folder)) folder = dirname(folder)
  try {
    await access(folder, constants.W_OK)
  } catch {
    const says = `${folder} cannot be written; give another with --data, or change its owner`
    return { level: 'fail', says }
  }
  const medianMs = await fsyncMs(folder)
  const measured = `${folder} is writable, a 4 KiB write is durable in ${medianMs.toFixed(2)} ms`
  if (medianMs <= FSYNC_SLOW_MS) return ok(measured)
  const says = `${measured}; every order waits for that, so use a local solid-state disk`
  return { level: 'warn', says }
}

/** The median time of a small write and its sync, as the journal makes them. */
async function fsyncMs(folder: string): Promise<number> {
  const path = join(folder, `.fulcrum-doctor-${process.pid}`)
  const block = Buffer.alloc(4_096)
  const file = await open(path, 'w')
  try {
    const times: number[] = []
    for (let run = 0; run < FSYNC_RUNS; run += 1) {
      const startedMs = performance.now()
      await file.write(block, 0, block.length, 0)
      await file.datasync()
      times.push(performance.now() - startedMs)
    }
    return times.sort((a, b) => a - b)[FSYNC_RUNS / 2] ?? 0
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}

async function readJournal(data: string): Promise<Journaled> {
  let timestampMs = 0
  const { head } = await scannedJournal(journalDirectory(data), () => (segment, batch) => {
    if (batch.kind === 'records') timestampMs = recordsOf(segment, batch).at(-1)?.timestampMs ?? 0
  })
  return { sequence: head.sequence, timestampMs }
}

async function readModel(
  data: string,
  url: string | null,
  journaled: Journaled | null,
): Promise<Finding> {
  if (journaled === null) return ok('not compared: there is no journal that can be read')
  const applied = url === null ? appliedInFile(data) : await appliedInPostgres(url)
  if (applied === null) return ok('none yet; the next start makes it from the journal')
  const behind = journaled.sequence - applied
  if (behind <= 0) return ok('has everything')
  return ok(`is ${behind.toLocaleString('en')} commands behind; the venue catches up by itself`)
}

function appliedInFile(data: string): number | null {
  const path = join(data, 'read-model.sqlite')
  if (!existsSync(path)) return null
  const file = new DatabaseSync(path, { readOnly: true })
  try {
    return Number(file.prepare('select applied from projection_cursor').get()?.['applied'] ?? 0)
  } finally {
    file.close()
  }
}

async function appliedInPostgres(url: string): Promise<number | null> {
  const [exists] = await query(url, "select to_regclass('fulcrum_read_model.projection_cursor') t")
  if (exists?.['t'] === null) return null
  const [cursor] = await query(url, 'select applied from fulcrum_read_model.projection_cursor')
  return Number(cursor?.['applied'] ?? 0)
}

async function database(url: string | null): Promise<Finding> {
  if (url === null) return ok('DATABASE_URL is not set: SQLite in the data folder')
  if (!isPostgresUrl(url)) {
    return { level: 'fail', says: 'DATABASE_URL does not begin with postgres:// or postgresql://' }
  }
  try {
    const [row] = await query(url, 'show server_version')
    return ok(`PostgreSQL ${row?.['server_version']} answers`)
  } catch (error) {
    const why = failureOf(error).text
    return { level: 'fail', says: `${why}; check DATABASE_URL, and that the server takes us` }
  }
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS })
  try {
    await client.connect()
    return (await client.query(text)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function portFree(host: string, port: number): Promise<Finding> {
  const refused = await listenFailure(host, port)
  if (refused === null) return ok(`${host}:${port} is free`)
  if (refused.code !== 'EADDRINUSE') {
    return {
      level: 'fail',
      says: `${host}:${port}: ${refused.message}; give others with --port and --host`,
    }
  }
  if (await isVenue(host, port)) return ok(`a venue answers at ${host}:${port}`)
  const says = `${host}:${port} is taken by another program; stop it, or start with --port`
  return { level: 'fail', says }
}

function listenFailure(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((answer) => {
    const server = createServer()
    server.once('error', answer)
    server.listen(port, host, () => server.close(() => answer(null)))
  })
}

async function isVenue(host: string, port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(CONNECT_MS)
    const response = await fetch(`http://${host}:${port}/healthz`, { signal })
    return response.ok && JSON.stringify(await response.json()) === '{"status":"up"}'
  } catch {
    return false
  }
}

/** `nowMs` against what no right clock can say. */
export function clock(nowMs: number, journaled: Journaled | null): Finding {
  const now = new Date(nowMs).toISOString()
  if (nowMs < CLOCK_FLOOR_MS) {
    return { level: 'fail', says: `it is not ${now}; set the clock, best by NTP` }
  }
  const aheadMs = (journaled?.timestampMs ?? 0) - nowMs
  if (aheadMs <= 0) return ok(now)
  const hours = (aheadMs / 3_600_000).toFixed(1)
  const says = `${now}, and the journal is ${hours} h ahead: as after a sandbox’s clock was moved, or else this clock is late`
  return { level: 'warn', says }
}
