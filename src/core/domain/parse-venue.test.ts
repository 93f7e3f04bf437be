import { expect, test } from 'vitest'
import { parseVenue, validateVenueDocument } from './parse-venue.ts'

// biome-ignore lint/suspicious/noExplicitAny: a document is broken on purpose, field by field.
type Broken = any

function asset(code: string): Broken {
  return {
    code,
    name: code,
    stable: code === 'USDT',
    borrowable: true,
    collateral: [
      { upTo: '100', weight: '1' },
      { upTo: '200', weight: '0.5' },
      { upTo: null, weight: '0' },
    ],
    dailyInterestRate: '0.0003',
    minimumBorrow: '0.00000001',
    minimumRepay: '0.00000001',
    userBorrowLimit: '10',
    venueBorrowCap: '100',
    pool: { supply: '1000', reserve: '100' },
  }
}

function market(base: string, quote: string, tickSize: string, stepSize: string): Broken {
  return {
    symbol: base + quote,
    base,
    quote,
    tickSize,
    minimumPrice: tickSize,
    maximumPrice: '10',
    stepSize,
    minimumQuantity: stepSize,
    maximumQuantity: '9000',
    marketMaximumQuantity: '100',
    minimumNotional: '5',
    maximumNotional: '9000000',
    percentPrice: { bidUp: '5', bidDown: '0.2', askUp: '5', askDown: '0.2' },
    maximumOpenOrders: 200,
    margin: true,
  }
}

function venue(): Broken {
  const three = { transferOut: '2', borrow: '1.5', marginCall: '1.3', liquidation: '1.1' }
  const five = { transferOut: '2', borrow: '1.25', marginCall: '1.16', liquidation: '1.1' }
  return {
    name: 'Test',
    assets: ['USDT', 'BTC', 'ETH'].map(asset),
    symbols: [
      market('BTC', 'USDT', '0.01', '0.00001'),
      market('ETH', 'USDT', '0.01', '0.0001'),
      market('ETH', 'BTC', '0.00001', '0.001'),
    ],
    policy: {
      profile: 'test',
      minimumAverageBalance: '50000',
      isolatedMinimumAverageBalance: '1000',
      recheckBalance: false,
      disclosureVersion: '1',
      exclusiveModes: true,
      exitCrossEquityMax: '1000',
      positionInitialMarginCap: '0.1',
      defaultLeverage: 5,
      levels: { '3': { ...three, stopEarly: null }, '5': { ...five, stopEarly: '1.25' } },
      marginCallRepeatMs: 86_400_000,
      marginCallStep: '0.02',
      liquidationBand: '0.1',
      takeoverAfterMs: 60_000,
      clearanceFee: '0.02',
      interestSplit: { lenders: '0.8', insuranceFund: '0.1', venue: '0.1' },
      makerFee: '0.001',
      takerFee: '0.001',
      indexPriceAgeMaxMs: 60_000,
      insuranceFund: { BTC: '1.5', USDT: '100' },
    },
  }
}

/** `path: message` of each fault of the test venue once `spoil` has had its way. */
function faultsAfter(spoil: (document: Broken) => void): string[] {
  const document = venue()
  spoil(document)
  const validated = validateVenueDocument(document)
  return 'faults' in validated ? validated.faults.map((f) => `${f.path}: ${f.message}`) : []
}

