import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { coldStart } from './cold-start.ts'
import { engine } from './engine.ts'
import { fullPath } from './full-path.ts'
import { gateway } from './gateway.ts'
import { journal } from './journal.ts'
import { matching } from './matching.ts'
import { risk } from './risk.ts'
import type { BenchRow } from './row.ts'

interface Options {
  readonly quick?: boolean
  readonly workload?: string
}

const BENCHES: Readonly<Record<string, (options: Options) => Promise<BenchRow[]>>> = {
  matching,
  engine,
  'full-path': fullPath,
  risk,
  journal,
  gateway,
  start: coldStart,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    workload: { type: 'string' },
    quick: { type: 'boolean' },
  },
})

const unknown = positionals.filter((name) => !(name in BENCHES))
if (unknown.length > 0) {
  console.error(
    `no such bench: ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`,
  )
  process.exit(2)
}

const rows: BenchRow[] = []
for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
  const measured = (await BENCHES[name]?.(values as Options)) ?? []
  rows.push(...measured)
  for (const row of measured) console.log(lineOf(row))
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`)

function lineOf(row: BenchRow): string {
  const own = `${figure(row.value)} ${row.unit} (${figure(row.min)} to ${figure(row.max)} in ${row.runs} runs)`
  const peer =
    row.peer === undefined
      ? ''
      : `\n    ${row.peer}: ${figure(row.peerValue ?? 0)} ${row.unit}, ratio ${figure(row.ratio ?? 0)}`
  return `${row.bench}: ${row.case}, ${row.metric}\n    ${own}${peer}`
}

function figure(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 4 })
}
