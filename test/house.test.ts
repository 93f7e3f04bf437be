import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The table of floors guards nothing if the tool that reads it sees no module: so violations are planted and must be found.
const root = fileURLToPath(new URL('..', import.meta.url))
const cruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
const plot = mkdtempSync(join(tmpdir(), 'fulcrum-house-'))

const planted: Record<string, string> = {
  'src/core/money/amount.ts': 'export type Amount = bigint\n',
  'src/core/money/upward.ts':
    "import type { Order } from '../domain/order.ts'\nexport type Up = Order\n",
  'src/core/domain/order.ts':
    "import type { Amount } from '../money/amount.ts'\nexport type Order = Amount\n",
  'src/core/domain/order.test.ts': "import './node-user.ts'\nimport '../engine/engine.ts'\n",
  'src/core/domain/node-user.ts':
    "import { readFileSync } from 'node:fs'\nexport const read = readFileSync\n",
  'src/core/engine/engine.ts': "import './left.ts'\nexport const engine = 1\n",
  'src/core/engine/left.ts': "import type { Right } from './right.ts'\nexport type Left = Right\n",
  'src/core/engine/right.ts': "import type { Left } from './left.ts'\nexport type Right = Left\n",
  'src/core/ledger/ledger.ts': "import '../matching/book.ts'\n",
  'src/core/matching/book.ts': "import '../domain/order.test.ts'\n",
  'src/server/journal/journal.ts': "import '../../core/money/amount.ts'\n",
  'src/wire/error.ts': "import 'node:crypto'\n",
  'src/wire/lost.ts': "import './nowhere.ts'\n",
  'src/tidbits/one.ts': "import '../wire/error.ts'\n",
  'src/venue/start.ts': "import '../tidbits/one.ts'\n",
}

let found: string[] = []
let cruised = 0

beforeAll(async () => {
  for (const [path, content] of Object.entries(planted)) {
    mkdirSync(dirname(join(plot, path)), { recursive: true })
    writeFileSync(join(plot, path), content)
  }
  copyFileSync(join(root, '.dependency-cruiser.mjs'), join(plot, '.dependency-cruiser.mjs'))
  writeFileSync(join(plot, 'package.json'), '{"name":"plot","type":"module"}')
  const output = await cruiseJson()
  cruised = output.summary.totalCruised
  found = output.summary.violations.map(({ rule, from }) => `${from}: ${rule.name}`)
})

afterAll(() => rmSync(plot, { recursive: true }))

interface Cruised {
  summary: {
    totalCruised: number
    violations: { from: string; rule: { name: string } }[]
  }
}

/** The tool exits with the number of violations, so a failure is what is expected here. */
function cruiseJson(): Promise<Cruised> {
  const args = [cruise, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', 'src']
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: plot }, (error, stdout, stderr) => {
      if (stdout.startsWith('{')) resolve(JSON.parse(stdout))
      else reject(new Error(stderr, { cause: error }))
    })
  })
}

test('the house check reads TypeScript', () => {
  expect(cruised).toBeGreaterThanOrEqual(Object.keys(planted).length)
})

test.each([
  [
    'a type that a lower floor takes from a higher one',
    'src/core/money/upward.ts: core/money imports only itself',
  ],
  [
    'a sibling that knows its sibling',
    'src/core/ledger/ledger.ts: core/ledger imports only core/domain, core/money',
  ],
  [
    'a journal that knows what it carries',
    'src/server/journal/journal.ts: server/journal imports only itself',
  ],
  [
    'a core file that reads files',
    'src/core/domain/node-user.ts: core imports no package and nothing of Node',
  ],
  ['a wire file that only Node can run', 'src/wire/error.ts: wire imports nothing of Node'],
  ['a file that uses a test', 'src/core/matching/book.ts: nothing imports a test'],
  ['two files that need each other', 'src/core/engine/left.ts: no cycles'],
  ['a folder without a floor', 'src/venue/start.ts: every file in src stands on a floor'],
  ['an import of what is not there', 'src/wire/lost.ts: every import is found'],
])('the house check finds %s', (_, violation) => {
  expect(found).toContain(violation)
})

test('the house check leaves alone what may be: a floor below, a test that reaches up', () => {
  const files = found.map((line) => line.slice(0, line.indexOf(':')))
  expect(files).not.toContain('src/core/domain/order.ts')
  expect(files).not.toContain('src/core/money/amount.ts')
  expect(files).not.toContain('src/core/domain/order.test.ts')
})