test('a sound document is itself, and becomes a venue with every unit converted', () => {
  const document = venue()
  expect(validateVenueDocument(document)).toEqual({ document })
  const parsed = parseVenue(document)
  expect(parsed.usdt).toBe(0)
  expect(parsed.usdtSymbol.map((symbol) => symbol?.symbol ?? null)).toEqual([
    null,
    'BTCUSDT',
    'ETHUSDT',
  ])
  expect(parsed.symbolByName.get('ETHBTC')).toMatchObject({
    index: 2,
    base: 2,
    quote: 1,
    tickSize: 1_000n,
    stepSize: 100_000n,
    quotePerTickLot: 1n,
    minimumPrice: 1,
    maximumPrice: 1_000_000,
    minimumLots: 1,
    maximumLots: 9_000_000,
    minimumNotional: 500_000_000n,
  })
  expect(parsed.assetByCode.get('BTC')?.collateral[0]).toEqual({
    upTo: 1_000_000_000_000_000_000n,
    weight: 1_000_000_000_000n,
  })
  expect(parsed.policy.levels[5].stopEarly).toBe(1_250_000_000_000n)
  expect(parsed.policy.insuranceFund).toEqual([
    [0, 10_000_000_000n],
    [1, 150_000_000n],
  ])
})

test('a policy may leave its gates open', () => {
  const document = venue()
  document.policy.minimumAverageBalance = null
  document.policy.exitCrossEquityMax = null
  document.policy.positionInitialMarginCap = null
  const { policy } = parseVenue(document)
  expect(policy.minimumAverageBalance).toBeNull()
  expect(policy.exitCrossEquityMax).toBeNull()
  expect(policy.positionInitialMarginCap).toBeNull()
})

const SOURCE = { name: 'okx', weight: '1' }
const REDEMPTION = { underlying: 'USDT', ratio: '1.08', movePerDayMax: '0.01' }

