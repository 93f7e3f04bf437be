/**
 * What a larger value of a field does to the risk of the venue (rule O2).
 *
 * `demand`: asks more of users, so larger is tighter; none asks nothing. `limit`: lets users do more, so larger is
 * looser; none lets them do anything. `stop`: larger is tighter, and none is tightest. `bands`: tighter where every
 * part of a holding counts for no more than before. `either`: who gains depends on whom one asks, so that any change
 * counts as loosening. `fixed`: what exists was built on it, and it cannot change while the venue runs.
 * Of flags, true is the larger.
 */
export type PolicySense = 'demand' | 'limit' | 'stop' | 'bands' | 'either' | 'fixed'

const ASSET: Readonly<Record<string, PolicySense>> = {
  code: 'fixed',
  name: 'either',
  stable: 'either',
  borrowable: 'limit',
  collateral: 'bands',
  collateralCap: 'limit',
  dailyInterestRate: 'either',
  'rateCurve.kink': 'either',
  'rateCurve.atKink': 'either',
  'rateCurve.atFull': 'either',
  minimumBorrow: 'demand',
  minimumRepay: 'either',
  userBorrowLimit: 'limit',
  venueBorrowCap: 'limit',
  // Paid in when the venue was opened.
  'pool.supply': 'fixed',
  'pool.reserve': 'demand',
  maximumPerOrder: 'limit',
}

const SYMBOL: Readonly<Record<string, PolicySense>> = {
  symbol: 'fixed',
  base: 'fixed',
  quote: 'fixed',
  // Open orders are counted in ticks and lots.
  tickSize: 'fixed',
  stepSize: 'fixed',
  minimumPrice: 'demand',
  maximumPrice: 'limit',
  minimumQuantity: 'demand',
  maximumQuantity: 'limit',
  marketMaximumQuantity: 'limit',
  minimumNotional: 'demand',
  maximumNotional: 'limit',
  'percentPrice.bidUp': 'limit',
  'percentPrice.bidDown': 'demand',
  'percentPrice.askUp': 'limit',
  'percentPrice.askDown': 'demand',
  maximumOpenOrders: 'limit',
  margin: 'limit',
}

const ORDER_RULES: Readonly<Record<string, PolicySense>> = {
  maximumAlgoOrders: 'limit',
  maximumIcebergOrders: 'limit',
  maximumIcebergParts: 'limit',
  maximumOrderLists: 'limit',
  maximumAmendments: 'limit',
  'trailingDelta.aboveMinimum': 'demand',
  'trailingDelta.aboveMaximum': 'limit',
  'trailingDelta.belowMinimum': 'demand',
  'trailingDelta.belowMaximum': 'limit',
  maximumPosition: 'limit',
  'selfTradePrevention.default': 'either',
  'selfTradePrevention.allowed': 'either',
  'executionBand.bidUp': 'limit',
  'executionBand.bidDown': 'demand',
  'executionBand.askUp': 'limit',
  'executionBand.askDown': 'demand',
  'volatilityInterruption.band': 'limit',
  'volatilityInterruption.windowMs': 'either',
  'volatilityInterruption.pauseMs': 'demand',
  'standardCommission.maker': 'either',
  'standardCommission.taker': 'either',
  'standardCommission.buyer': 'either',
  'standardCommission.seller': 'either',
  'taxCommission.maker': 'either',
  'taxCommission.taker': 'either',
  'taxCommission.buyer': 'either',
  'taxCommission.seller': 'either',
  'specialCommission.maker': 'either',
  'specialCommission.taker': 'either',
  'specialCommission.buyer': 'either',
  'specialCommission.seller': 'either',
}

const POLICY: Readonly<Record<string, PolicySense>> = {
  profile: 'either',
  minimumAverageBalance: 'demand',
  isolatedMinimumAverageBalance: 'demand',
  recheckBalance: 'demand',
  disclosureVersion: 'either',
  exclusiveModes: 'demand',
  exitCrossEquityMax: 'limit',
  positionInitialMarginCap: 'limit',
  defaultLeverage: 'limit',
  'levels.transferOut': 'demand',
  'levels.borrow': 'demand',
  'levels.marginCall': 'demand',
  'levels.liquidation': 'demand',
  'levels.stopEarly': 'stop',
  marginCallRepeatMs: 'limit',
  marginCallStep: 'limit',
  liquidationBand: 'either',
  takeoverAfterMs: 'either',
  clearanceFee: 'either',
  'liquidation.ordersPerCommand': 'either',
  'liquidation.fundBand': 'either',
  'liquidation.fundOrderMax': 'either',
  'interestSplit.lenders': 'either',
  'interestSplit.insuranceFund': 'either',
  'interestSplit.venue': 'either',
  makerFee: 'either',
  takerFee: 'either',
  // When an index falls stale is reckoned beforehand. So are its sources and guards, `indexPrice`, which no table names.
  indexPriceAgeMaxMs: 'fixed',
  looseningDelayMs: 'demand',
  'isolated.borrowMultiple': 'limit',
  'isolated.transferOut': 'demand',
  'isolated.marginCall': 'demand',
  'isolated.liquidation': 'demand',
  'isolated.stopEarly': 'limit',
  'isolated.maximumAccounts': 'limit',
  'isolated.disableIntervalMs': 'either',
  'isolated.tiers': 'either',
  // Which price open stop orders wait for.
  'trading.stopTrigger': 'fixed',
  'trading.triggersPerCommand': 'either',
  // Names are kept from the moment there is a window.
  'trading.clientOrderIdWindowMs': 'fixed',
  'trading.maximumOrderAgeMs': 'either',
  'trading.feeTiers': 'either',
  'trading.maximumOrders': 'limit',
  'trading.maximumAlgoOrders': 'limit',
  'trading.maximumIcebergOrders': 'limit',
  'trading.maximumOrderLists': 'limit',
  // Paid in when the venue was opened.
  insuranceFund: 'fixed',
}

const SENSES: ReadonlyMap<string, PolicySense> = new Map([
  ['name', 'either' as const],
  ...under('assets', ASSET),
  ...under('symbols', SYMBOL),
  ...under('symbols.orderRules', ORDER_RULES),
  ...under('policy', POLICY),
])

function under(
  section: string,
  table: Readonly<Record<string, PolicySense>>,
): [string, PolicySense][] {
  return Object.entries(table).map(([field, sense]) => [`${section}.${field}`, sense])
}

/** Of a field by its path, such as `assets.BTC.collateral`. A field that no table names is fixed: nobody has thought of it. */
export function policySenseOf(path: string): PolicySense {
  return SENSES.get(fieldOf(path)) ?? 'fixed'
}

/** The path without the name of the one asset, symbol, leverage or holding it is of. */
function fieldOf(path: string): string {
  return path
    .replace(/^(assets|symbols)\.[^.]+/, '$1')
    .replace(/^policy\.levels\.[^.]+/, 'policy.levels')
    .replace(/^policy\.(insuranceFund|isolated\.tiers)\..*/, 'policy.$1')
}
