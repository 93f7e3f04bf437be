import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import type { PolicyDocument } from '../core/domain/venue-document.ts'
import { loadProfile } from '../venue/profile.ts'
import { differences, runPolicyCheck, runPolicyDiff } from './policy.ts'

const folder = mkdtempSync(join(tmpdir(), 'fulcrum-cli-policy-'))
afterAll(() => rmSync(folder, { recursive: true }))
const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
const complained = vi.spyOn(console, 'error').mockImplementation(() => {})
beforeEach(() => {
  printed.mockClear()
  complained.mockClear()
})

const classic = loadProfile('classic')

function written(policy: object): string {
  const path = join(folder, 'policy.json')
  writeFileSync(path, JSON.stringify(policy))
  return path
}

test.each(['classic', 'binance'])('%s is in order', (name) => {
  expect(runPolicyCheck(name)).toBe(0)
  expect(printed).toHaveBeenCalledWith(`ok: Fulcrum, policy ${name}, 12 assets, 20 symbols`)
})

test('every fault is told with its place', () => {
  const path = written({ ...classic.policy, clearanceFee: '2', defaultLeverage: 4 })
  expect(runPolicyCheck(path)).toBe(1)
  const [said] = complained.mock.calls[0] ?? []
  expect(said).toContain('policy.clearanceFee: ')
  expect(said).toContain('policy.defaultLeverage: ')
})

test('a name that is no file is a fault, without a stack', () => {
  expect(runPolicyCheck(join(folder, 'nowhere'))).toBe(1)
  expect(complained.mock.calls[0]?.[0]).toMatch(/nowhere cannot be read: [^\n]*$/)
})

test('the same policy has no difference', () => {
  expect(runPolicyDiff('classic', 'classic')).toBe(0)
  expect(printed).toHaveBeenCalledWith('no difference')
})

const cases: [string, Partial<PolicyDocument>, string][] = [
  ['a larger gate', { minimumAverageBalance: '60000' }, '50000 → 60000 (tightening)'],
  ['no gate', { minimumAverageBalance: null }, '50000 → none (loosening)'],
  ['a smaller cap', { positionInitialMarginCap: '0.09' }, '0.1 → 0.09 (tightening)'],
  ['a larger cap', { positionInitialMarginCap: '0.11' }, '0.1 → 0.11 (loosening)'],
  ['no cap', { positionInitialMarginCap: null }, '0.1 → none (loosening)'],
  ['both modes at once', { exclusiveModes: false }, 'true → false (loosening)'],
  ['a second look', { recheckBalance: true }, 'false → true (tightening)'],
  ['another fee', { takerFee: '0.002' }, '0.001 → 0.002 (counts as loosening)'],
  ['the same, written otherwise', { exitCrossEquityMax: '1000.0' }, '1000 → 1000.0'],
]
test.each(cases)('%s', (_name, change, said) => {
  const [field] = Object.keys(change)
  const changed = { ...classic, policy: { ...classic.policy, ...change } }
  expect(differences(classic, changed)).toEqual([`policy.${field}: ${said}`])
})

test('levels and assets are named by what they are of', () => {
  const raw = JSON.parse(JSON.stringify(classic))
  raw.policy.levels['5'].liquidation = '1.12'
  raw.assets.find(({ code }: { code: string }) => code === 'BTC').borrowable = false
  raw.assets.reverse()
  expect(differences(classic, raw).sort()).toEqual([
    'assets.BTC.borrowable: true → false (tightening)',
    'policy.levels.5.liquidation: 1.1 → 1.12 (tightening)',
  ])
})
