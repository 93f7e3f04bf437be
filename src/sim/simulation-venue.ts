import type {
  AssetDocument,
  IsolatedDocument,
  IsolatedTierDocument,
  PolicyDocument,
  SymbolDocument,
  VenueDocument,
} from '../core/domain/venue-document.ts'
import type { Prng } from '../server/feed/prng.ts'

/**
 * A small venue with tight limits: shallow pools, low caps and a poor insurance fund, so that a few hundred commands
 * reach every edge. The seed decides which of two policies it has and how coarse its ticks are.
 */
export function simulationVenue(prng: Prng): VenueDocument {
  const capped = prng.chance(0.6)
  const fund = prng.pick(['0', '500', '20000', '5000000'])
  return {
    name: 'Simulation',
    assets: [
      asset('USDT', '1', true, prng.pick(['30000', '2000000'])),
      asset('BTC', prng.pick(['1', '0.95']), false, prng.pick(['1', '40'])),
      asset('ETH', prng.pick(['1', '0.9']), false, prng.pick(['20', '900'])),
      { ...asset('USDC', '1', true, '500000'), ...(fund === '500' ? REDEEMED : {}) },
    ],
    symbols: [
      symbol('BTC', 'USDT', '0.01', prng.pick(['0.00001', '0.001'])),
      symbol('ETH', 'USDT', prng.pick(['0.01', '1']), '0.001'),
      symbol('ETH', 'BTC', '0.00001', '0.001'),
      symbol('USDC', 'USDT', '0.0001', '0.01'),
    ],
    policy: {
      ...policy(capped, fund, prng.pick([600_000, 7_200_000, 400_000_000])),
      lending: {
        vip: [
          { borrowLimit: '2', interest: '0.9' },
          { borrowLimit: '3.5', interest: '0.777' },
        ],
        smallDebt: { below: '100', everyMs: 3_600_000 },
        interestInBnb: { asset: 'USDC', discount: '0.05' },
      },
    },
  }
}

function asset(code: string, weight: string, stable: boolean, supply: string): AssetDocument {
  return {
    code,
    name: code,
    stable,
    borrowable: true,
    collateral: [
      { upTo: '150000', weight },
      { upTo: '400000', weight: '0.8' },
      { upTo: null, weight: '0.5' },
    ],
    dailyInterestRate: '0.0024',
    collateralCap: code === 'BTC' || code === 'USDC' ? '100000' : null,
    rateCurve: code === 'ETH' ? null : { kink: '0.3', atKink: '0.006', atFull: '0.1' },
    minimumBorrow: '0.00000001',
    minimumRepay: '0.00000001',
    userBorrowLimit: supply,
    venueBorrowCap: supply,
    pool: { supply, reserve: '0' },
  }
}

function symbol(base: string, quote: string, tickSize: string, stepSize: string): SymbolDocument {
  return {
    symbol: `${base}${quote}`,
    base,
    quote,
    tickSize,
    minimumPrice: tickSize,
    maximumPrice: tickSize === '1' || tickSize === '0.01' ? '1000000' : '1000',
    stepSize,
    minimumQuantity: stepSize,
    maximumQuantity: '9000',
    marketMaximumQuantity: '9000',
    minimumNotional: '0',
    maximumNotional: '9000000',
    percentPrice: { bidUp: '5', bidDown: '0.2', askUp: '5', askDown: '0.2' },
    maximumOpenOrders: 24,
    margin: true,
  }
}

/** In a quarter of the runs the second stable asset is redeemed for the first, in place of an index of its own. */
const REDEEMED = { redemption: { underlying: 'USDT', ratio: '1', movePerDayMax: '0.05' } }

/** Two of three decide, or the heavy one with either. */
const SOURCES = [
  { name: 'north', weight: '1' },
  { name: 'south', weight: '1' },
  { name: 'heavy', weight: '1.5' },
]

/** Tiers that a few loans climb, and a liquidation that stops early. */
const TIERED: Partial<IsolatedDocument> = {
  transferOut: '2.25',
  stopEarly: true,
  tiers: {
    BTCUSDT: [
      tier('1.2', '1.1', '1.05', '0.5', '15000'),
      tier('1.25', '1.12', '1.07', '1', '30000'),
      tier('1.4', '1.2', '1.15', '4', '120000'),
    ],
    ETHBTC: [tier('1.25', '1.19', '1.15', '10', '0.5'), tier('1.5', '1.25', '1.2', '60', '4')],
  },
}

function tier(
  borrow: string,
  marginCall: string,
  liquidation: string,
  baseMaximum: string,
  quoteMaximum: string,
): IsolatedTierDocument {
  return { borrow, marginCall, liquidation, baseMaximum, quoteMaximum }
}

function policy(capped: boolean, fund: string, indexPriceAgeMaxMs: number): PolicyDocument {
  const stopEarly = capped ? null : '1.25'
  return {
    profile: capped ? 'simulation-capped' : 'simulation-open',
    minimumAverageBalance: capped ? '10000' : null,
    isolatedMinimumAverageBalance: capped ? '1000' : null,
    recheckBalance: false,
    disclosureVersion: '1',
    exclusiveModes: capped,
    exitCrossEquityMax: capped ? '1000' : null,
    positionInitialMarginCap: capped ? '0.1' : null,
    defaultLeverage: 5,
    levels: {
      '3': {
        transferOut: '2',
        borrow: '1.5',
        marginCall: '1.3',
        liquidation: '1.1',
        stopEarly: capped ? null : '1.5',
      },
      '5': { transferOut: '2', borrow: '1.25', marginCall: '1.16', liquidation: '1.1', stopEarly },
    },
    marginCallRepeatMs: 86_400_000,
    marginCallStep: '0.02',
    liquidationBand: '0.1',
    takeoverAfterMs: 60_000,
    clearanceFee: '0.02',
    // Few orders for each command, so that closing goes over many.
    liquidation: { ordersPerCommand: capped ? 1 : 500, fundOrderMax: '2000' },
    interestSplit: { lenders: '0.8', insuranceFund: '0.1', venue: '0.1' },
    makerFee: '0.0008',
    takerFee: '0.001',
    indexPriceAgeMaxMs,
    indexPrice: { sources: SOURCES, rateLimitPerHour: capped ? '0.06' : null },
    ...(capped ? {} : { isolated: TIERED }),
    insuranceFund: { USDT: fund },
  }
}
