import { expect, test } from 'vitest'
import { loadProfile } from '../../venue/profile.ts'
import { validateVenueDocument } from './parse-venue.ts'
import type { DocumentValue, PolicyEffect } from './policy-difference.ts'
import { isLoosening, policyDifferences, policyEffectOf } from './policy-difference.ts'
import { policySenseOf } from './policy-sense.ts'
import { withSettings } from './policy-setting.ts'
import type { VenueDocument } from './venue-document.ts'

const classic = loadProfile('classic')
const FULL = [{ upTo: null, weight: '1' }]
const BANDED = [
  { upTo: '100', weight: '1' },
  { upTo: '200', weight: '0.9' },
  { upTo: null, weight: '0' },
]

const cases: [string, DocumentValue, DocumentValue, PolicyEffect][] = [
  // A demand: larger is tighter, none is none.
  ['policy.minimumAverageBalance', '50000', '50001', 'TIGHTENING'],
  ['policy.minimumAverageBalance', '50000', '49999', 'LOOSENING'],
  ['policy.minimumAverageBalance', '50000', '50000.00', 'NONE'],
  ['policy.minimumAverageBalance', '50000', null, 'LOOSENING'],
  ['policy.minimumAverageBalance', null, '0', 'TIGHTENING'],
  ['policy.recheckBalance', false, true, 'TIGHTENING'],
  ['policy.recheckBalance', true, false, 'LOOSENING'],
  ['policy.levels.5.marginCall', '1.16', '1.17', 'TIGHTENING'],
  ['policy.levels.3.liquidation', '1.1', '1.09', 'LOOSENING'],
  ['policy.looseningDelayMs', 86_400_000, 1, 'LOOSENING'],
  ['symbols.BTCUSDT.percentPrice.bidDown', '0.2', '0.1', 'LOOSENING'],
  // A limit: larger is looser, none is none.
  ['assets.BTC.userBorrowLimit', '10', '9', 'TIGHTENING'],
  ['assets.BTC.userBorrowLimit', '10', '10.00000001', 'LOOSENING'],
  ['assets.BTC.borrowable', false, true, 'LOOSENING'],
  ['assets.BTC.maximumPerOrder', null, '5', 'TIGHTENING'],
  ['policy.positionInitialMarginCap', '0.1', null, 'LOOSENING'],
  ['policy.marginCallRepeatMs', 100, 101, 'LOOSENING'],
  ['symbols.BTCUSDT.margin', true, false, 'TIGHTENING'],
  ['symbols.BTCUSDT.orderRules.executionBand.bidUp', null, '1.1', 'TIGHTENING'],
  ['symbols.BTCUSDT.orderRules.executionBand.bidDown', null, '0.9', 'TIGHTENING'],
  // Stopping early leaves risk: never to stop is the tightest.
  ['policy.levels.5.stopEarly', null, '1.5', 'LOOSENING'],
  ['policy.levels.5.stopEarly', '1.5', '1.4', 'LOOSENING'],
  ['policy.levels.5.stopEarly', '1.5', null, 'TIGHTENING'],
  // Haircuts, part by part.
  ['assets.BTC.collateral', [], FULL, 'LOOSENING'],
  ['assets.BTC.collateral', FULL, [], 'TIGHTENING'],
  ['assets.BTC.collateral', FULL, BANDED, 'TIGHTENING'],
  ['assets.BTC.collateral', BANDED, FULL, 'LOOSENING'],
  [
    'assets.BTC.collateral',
    BANDED,
    [...BANDED.slice(0, 2), { upTo: null, weight: '0.1' }],
    'LOOSENING',
  ],
  [
    'assets.BTC.collateral',
    BANDED,
    [{ upTo: '99', weight: '1' }, ...BANDED.slice(1)],
    'TIGHTENING',
  ],
  [
    'assets.BTC.collateral',
    BANDED,
    [{ upTo: '101', weight: '1' }, ...BANDED.slice(1)],
    'LOOSENING',
  ],
  // Less of the first part does not make up for more of the last.
  ['assets.BTC.collateral', BANDED, [{ upTo: null, weight: '0.2' }], 'LOOSENING'],
  // Who gains depends on whom one asks.
  ['policy.makerFee', '0.001', '0.002', 'EITHER'],
  ['policy.makerFee', '0.001', '0', 'EITHER'],
  ['policy.liquidationBand', '0.1', '0.2', 'EITHER'],
  ['policy.disclosureVersion', '1', '2', 'EITHER'],
  // What exists was built on it.
  ['symbols.BTCUSDT.tickSize', '0.01', '0.1', 'FIXED'],
  ['assets.BTC.pool.supply', '1', '2', 'FIXED'],
  ['policy.insuranceFund.BTC', '1', '2', 'FIXED'],
  ['policy.trading.stopTrigger', 'INDEX', 'LAST_TRADE', 'FIXED'],
  ['policy.whatNobodyHasThoughtOf', 1, 2, 'FIXED'],
]
test.each(cases)('O2 %s from %j to %j is %s', (path, from, to, effect) => {
  expect(policyEffectOf(path, from, to)).toBe(effect)
})