test.each<[string, (d: Broken) => void, string]>([
  [
    'X1 a source named twice',
    (d) => (d.policy.indexPrice = { sources: [SOURCE, { ...SOURCE, weight: '2' }] }),
    'policy.indexPrice.sources[1].name: okx is already sources[0]',
  ],
  [
    'X1 a source without weight',
    (d) => (d.policy.indexPrice = { sources: [{ ...SOURCE, weight: '0' }] }),
    'policy.indexPrice.sources[0].weight: must be above 0',
  ],
  [
    'X1 own trades that weigh more than a tenth',
    (d) => (d.policy.indexPrice = { ownTradesWeight: '0.100000000001' }),
    'policy.indexPrice.ownTradesWeight: is too large: "0.100000000001"',
  ],
  [
    'X2 a redemption for what is not there',
    (d) => (d.assets[1].redemption = { ...REDEMPTION, underlying: 'NONE' }),
    'assets[1].redemption.underlying: NONE is not among the assets',
  ],
  [
    'X2 a redemption for itself',
    (d) => (d.assets[1].redemption = { ...REDEMPTION, underlying: d.assets[1].code }),
    'assets[1].redemption.underlying: must be another asset',
  ],
  [
    'X2 a redemption for what is redeemed',
    (d) => {
      d.assets[1].redemption = REDEMPTION
      d.assets[2].redemption = { ...REDEMPTION, underlying: d.assets[1].code }
    },
    'assets[2].redemption.underlying: BTC has no index of its own',
  ],
  [
    'an unknown field',
    (d) => (d.assets[1].colour = 'red'),
    'assets[1].colour: is not a known field',
  ],
  ['a missing field', (d) => delete d.symbols[0].margin, 'symbols[0].margin: is missing'],
  ['a list for an object', (d) => (d.policy = []), 'policy: must be an object, is []'],
  ['an object for a list', (d) => (d.assets = {}), 'assets: must be a list, is {}'],
  [
    'a text for a flag',
    (d) => (d.assets[0].stable = 'yes'),
    'assets[0].stable: must be true or false, is "yes"',
  ],
  ['an empty name', (d) => (d.name = ' '), 'name: must be a text that is not empty, is " "'],
  [
    'a small letter in a code',
    (d) => (d.assets[1].code = 'btc'),
    'assets[1].code: must be 2 to 20 capital letters or digits, is "btc"',
  ],
  [
    'a number for a decimal',
    (d) => (d.symbols[0].tickSize = 0.01),
    'symbols[0].tickSize: must be a decimal written as text, is 0.01',
  ],
  [
    'an exponent',
    (d) => (d.symbols[0].tickSize = '1e-2'),
    'symbols[0].tickSize: must be a plain decimal such as "0.05", is "1e-2"',
  ],
  [
    'a negative amount',
    (d) => (d.assets[0].minimumBorrow = '-1'),
    'assets[0].minimumBorrow: must be a plain decimal such as "0.05", is "-1"',
  ],
  [
    'nine decimals',
    (d) => (d.assets[0].minimumBorrow = '0.000000001'),
    'assets[0].minimumBorrow: has more than 8 decimals: "0.000000001"',
  ],
  ['a zero tick', (d) => (d.symbols[0].tickSize = '0'), 'symbols[0].tickSize: must be above 0'],
  [
    'an amount past the ledger',
    (d) => (d.assets[0].pool.supply = '30000000000'),
    'assets[0].pool.supply: is too large: "30000000000"',
  ],
  [
    'a weight above 1',
    (d) => (d.assets[0].collateral[0].weight = '1.1'),
    'assets[0].collateral[0].weight: is too large: "1.1"',
  ],
  [
    'a leverage of 4',
    (d) => (d.policy.defaultLeverage = 4),
    'policy.defaultLeverage: must be 3 or 5, is 4',
  ],
  [
    'a period of 0',
    (d) => (d.policy.takeoverAfterMs = 0),
    'policy.takeoverAfterMs: must be a whole number above 0, is 0',
  ],
  ['a fee of 1', (d) => (d.policy.takerFee = '1'), 'policy.takerFee: is too large: "1"'],
  [
    'a fund in an unknown asset',
    (d) => (d.policy.insuranceFund.LUNA = '1'),
    'policy.insuranceFund.LUNA: is not among the assets',
  ],
  [
    'an asset twice',
    (d) => d.assets.push(asset('BTC')),
    'assets[3].code: BTC is already assets[1]',
  ],
  [
    'a symbol name twice',
    (d) => (d.symbols[2].symbol = 'BTCUSDT'),
    'symbols[2].symbol: BTCUSDT is already symbols[0]',
  ],
  [
    'a pair twice',
    (d) => d.symbols.push({ ...d.symbols[2], symbol: 'ETHBTC2' }),
    'symbols[3].base: ETH against BTC is already symbols[2]',
  ],
  [
    'an unknown quote',
    (d) => (d.symbols[2].quote = 'EUR'),
    'symbols[2].quote: EUR is not among the assets',
  ],
  [
    'a quote that is the base',
    (d) => (d.symbols[2].quote = 'ETH'),
    'symbols[2].quote: must differ from the base',
  ],
  [
    'a fill that would round',
    (d) => (d.symbols[2].stepSize = '0.0001'),
    'symbols[2].stepSize: tick × step must be a whole number of 10^-8 BTC: enlarge one of them',
  ],
  [
    'a price between ticks',
    (d) => (d.symbols[0].maximumPrice = '9.999'),
    'symbols[0].maximumPrice: must be a multiple of tickSize',
  ],
  [
    'a lowest price above the highest',
    (d) => (d.symbols[0].minimumPrice = '11'),
    'symbols[0].minimumPrice: is above maximumPrice',
  ],
  [
    'a quantity between lots',
    (d) => (d.symbols[1].minimumQuantity = '0.00015'),
    'symbols[1].minimumQuantity: must be a multiple of stepSize',
  ],
  [
    'a largest order below the smallest',
    (d) => (d.symbols[1].minimumQuantity = '101'),
    'symbols[1].marketMaximumQuantity: is below minimumQuantity',
  ],
  [
    'a notional range upside down',
    (d) => (d.symbols[0].maximumNotional = '4'),
    'symbols[0].minimumNotional: is above maximumNotional',
  ],
  [
    'a percent price range upside down',
    (d) => (d.symbols[0].percentPrice.bidUp = '0.2'),
    'symbols[0].percentPrice.bidDown: must be below bidUp',
  ],
  [
    'a reserve above the supply',
    (d) => (d.assets[2].pool.reserve = '1000.1'),
    'assets[2].pool.reserve: is more than the pool’s supply',
  ],
  [
    'an asset nothing values',
    (d) => d.symbols.splice(1, 1),
    'assets[2]: ETH has no symbol against USDT',
  ],
  ['a USDT that floats', (d) => (d.assets[0].stable = false), 'assets[0].stable: USDT is stable'],
  [
    'a split past 1',
    (d) => (d.policy.interestSplit.venue = '0.100000000001'),
    'policy.interestSplit: must sum to 1',
  ],
])('a document is refused for %s, with the place', (_, spoil, fault) => {
  expect(faultsAfter(spoil)).toContain(fault)
})

