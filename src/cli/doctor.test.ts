import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { Journal } from '../server/journal/journal.ts'
import { nodeStorage } from '../server/journal/node-storage.ts'
import { encodeCommand } from '../server/sequencer/command-codec.ts'
import { clock, nodeVersion, runDoctor } from './doctor.ts'

const data = mkdtempSync(join(tmpdir(), 'fulcrum-cli-doctor-'))
afterAll(() => rmSync(data, { recursive: true }))
const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
beforeEach(() => printed.mockClear())

function lineOf(check: string): string {
  const lines = printed.mock.calls.map(([line]) => String(line))
  return lines.find((line) => line.slice(6).startsWith(check)) ?? ''
}

test('all is well where nothing has been started yet', async () => {
  const missing = join(data, 'not', 'yet')
  expect(await runDoctor({ data: missing, port: '0' }, {})).toBe(0)
  expect(printed.mock.calls).toHaveLength(7)
  expect(lineOf('data folder')).toMatch(/is writable, a 4 KiB write is durable in \d+\.\d\d ms/)
  expect(lineOf('journal')).toContain('none yet')
})

test('a journal is checked, and its commands are counted', async () => {
  const journal = await Journal.open(nodeStorage(), data, { segmentBytes: 4_096 })
  const payload = encodeCommand({ type: 'CreateUser' })
  await journal.append([{ sequence: 1, timestampMs: Date.now() + 7_200_000, payload }])
  expect(await runDoctor({ data, port: '0' }, {})).toBe(0)
  await journal.close()
  expect(lineOf('journal')).toContain('1 commands, checksums and chain hold')
  expect(lineOf('read model')).toContain('none yet')
  expect(lineOf('clock')).toMatch(/^warn .* 2\.0 h ahead/)
})

test('a port that another program has is named', async () => {
  const server = createServer((_request, response) => response.end('hello'))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  expect(await runDoctor({ data, port: String(port) }, {})).toBe(1)
  expect(lineOf('port')).toMatch(/^fail .* is taken by another program; stop it/)
  await new Promise((closed) => server.close(closed))
})

test.each([
  ['mysql://localhost/x', 'does not begin with postgres://'],
  ['postgres://127.0.0.1:1/x', 'check DATABASE_URL'],
])('a database at %s is named', async (url, said) => {
  expect(await runDoctor({ data, port: '0' }, { DATABASE_URL: url })).toBe(1)
  expect(lineOf('database')).toContain(said)
})

test.each([
  ['23.9.0', 'fail'],
  ['24.0.0', 'ok'],
  ['25.1.0', 'ok'],
])('Node %s: %s', (version, level) => {
  expect(nodeVersion(version).level).toBe(level)
})

const NOW_MS = Date.UTC(2026, 5, 1)
test.each([
  ['before this program', Date.UTC(2026, 0, 1) - 1, 0, 'fail'],
  ['at the earliest', Date.UTC(2026, 0, 1), 0, 'ok'],
  ['with the journal', NOW_MS, NOW_MS, 'ok'],
  ['before the journal', NOW_MS, NOW_MS + 1, 'warn'],
])('a clock %s', (_name, nowMs, timestampMs, level) => {
  expect(clock(nowMs, { sequence: 1, timestampMs }).level).toBe(level)
})
