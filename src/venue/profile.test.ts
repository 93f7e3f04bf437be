import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseVenue } from '../core/domain/parse-venue.ts'
import { loadProfile } from './profile.ts'

const folder = mkdtempSync(join(tmpdir(), 'fulcrum-profile-'))
afterAll(() => rmSync(folder, { recursive: true }))

function written(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

test.each(['classic', 'binance'])('the %s profile is sound', (name) => {
  const venue = parseVenue(loadProfile(name))
  expect(venue.policy.profile).toBe(name)
  expect(venue.assets.length).toBe(12)
  expect(venue.symbols.length).toBe(20)
})

test('the classic policy has the defaults that the rules name', () => {
  expect(loadProfile('classic').policy).toMatchObject({
    minimumAverageBalance: '50000',
    isolatedMinimumAverageBalance: '1000',
    recheckBalance: false,
    exclusiveModes: true,
    exitCrossEquityMax: '1000',
    positionInitialMarginCap: '0.1',
    defaultLeverage: 5,
    levels: {
      '3': {
        transferOut: '2',
        borrow: '1.5',
        marginCall: '1.3',
        liquidation: '1.1',
        stopEarly: null,
      },
      '5': {
        transferOut: '2',
        borrow: '1.25',
        marginCall: '1.16',
        liquidation: '1.1',
        stopEarly: null,
      },
    },
    liquidationBand: '0.1',
    takeoverAfterMs: 60_000,
    clearanceFee: '0.02',
  })
})

test('the binance policy has no balance gate, no cap, both modes and an early stop', () => {
  expect(loadProfile('binance').policy).toMatchObject({
    minimumAverageBalance: null,
    exclusiveModes: false,
    exitCrossEquityMax: null,
    positionInitialMarginCap: null,
    levels: { '3': { stopEarly: '1.5' }, '5': { stopEarly: '1.25' } },
  })
})

test('an operator’s own policy governs the markets that come with Fulcrum', () => {
  const classic = loadProfile('classic')
  const path = written('own.json', JSON.stringify({ ...classic.policy, profile: 'own' }))
  expect(loadProfile(path)).toEqual({ ...classic, policy: { ...classic.policy, profile: 'own' } })
})

test('an operator’s own venue is taken whole', () => {
  const own = { ...loadProfile('classic'), name: 'Own' }
  expect(loadProfile(written('venue.json', JSON.stringify(own)))).toEqual(own)
})

test('a faulty profile is refused with every fault and its place', () => {
  const policy = { ...loadProfile('classic').policy, takerFee: '2', makerFee: 0 }
  const path = written('faulty.json', JSON.stringify(policy))
  expect(() => loadProfile(path)).toThrow(
    `${path} does not describe a venue:\n  policy.makerFee: must be a decimal written as text, is 0\n  policy.takerFee: is too large: "2"`,
  )
})

test('a profile that is not JSON, or not there, is refused by name', () => {
  expect(() => loadProfile(written('broken.json', '{'))).toThrow('broken.json is not JSON')
  expect(() => loadProfile(join(folder, 'absent.json'))).toThrow('absent.json')
})
