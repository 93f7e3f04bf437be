import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function fulcrum(...args: string[]): Promise<Ended> {
  const flags = ['--disable-warning=ExperimentalWarning', main, ...args]
  return new Promise((resolve) => {
    execFile(process.execPath, flags, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

test.each([
  ['frobnicate'],
  ['start', '--prot', '1'],
  ['start', '--port', '65536'],
  ['start', '--ephemeral', '--port', '0', '--policy', 'nowhere.json'],
  ['start', '--ephemeral', '--port', '0', '--candles', 'nowhere'],
  ['start', '--ephemeral', '--port', '0', '--live', '--market', 'binance'],
  ['replay'],
  ['replay', 'nowhere'],
  ['replay', 'nowhere', '--accounts', '-1'],
  ['audit', '--data', 'nowhere'],
  ['sim', '--seeds', '0'],
  ['journal', 'verify', '--data', 'nowhere'],
  ['journal', 'inspect', '--data', 'nowhere'],
  ['journal', 'tail', '--data', 'nowhere'],
  ['policy', 'diff', 'classic', 'nowhere.json'],
  ['user', 'list', '--data', 'nowhere'],
  ['doctor', '--port', 'x'],
])('%s %s %s: one sentence on stderr, and exit 2', async (...args) => {
  const { code, stdout, stderr } = await fulcrum(...args)
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^(error|fulcrum.*): \S/m)
  expect(stderr).not.toMatch(/^\s+at /m)
})

test.each([
  ['--help'],
  ['journal', '--help'],
  ['journal', 'tail', '--help'],
  ['policy', 'diff', '--help'],
  ['doctor', '--help'],
])('%s %s %s explains itself', async (...args) => {
  const { code, stdout } = await fulcrum(...args)
  expect(code).toBe(0)
  expect(stdout).toMatch(/^Usage: fulcrum/)
})

test('a policy is compared from the command line', async () => {
  const { code, stdout } = await fulcrum('policy', 'diff', 'classic', 'binance')
  expect(code).toBe(1)
  expect(stdout).toContain('policy.minimumAverageBalance: 50000 → none (loosening)\n')
})
