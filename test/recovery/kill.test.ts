import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Command } from '../../src/core/domain/command.ts'
import type { Sequence, TimestampMs } from '../../src/core/domain/ids.ts'
import { ask } from '../../src/core/engine/ask.ts'
import { apply, createState } from '../../src/core/engine/engine.ts'
import { decodeState, encodeState } from '../../src/core/engine/snapshot.ts'
import { recordsOf } from '../../src/server/journal/frame.ts'
import { nodeStorage } from '../../src/server/journal/node-storage.ts'
import { scanJournal } from '../../src/server/journal/scan.ts'
import { VenueClock } from '../../src/server/sequencer/clock.ts'
import { decodeCommand } from '../../src/server/sequencer/command-codec.ts'
import { Sequencer } from '../../src/server/sequencer/sequencer.ts'
import { nameOf } from './venue-load.ts'

/** `KILLS=100 vitest run test/recovery` for the long run. */
const KILLS = Number(process.env['KILLS'] ?? 3)
const SEGMENT_BYTES = 256 * 1024
const CHECKPOINT_EVERY = 400
const ALIVE_MS_MAX = 500

interface Run {
  readonly intents: readonly string[]
  readonly acks: ReadonlyMap<string, number>
}

function venueProcess(dir: string, run: number): ChildProcess {
  const script = fileURLToPath(new URL('venue-process.ts', import.meta.url))
  const args = [script, dir, String(run), String(SEGMENT_BYTES), String(CHECKPOINT_EVERY)]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Runs a venue under load in a process of its own and kills it at a random moment after it is ready. */
async function killedRun(dir: string, run: number): Promise<Run> {
  const output = await outputUntilKilled(venueProcess(dir, run))
  const intents: string[] = []
  const acks = new Map<string, number>()
  // The last line may be cut: it is not finished, so it says nothing.
  for (const line of output.split('\n').slice(0, -1)) {
    const [what, name = '', sequence] = line.split(' ')
    if (what === 'intent') intents.push(name)
    if (what === 'ack') acks.set(name, Number(sequence))
  }
  return { intents, acks }
}

async function outputUntilKilled(child: ChildProcess): Promise<string> {
  const pieces: Buffer[] = []
  let armed = false
  child.stdout?.on('data', (piece: Buffer) => {
    pieces.push(piece)
    if (armed) return
    armed = Buffer.concat(pieces).includes('ready\n')
    if (armed) setTimeout(() => child.kill('SIGKILL'), Math.random() * ALIVE_MS_MAX)
  })
  await new Promise((resolve) => child.once('close', resolve))
  expect(child.signalCode).toBe('SIGKILL')
  return Buffer.concat(pieces).toString()
}

interface Kept {
  readonly sequence: Sequence
  readonly timestampMs: TimestampMs
  readonly command: Command
}

async function journalOf(dir: string): Promise<Kept[]> {
  const kept: Kept[] = []
  await scanJournal(nodeStorage(), `${dir}/journal`, (segment, batch) => {
    if (batch.kind !== 'records') return
    for (const record of recordsOf(segment, batch))
      kept.push({ ...record, command: decodeCommand(record.payload) } as unknown as Kept)
  })
  return kept
}

/** The state by nothing but the commands, from the first. */
function hashFromGenesis(kept: readonly Kept[]): string {
  const state = createState()
  for (const { sequence, timestampMs, command } of kept)
    apply(state, { sequence, timestampMs, command })
  return createHash('sha256').update(encodeState(state)).digest('hex')
}

async function recoveredHash(dir: string): Promise<string> {
  const sequencer = await Sequencer.open({
    engine: { createState, apply, ask, encodeState, decodeState },
    dir,
    clock: new VenueClock(Date.now),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    segmentBytes: SEGMENT_BYTES,
  })
  const hash = sequencer.stateHash()
  expect(sequencer.setAside.size).toBe(0)
  await sequencer.close()
  return hash
}

test(
  `J7 J9 killed ${KILLS} times under load: every acknowledged command is there once, and the state is what replay gives`,
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'fulcrum-kill-'))
    const intents = new Set<string>()
    const acks = new Map<string, number>()
    for (let run = 1; run <= KILLS; run += 1) {
      const killed = await killedRun(dir, run)
      for (const name of killed.intents) intents.add(name)
      for (const [name, sequence] of killed.acks) acks.set(name, sequence)

      // The folder itself goes to the next process as the kill left it.
      const copy = `${dir}-copy`
      cpSync(dir, copy, { recursive: true })
      const hash = await recoveredHash(copy)
      const kept = await journalOf(copy)
      rmSync(copy, { recursive: true })

      const places = new Map<string, number>()
      for (const [index, { sequence, command }] of kept.entries()) {
        expect(sequence).toBe(index + 1)
        const name = nameOf(command)
        if (name === null) continue
        expect(places.has(name)).toBe(false)
        expect(intents.has(name)).toBe(true)
        places.set(name, sequence)
      }
      const named = [...acks].filter(
        ([, sequence]) => nameOf(kept[sequence - 1]?.command as Command) !== null,
      )
      for (const [name, sequence] of named) expect(places.get(name)).toBe(sequence)
      expect(Math.max(0, ...acks.values())).toBeLessThanOrEqual(kept.length)
      if (KILLS <= 10 || run % 10 === 0 || run === KILLS) expect(hash).toBe(hashFromGenesis(kept))
    }
    expect(acks.size).toBeGreaterThan(0)
    rmSync(dir, { recursive: true })
  },
  60_000 + KILLS * 10_000,
)

test('J5 a folder another process writes to is refused, with that process, until it is gone', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'fulcrum-held-'))
  const child = venueProcess(dir, 1)
  await new Promise((resolve) => child.stdout?.once('data', resolve))
  await expect(recoveredHash(dir)).rejects.toThrow(`in use by process ${child.pid}`)
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('close', resolve))
  expect(await recoveredHash(dir)).toMatch(/^[0-9a-f]{64}$/)
  rmSync(dir, { recursive: true })
})