test('a venue without USDT is refused', () => {
  const faults = faultsAfter((d) => {
    d.assets[0].code = 'USDX'
  })
  expect(faults).toContain('assets: USDT is missing')
})

test.each<[string, string, boolean]>([
  ['10737418.23', '2^30 − 1 ticks', true],
  ['10737418.24', '2^30 ticks', false],
])('a highest price of %s, %s, accepted: %s', (maximumPrice, _, accepted) => {
  const faults = faultsAfter((d) => {
    d.symbols[0].maximumPrice = maximumPrice
  })
  expect(faults.length === 0).toBe(accepted)
})

test.each<[string, boolean]>([
  ['10995116.27776', true],
  ['10995116.27777', false],
])('a largest order of %s, 2^40 lots or one more, accepted: %s', (maximumQuantity, accepted) => {
  const faults = faultsAfter((d) => {
    d.symbols[0].maximumQuantity = maximumQuantity
  })
  expect(faults.length === 0).toBe(accepted)
})

test.each<[string, string, string[]]>([
  ['transferOut', '1.5', ['policy.levels.3.transferOut: must be above borrow']],
  ['borrow', '1.3', ['policy.levels.3.borrow: must be above marginCall']],
  ['marginCall', '1.1', ['policy.levels.3.marginCall: must be above liquidation']],
  ['liquidation', '1', ['policy.levels.3.liquidation: must be above 1']],
  ['liquidation', '1.000000000001', []],
  ['stopEarly', '1.1', ['policy.levels.3.stopEarly: must be above liquidation']],
  ['stopEarly', '1.100000000001', []],
])('L1 the levels are in order: %s at %s', (field, level, faults) => {
  expect(
    faultsAfter((d) => {
      d.policy.levels['3'][field] = level
    }),
  ).toEqual(faults)
})

test.each<[string, (bands: Broken[]) => void, string[]]>([
  ['no band at all', (bands) => bands.splice(0), []],
  ['equal weights', (bands) => (bands[1].weight = '1'), []],
  [
    'a weight that rises',
    (bands) => (bands[2].weight = '0.6'),
    ['assets[1].collateral[2].weight: must not exceed the band before'],
  ],
  [
    'an end that does not rise',
    (bands) => (bands[1].upTo = '100'),
    ['assets[1].collateral[1].upTo: must be above the band before'],
  ],
  [
    'a last band that ends',
    (bands) => bands.pop(),
    ['assets[1].collateral[1].upTo: is null in the last band, only there'],
  ],
  [
    'an endless band in the middle',
    (bands) => (bands[0].upTo = null),
    ['assets[1].collateral[0].upTo: is null in the last band, only there'],
  ],
])('C1 collateral bands ascend and their weights never rise: %s', (_, spoil, faults) => {
  expect(faultsAfter((d) => spoil(d.assets[1].collateral))).toEqual(faults)
})

test('a document that was not validated does not become a venue', () => {
  const document = venue()
  document.symbols[0].stepSize = '0.0000001'
  expect(() => parseVenue(document)).toThrow('validated before it is parsed')
})

test.each([null, 1, 'x', [], undefined])('%j is no document', (raw) => {
  expect(validateVenueDocument(raw)).toHaveProperty('faults')
})
