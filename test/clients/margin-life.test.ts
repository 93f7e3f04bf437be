import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runVenue } from './running-venue.ts'

const example = fileURLToPath(new URL('../../examples/margin-life.mjs', import.meta.url))

test('a margin trader lives their whole life with the released ccxt against the real server', async () => {
  const venue = await runVenue('--ephemeral', '--market', 'still')
  try {
    const child = spawn(process.execPath, [example], {
      env: { ...process.env, FULCRUM_URL: venue.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stdout.on('data', (data: Buffer) => {
      said += data.toString()
    })
    let complaints = ''
    child.stderr.on('data', (data: Buffer) => {
      complaints += data.toString()
    })
    const [code] = await once(child, 'exit')
    expect(complaints).toBe('')
    expect(code).toBe(0)
    expect(said).toContain('the mode is cleared')
  } finally {
    expect(await venue.stop()).toBe(0)
  }
}, 60_000)

test('the announcement holds credentials and a snippet that run as they are', async () => {
  const venue = await runVenue('--ephemeral')
  try {
    expect(venue.announcement).toMatch(/API key {5}[A-Za-z0-9]{64}/)
    expect(venue.announcement).toMatch(/secret key {2}[A-Za-z0-9]{64}/)
    const snippet = venue.announcement.slice(venue.announcement.indexOf('import ccxt'))
    const script = snippet.replaceAll(/^ {2}/gm, '')
    const folder = fileURLToPath(new URL('.', import.meta.url))
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: folder })
    let said = ''
    child.stdout.on('data', (data: Buffer) => {
      said += data.toString()
    })
    expect((await once(child, 'exit'))[0]).toBe(0)
    expect(said).toContain('USDT')
  } finally {
    await venue.stop()
  }
}, 60_000)
