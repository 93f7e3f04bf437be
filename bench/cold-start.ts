import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchRow } from './row.ts'
import { median } from './row.ts'

const RUNS = 5
const fulcrum = fileURLToPath(new URL('../bin/fulcrum.mjs', import.meta.url))

/** From the command to the first answered request, with an empty data folder; beside an empty Node program. */
export async function coldStart(): Promise<BenchRow[]> {
  const ours: number[] = []
  const bare: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    ours.push(await startOnce())
    bare.push(await runOnce(['-e', '0']))
  }
  const value = median(ours)
  const peerValue = median(bare)
  return [
    {
      bench: 'start',
      case: 'npx fulcrum start, empty data folder',
      metric: 'time to ready',
      unit: 'ms',
      value,
      peer: 'node -e 0',
      peerValue,
      ratio: peerValue / value,
      runs: RUNS,
      min: Math.min(...ours),
      max: Math.max(...ours),
    },
  ]
}

async function startOnce(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'fulcrum-bench-'))
  const started = performance.now()
  const child = spawn(process.execPath, [fulcrum, 'start', '--port', '0', '--data', folder])
  try {
    const url = await new Promise<string>((resolve) => {
      let printed = ''
      child.stdout.on('data', (data: Buffer) => {
        printed += data.toString()
        const found = /trading at (http:\S+)/.exec(printed)?.[1]
        if (found !== undefined) resolve(found)
      })
    })
    await fetch(`${url}/api/v3/ping`)
    return Math.round(performance.now() - started)
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
    rmSync(folder, { recursive: true })
  }
}

async function runOnce(args: string[]): Promise<number> {
  const started = performance.now()
  await once(spawn(process.execPath, args), 'exit')
  return Math.round(performance.now() - started)
}
