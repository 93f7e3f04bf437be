import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Journal } from '../../src/server/journal/journal.ts'
import { nodeStorage } from '../../src/server/journal/node-storage.ts'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const version1 = new URL(
  '../../src/server/sequencer/fixtures/commands-version-1.ndjson',
  import.meta.url,
)
const folder = mkdtempSync(join(tmpdir(), 'fulcrum-older-rules-'))

/** Every file of the folder with its bytes. */
function content(): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  const paths = files
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  return Object.fromEntries(
    paths.sort().map((path) => [path, readFileSync(path).toString('base64')]),
  )
}

interface Ran {
  readonly code: number
  readonly output: string
  readonly complaints: string
}

function fulcrum(...args: string[]): Promise<Ran> {
  const line = ['--disable-warning=ExperimentalWarning', main, ...args]
  return new Promise((resolve) => {
    execFile(process.execPath, line, (error, output, complaints) => {
      resolve({ code: error === null ? 0 : Number(error.code), output, complaints })
    })
  })
}

beforeAll(async () => {
  const journal = await Journal.open(nodeStorage(), folder, { segmentBytes: 65_536 })
  for (const [index, line] of readFileSync(version1, 'utf8').trim().split('\n').entries()) {
    const record = { sequence: index + 1, timestampMs: index, payload: Buffer.from(line) }
    await journal.append([record])
  }
  await journal.close()
  // A release that is refused its journal must not touch what else it would have kept beside it.
  mkdirSync(join(folder, 'checkpoints'))
  writeFileSync(join(folder, 'checkpoints', '00000000000000000005.bin'), 'of an older release')
})

afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['start', ['start', '--port', '0', '--market', 'still', '--data', folder]],
  ['audit', ['audit', '--data', folder]],
])(
  'J12 fulcrum %s refuses a journal that 0.1.0 wrote, and changes no file',
  async (_name, args) => {
    const before = content()
    const { code, complaints } = await fulcrum(...args)
    expect(code).toBe(1)
    expect(complaints).toContain(
      `fulcrum: ${folder}/journal/00000000000000000001.log, record 1: this journal was written by rules of version 1`,
    )
    expect(complaints).toContain('Start with another data folder')
    expect(complaints).not.toMatch(/^\s+at /m)
    expect(content()).toEqual(before)
  },
)

test('J12 fulcrum journal still lists what is in it', async () => {
  const inspected = await fulcrum('journal', 'inspect', '--data', folder)
  expect(inspected.code, inspected.complaints).toBe(0)
  expect(JSON.parse(inspected.output).commands).toMatchObject({ PlaceOrder: 2 })
  const tail = await fulcrum('journal', 'tail', '--data', folder)
  expect(tail.output).toContain('"type":"CancelReplace"')
})
