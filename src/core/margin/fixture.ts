import type { AccountId, AssetIndex } from '../domain/ids.ts'
import { parseVenue } from '../domain/parse-venue.ts'
import type { Asset, TradingSymbol, Venue } from '../domain/venue.ts'
import type { AssetDocument, PolicyDocument, SymbolDocument } from '../domain/venue-document.ts'
import { BUCKET, VENUE_ACCOUNT } from '../ledger/chart.ts'
import { Ledger } from '../ledger/ledger.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_DECIMALS } from '../money/amount.ts'
import { decimal } from '../money/decimal.ts'
import type { IndexPrice, Value } from '../money/price.ts'
import { INDEX_PRICE_DECIMALS, VALUE_DECIMALS } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { RATE_DECIMALS } from '../money/rate.ts'

// A small venue for the tests of `margin/` and `risk/`, with one asset for each shape of collateral.

export const units = (text: string): Amount => decimal(text, AMOUNT_DECIMALS) as Amount
export const rate = (text: string): Rate => decimal(text, RATE_DECIMALS) as Rate
export const value = (text: string): Value => decimal(text, VALUE_DECIMALS) as Value
export const index = (text: string): IndexPrice => decimal(text, INDEX_PRICE_DECIMALS) as IndexPrice

const FULL_WEIGHT = [{ upTo: null, weight: '1' }]

/** Collateral bands as Binance publishes them for BTC in its margin handbook: nothing above 200 M. */
const BTC_BANDS = [
  { upTo: '100000000', weight: '1' },
  { upTo: '120000000', weight: '0.975' },
  { upTo: '150000000', weight: '0.95' },
  { upTo: '180000000', weight: '0.9' },
  { upTo: '200000000', weight: '0.85' },
  { upTo: null, weight: '0' },
]

/** Binance's published "Token X", many steep bands. */
const TOKEN_BANDS = [
  { upTo: '500000', weight: '1' },
  { upTo: '1000000', weight: '0.9' },
  { upTo: '2000000', weight: '0.8' },
  { upTo: '4000000', weight: '0.6' },
  { upTo: '7000000', weight: '0.3' },
  { upTo: null, weight: '0.1' },
]

function asset(code: string, more: Partial<AssetDocument>): AssetDocument {
  return {
    code,
    name: code,
    stable: false,
    borrowable: true,
    collateral: FULL_WEIGHT,
    dailyInterestRate: '0.00024',
    minimumBorrow: '0.00000001',
    minimumRepay: '0.00000001',
    userBorrowLimit: '1000000000',
    venueBorrowCap: '10000000000',
    pool: { supply: '10000000000', reserve: '0' },
    ...more,
  }
}

function symbol(base: string, quote: string, tickSize: string, stepSize: string): SymbolDocument {
  return {
    symbol: base + quote,
    base,
    quote,
    tickSize,
    minimumPrice: tickSize,
    maximumPrice: quote === 'BTC' ? '10' : '1000000',
    stepSize,
    minimumQuantity: stepSize,
    maximumQuantity: '9000',
    marketMaximumQuantity: '9000',
    minimumNotional: '0',
    maximumNotional: '100000000',
    percentPrice: { bidUp: '5', bidDown: '0.2', askUp: '5', askDown: '0.2' },
    maximumOpenOrders: 200,
    margin: true,
  }
}

const LEVELS = { transferOut: '2', liquidation: '1.1', stopEarly: null }

const POLICY: PolicyDocument = {
  profile: 'test',
  minimumAverageBalance: '50000',
  isolatedMinimumAverageBalance: '1000',
  recheckBalance: false,
  disclosureVersion: '2026-01',
  exclusiveModes: true,
  exitCrossEquityMax: '1000',
  positionInitialMarginCap: '0.1',
  defaultLeverage: 5,
  levels: {
    '3': { ...LEVELS, borrow: '1.5', marginCall: '1.3' },
    '5': { ...LEVELS, borrow: '1.25', marginCall: '1.16' },
  },
  marginCallRepeatMs: 86_400_000,
  marginCallStep: '0.02',
  liquidationBand: '0.1',
  takeoverAfterMs: 60_000,
  clearanceFee: '0.02',
  interestSplit: { lenders: '0.8', insuranceFund: '0.1', venue: '0.1' },
  makerFee: '0.001',
  takerFee: '0.001',
  indexPriceAgeMaxMs: 60_000,
  insuranceFund: {},
}

