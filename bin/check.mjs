// Everything a change must pass, one after the other, and then a line for each. CI runs the same.
//
// `--without-tests` leaves the tests out, for where they have just run.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

const steps = [
  ['format and lint', 'node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.'],
  ['types', 'node_modules/typescript-7/bin/tsc', '-b'],
  [
    'import direction',
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.mjs',
    'src',
    'test',
    'bench',
    'examples',
  ],
  ['dead code', 'node_modules/knip/bin/knip.js'],
  ['unit tests', 'node_modules/vitest/vitest.mjs', 'run', 'src', 'test/tidy', 'test/house'],
]

const chosen = process.argv.includes('--without-tests')
  ? steps.filter(([name]) => name !== 'unit tests')
  : steps

const results = chosen.map(([name, script, ...args]) => {
  console.log(`\n── ${name}`)
  const startedMs = performance.now()
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' })
  return { name, passed: status === 0, seconds: (performance.now() - startedMs) / 1000 }
})

console.log('\n── summary')
for (const { name, passed, seconds } of results) {
  console.log(`${passed ? 'pass' : 'FAIL'}  ${name.padEnd(16)} ${seconds.toFixed(1).padStart(6)} s`)
}
process.exit(results.every(({ passed }) => passed) ? 0 : 1)