/** Without the name of the one asset or symbol; what governs indexes and lending is fixed as a whole. */
const nameOf = (path: string) =>
  path
    .replace(/^(\w+)\.[A-Z]+(\.|$)/, '$1.*$2')
    .replace(/^policy\.(indexPrice|lending)\..*/, 'policy.$1.*')

test('O2 every field of a venue document has a sense, in a table that a person reads', () => {
  const nothing = { name: '', assets: [], symbols: [], policy: {} } as unknown as VenueDocument
  const band = { bidUp: '2', bidDown: '0.5', askUp: '2', askDown: '0.5' }
  const rates = { maker: '0', taker: '0', buyer: '0', seller: '0' }
  const orderRules = {
    executionBand: band,
    volatilityInterruption: { band: '0.1', windowMs: 1, pauseMs: 1 },
    standardCommission: rates,
    taxCommission: rates,
    specialCommission: rates,
  }
  const symbols = classic.symbols.map((symbol) => ({ ...symbol, orderRules }))
  const trading = { ...classic.policy.trading, stopTrigger: 'INDEX' as const }
  const policy = { ...classic.policy, trading }
  const full = { ...classic, symbols, policy }
  const fields = policyDifferences(nothing, full).map(({ path }) => path)
  const fixed = fields.filter((path) => policySenseOf(path) === 'fixed')
  const kinds = new Set(fixed.map((path) => nameOf(path)))
  // A new field comes to be fixed by itself: give it its sense in policy-sense.ts, or add it here.
  expect([...kinds].sort()).toEqual([
    'assets.*.code',
    'assets.*.pool.supply',
    'policy.indexPrice.*',
    'policy.indexPriceAgeMaxMs',
    ...Object.keys(classic.policy.insuranceFund)
      .map((code) => `policy.insuranceFund.${code}`)
      .sort(),
    'policy.lending.*',
    'policy.trading.clientOrderIdWindowMs',
    'policy.trading.stopTrigger',
    'symbols.*.base',
    'symbols.*.quote',
    'symbols.*.stepSize',
    'symbols.*.symbol',
    'symbols.*.tickSize',
  ])
})

function changed(settings: [string, DocumentValue][]) {
  const set = withSettings(
    classic,
    settings.map(([path, to]) => ({ path, to })),
  )
  if ('faults' in set) return set.faults.map(({ path, message }) => `${path}: ${message}`)
  const validated = validateVenueDocument(set.raw)
  if ('faults' in validated) return validated.faults.map((f) => `${f.path}: ${f.message}`)
  return policyDifferences(classic, validated.document).map(({ path }) => path)
}

test.each<[string, [string, DocumentValue][], unknown]>([
  ['a value', [['policy.levels.5.marginCall', '1.2']], ['policy.levels.5.marginCall']],
  ['a list', [['assets.BTC.collateral', FULL]], ['assets.BTC.collateral']],
  [
    'a section that was left to its defaults',
    [['symbols.BTCUSDT.orderRules.maximumAlgoOrders', 4]],
    ['symbols.BTCUSDT.orderRules.maximumAlgoOrders'],
  ],
  ['levels out of order', [['policy.levels.5.liquidation', '1.2']], expect.arrayContaining([])],
  [
    'an asset that is not there',
    [['assets.NOPE.name', 'x']],
    ['assets.NOPE.name: names nothing in a venue document'],
  ],
  ['no field', [['policy', {}]], ['policy: names nothing in a venue document']],
  [
    'a field twice',
    [
      ['policy.makerFee', '0'],
      ['policy.makerFee', '1'],
    ],
    expect.arrayContaining(['policy.makerFee: is set twice']),
  ],
  [
    'a field and its section',
    [
      ['policy.levels.5', {}],
      ['policy.levels.5.borrow', '2'],
    ],
    ['policy.levels.5: is set twice'],
  ],
  ['an unknown field', [['policy.colour', 'red']], ['policy.colour: is not a known field']],
  ['nothing', [], ['changes: must be 1 to 50']],
  [
    'the prototype',
    [['policy.__proto__.x', 1]],
    ['policy.__proto__.x: names nothing in a venue document'],
  ],
])('O3 settings: %s', (_name, settings, expected) => {
  expect(changed(settings)).toEqual(expected)
})

test('O2 one field that loosens makes the whole change loosen', () => {
  const tight = { path: 'policy.levels.5.marginCall', to: '1.2' }
  const loose = { path: 'assets.BTC.userBorrowLimit', to: '100000' }
  const differences = (settings: (typeof tight)[]) => {
    const set = withSettings(classic, settings)
    return 'raw' in set ? policyDifferences(classic, set.raw as VenueDocument) : []
  }
  expect(isLoosening(differences([tight]))).toBe(false)
  expect(isLoosening(differences([loose]))).toBe(true)
  expect(isLoosening(differences([tight, loose]))).toBe(true)
})