export function testVenue(policy: Partial<PolicyDocument> = {}): Venue {
  return parseVenue({
    name: 'test',
    assets: [
      asset('USDT', { stable: true }),
      asset('BTC', { collateral: BTC_BANDS }),
      asset('ETH', { collateral: [{ upTo: null, weight: '0.95' }] }),
      asset('USDC', { stable: true, collateral: [{ upTo: null, weight: '0.9999' }] }),
      asset('TOKEN', { collateral: TOKEN_BANDS }),
      asset('JUNK', { collateral: [] }),
    ],
    symbols: [
      symbol('BTC', 'USDT', '0.01', '0.00001'),
      symbol('ETH', 'USDT', '0.01', '0.0001'),
      symbol('ETH', 'BTC', '0.00001', '0.001'),
      symbol('USDC', 'USDT', '0.01', '0.01'),
      symbol('TOKEN', 'USDT', '0.01', '0.01'),
      symbol('JUNK', 'USDT', '0.01', '0.01'),
    ],
    policy: { ...POLICY, ...policy },
  })
}

export function assetOf(venue: Venue, code: string): Asset {
  const found = venue.assetByCode.get(code)
  if (found === undefined) throw new Error(`the test venue has no ${code}`)
  return found
}

export function symbolOf(venue: Venue, name: string): TradingSymbol {
  const found = venue.symbolByName.get(name)
  if (found === undefined) throw new Error(`the test venue has no ${name}`)
  return found
}

/** Index prices from text by asset code; USDT is 1, what is not named has none. */
export function pricesOf(venue: Venue, texts: Readonly<Record<string, string>>) {
  return venue.assets.map(({ code }) => {
    const text = code === 'USDT' ? '1' : texts[code]
    return text === undefined ? null : index(text)
  })
}

/** What an account has of one asset, in whole units or in counts of 10⁻⁸; missing is nothing. */
export interface Stock {
  readonly free?: string | bigint
  readonly locked?: string | bigint
  readonly principal?: string | bigint
  readonly interest?: string | bigint
}

export interface Account {
  readonly ledger: Ledger
  readonly account: AccountId
}

/** A ledger with one account that has these holdings, by asset code. */
export function accountWith(venue: Venue, stocks: Readonly<Record<string, Stock>>): Account {
  const ledger = new Ledger(venue.assets.length)
  const account = ledger.openAccount()
  addTo(ledger, account, venue, stocks)
  return { ledger, account }
}

export function addTo(
  ledger: Ledger,
  account: AccountId,
  venue: Venue,
  stocks: Readonly<Record<string, Stock>>,
): void {
  for (const [code, stock] of Object.entries(stocks)) {
    const asset = assetOf(venue, code).index
    gain(ledger, account, asset, 'free', stock.free)
    gain(ledger, account, asset, 'locked', stock.locked)
    owe(ledger, account, asset, 'principal', stock.principal)
    owe(ledger, account, asset, 'interest', stock.interest)
  }
}

function gain(
  ledger: Ledger,
  account: AccountId,
  asset: AssetIndex,
  bucket: 'free' | 'locked',
  sum: string | bigint = 0n,
): void {
  const atoms = atomsOf(sum)
  if (atoms > 0n)
    ledger.move(asset, VENUE_ACCOUNT.external, BUCKET.free, account, BUCKET[bucket], atoms)
}

function owe(
  ledger: Ledger,
  account: AccountId,
  asset: AssetIndex,
  bucket: 'principal' | 'interest',
  sum: string | bigint = 0n,
): void {
  const atoms = atomsOf(sum)
  const due = bucket === 'principal' ? VENUE_ACCOUNT.loans : VENUE_ACCOUNT.interestDue
  if (atoms > 0n) ledger.move(asset, account, BUCKET[bucket], due, BUCKET.free, atoms)
}

function atomsOf(sum: string | bigint): bigint {
  return typeof sum === 'bigint' ? sum : units(sum)
}
