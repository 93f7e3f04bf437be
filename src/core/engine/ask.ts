import { present } from '../assert.ts'
import type { AccountId, AssetIndex, SymbolIndex, UserId } from '../domain/ids.ts'
import type {
  Answer,
  Ask,
  BalanceLine,
  IndexDetails,
  PositionAnswer,
  QuestionName,
  Questions,
  RiskAnswer,
  UserStanding,
} from '../domain/question.ts'
import type { Refusal } from '../domain/rejection.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
import type { Holding } from '../ledger/ledger.ts'
import { liquidationPrice } from '../margin/liquidation-price.ts'
import type { Position } from '../margin/position.ts'
import { entryPriceOf, unrealizedPnl } from '../margin/position.ts'
import { equityOf } from '../margin/valuation.ts'
import type { Amount } from '../money/amount.ts'
import { AMOUNT_SCALE } from '../money/amount.ts'
import { formatDecimal, formatDecimalShort } from '../money/decimal.ts'
import { INDEX_PRICE_DECIMALS, usdtFloor, VALUE_DECIMALS, valueAt } from '../money/price.ts'
import { RATE_DECIMALS, RATE_SCALE } from '../money/rate.ts'
import { divCeil, divFloor } from '../money/rounding.ts'
import { initialMarginOf } from '../risk/position-cap.ts'
import { accountNamed, isolatedAccounts, tradingAccount, tradingAccounts } from './accounts.ts'
import { accountsAtRisk } from './accounts-at-risk.ts'
import { collateral, loanTerms, poolPositions, pools, smallDebts } from './ask-lending.ts'
import { standardCommissionOf, volumeOf } from './fees.ts'
import { maxBorrowableOf, maxTransferableOf } from './funds.ts'
import { inputsOf } from './index-prices.ts'
import { updatedMsOf } from './index-state.ts'
import { isolatedAnswer } from './isolated-answer.ts'
import { crossOf, levelsOf, marginAccountOf } from './margin-account.ts'
import { exitBlockersOf } from './margin-mode.ts'
import { previewCommand } from './preview-command.ts'
import { accountStanding, previewOrder } from './preview-order.ts'
import { rehearsePolicy } from './rehearse-policy.ts'
import { riskPricesOf } from './risk-prices.ts'
import { eligibilityOf, reduceOnlyReason, refuseStale, valuationOf } from './standing.ts'
import type { ExchangeState, MarginAccount, User } from './state.ts'
import {
  assetAt,
  bookOf,
  indexOf,
  openOrdersOf,
  ownerOf,
  symbolAt,
  userOf,
  venueOf,
} from './state.ts'

type Answers = { readonly [Q in QuestionName]: (state: ExchangeState, ask: Ask<Q>) => Answer<Q> }

/** Answers a question about the venue as it is now. Changes nothing. */
export function ask<Q extends QuestionName>(
  state: ExchangeState,
  name: Q,
  question: Ask<Q>,
): Answer<Q> {
  return ANSWERS[name](state, question)
}

const ANSWERS: Answers = {
  user: (state, { userId }) => userStanding(state, userId),
  balances: (state, { userId, wallet }) => {
    const user = userOf(state, userId)
    const account = user && accountNamed(user, wallet)
    return account === undefined ? [] : balancesOf(state, account)
  },
  marginAccount: (state, { userId }) => marginAccount(state, known(state, userId)),
  isolatedAccounts: (state, { userId, pairs }) => {
    const user = known(state, userId)
    const asked = pairs ?? isolatedAccounts(user).map(({ pair }) => pair)
    return asked.map((pair) => isolatedAnswer(state, user, pair))
  },
  positions: (state, { userId }) => positions(state, known(state, userId)),
  risk: (state, { userId }) => risk(state, crossOf(state, known(state, userId))),
  isolatedRisk: (state, { userId, pair }) => {
    const margin = marginAccountOf(state, known(state, userId), pair)
    return margin === undefined ? null : risk(state, margin)
  },
  eligibility: (state, { userId, mode = 'CROSS' }) =>
    eligibilityOf(state, known(state, userId), mode),
  exitBlockers: (state, { userId }) => exitBlockersOf(state, known(state, userId)),
  openOrders: (state, { userId, wallet, symbol }) => {
    const accounts = tradingAccounts(known(state, userId), wallet)
    const open = accounts.flatMap((account) => [...openOrdersOf(state, account)])
    if (accounts.length > 1) open.sort((a, b) => a.id - b.id)
    return symbol === null ? open : open.filter((order) => order.symbol === symbol)
  },
  openOrder: (state, { userId, wallet, symbol, order }) => {
    const account = tradingAccount(known(state, userId), wallet, symbol)
    return account === undefined ? null : (state.orders.find(account, symbol, order) ?? null)
  },
  maxBorrowable: (state, { userId, asset, pair }): Answer<'maxBorrowable'> =>
    ofAccount(state, userId, pair, (margin) => maxBorrowableOf(state, margin, asset)),
  maxTransferable: (state, { userId, asset, pair }): Amount | Refusal =>
    ofAccount(state, userId, pair, (margin) => maxTransferableOf(state, margin, asset)),
  previewOrder: (state, { place }) => previewOrder(state, known(state, place.userId), place),
  previewCommand: (state, { command }) =>
    previewCommand(state, known(state, command.userId), command),
  indexPrices: (state) =>
    venueOf(state).assets.map(({ index }) => ({
      price: state.prices[index] ?? null,
      updatedMs: updatedMsOf(indexOf(state, index)),
      stale: refuseStale(state, index) !== null,
    })),
  indexDetails: (state) => venueOf(state).assets.map(({ index }) => indexDetails(state, index)),
  pools,
  collateral,
  poolPositions: (state, { userId }) => poolPositions(state, known(state, userId)),
  loanTerms: (state, { userId, vipLevel }) => loanTerms(state, known(state, userId), vipLevel),
  smallDebts: (state, { userId }) => smallDebts(state, known(state, userId)),
  depth: (state, { symbol, side, levels }) => bookOf(state, symbol).depth(side, levels),
  lastTradeIds: (state) => state.markets.map(({ lastTradeId }) => lastTradeId),
  openOrderLists: (state, { userId, wallet, symbol }) => {
    const accounts = new Set(tradingAccounts(known(state, userId), wallet))
    return [...state.lists.all()]
      .map(({ list }) => list)
      .filter((list) => accounts.has(list.accountId) && (symbol === null || list.symbol === symbol))
  },
  openOrderList: (state, { userId, wallet, list }) => {
    for (const account of tradingAccounts(known(state, userId), wallet)) {
      const open = state.lists.find(account, list)
      if (open !== undefined) return open.list
    }
    return null
  },
  symbolStates: (state) =>
    state.markets.map(({ state: now, untilMs }) => ({ state: now, untilMs })),
  commission: (state, { userId, symbol }) => {
    const user = known(state, userId)
    const traded = symbolAt(state, symbol)
    return {
      tier: user.feeTier,
      volume: volumeOf(user),
      standard: standardCommissionOf(venueOf(state).policy, traded, user),
      tax: traded.fees.tax,
      special: traded.fees.special,
    }
  },
  liquidations: (state) =>
    [...state.liquidations.values()].map(({ id, account, startedMs }) => ({
      liquidationId: id,
      userId: ownerOf(state, account).user.id,
      startedMs,
    })),
  accountsAtRisk: (state, { limit }) => accountsAtRisk(state, limit),
  policyChanges: (state) =>
    [...state.policyChanges.all()].map(({ id, settings: _settings, ...change }) => ({
      policyChangeId: id,
      ...change,
    })),
  policyRehearsal: (state, { settings }) => rehearsePolicy(state, settings),
  insuranceFund: (state) => balancesOf(state, VENUE_ACCOUNT.insuranceFund),
  status: (state) => ({
    sequence: state.sequence,
    timeMs: state.nowMs,
    users: state.users.length,
    openOrders: state.orders.size,
    indebtedAccounts: state.indebted.size,
  }),
}

/** Of the cross account, or of a pair's isolated one if there is such an account. */
function ofAccount<T>(
  state: ExchangeState,
  userId: UserId,
  pair: SymbolIndex | undefined,
  measure: (margin: MarginAccount) => T | Refusal,
): T | Refusal {
  const margin = marginAccountOf(state, known(state, userId), pair ?? null)
  if (margin !== undefined) return measure(margin)
  return { reason: 'isolated_unknown', symbol: symbolAt(state, pair ?? (0 as SymbolIndex)).symbol }
}

function indexDetails(state: ExchangeState, asset: AssetIndex): IndexDetails {
  const { standing, heldSinceMs, isOverdue, isReleased, redemption } = indexOf(state, asset)
  const { held, owed } = riskPricesOf(state)
  return {
    price: state.prices[asset] ?? null,
    held: held[asset] ?? null,
    owed: owed[asset] ?? null,
    standing,
    heldSinceMs,
    isOverdue,
    isReleased,
    ratio: redemption?.ratio ?? null,
    inputs: asset === venueOf(state).usdt ? [] : inputsOf(state, asset),
  }
}

/** Whoever asks for a user has been told the id by this venue. */
function known(state: ExchangeState, userId: UserId): User {
  return present(userOf(state, userId), 'a question is about a user who exists')
}

function userStanding(state: ExchangeState, userId: UserId): UserStanding | null {
  const user = userOf(state, userId)
  if (user === undefined) return null
  const { kyc, kycReason, disclosure, mode, modeSinceMs, leverage } = user
  return {
    userId,
    kyc,
    kycReason,
    disclosure,
    mode,
    modeSinceMs,
    leverage,
    liquidating: crossOf(state, user).liquidation !== null,
    reduceOnly: reduceOnlyReason(state, user) !== null,
    tradeGroupId: user.tradeGroupId,
    paysInterestInBnb: user.paysInterestInBnb,
    warningLevels: user.warningLevels,
  }
}

function balancesOf(state: ExchangeState, account: AccountId): BalanceLine[] {
  return [...state.ledger.holdings(account)].map(balanceLine)
}

function balanceLine({ asset, free, locked, principal, interest }: Holding): BalanceLine {
  return { asset, free, locked, borrowed: principal, interest }
}

function marginAccount(state: ExchangeState, user: User): Questions['marginAccount']['answer'] {
  const account = user.accounts.CROSS_MARGIN
  const { assets, debts, collateral } = valuationOf(state, account)
  const btc = venueOf(state).assetByCode.get('BTC')
  return {
    standing: accountStanding(state, crossOf(state, user), null),
    assetsUsdt: usdtFloor(assets),
    debtsUsdt: -usdtFloor(-debts) as Amount,
    collateralUsdt: usdtFloor(collateral),
    btcPrice: btc === undefined ? null : (state.prices[btc.index] ?? null),
    balances: balancesOf(state, account),
  }
}

function positions(state: ExchangeState, user: User): PositionAnswer[] {
  return state.positions
    .of(user.accounts.CROSS_MARGIN)
    .map(({ symbol, position }) => positionAnswer(state, user, symbol, position))
}

function positionAnswer(
  state: ExchangeState,
  user: User,
  symbolIndex: PositionAnswer['symbol'],
  position: Position,
): PositionAnswer {
  const { base, quote } = symbolAt(state, symbolIndex)
  const basePrice = state.prices[base] ?? null
  const quotePrice = state.prices[quote] ?? null
  const priced = basePrice !== null && quotePrice !== null
  const quantity = position.quantity < 0n ? -position.quantity : position.quantity
  const initialMargin =
    basePrice === null ? null : initialMarginOf(valueAt(quantity, basePrice), user.leverage)
  return {
    symbol: symbolIndex,
    side: position.quantity < 0n ? 'SHORT' : 'LONG',
    quantity: quantity as Amount,
    entryPrice: entryPriceOf(position),
    indexPrice: priced
      ? formatDecimal(divFloor(basePrice * AMOUNT_SCALE, quotePrice), INDEX_PRICE_DECIMALS)
      : null,
    unrealizedPnl: priced ? unrealizedPnl(position, basePrice, quotePrice) : null,
    realizedPnl: position.realizedPnl,
    initialMargin,
    capUsed: initialMargin === null ? null : capUsed(state, user, initialMargin),
    liquidationPrice: liquidationPriceOf(state, crossOf(state, user), base),
  }
}

function capUsed(state: ExchangeState, user: User, initialMargin: bigint): string | null {
  const cap = venueOf(state).policy.positionInitialMarginCap
  if (cap === null) return null
  const equity = usdtFloor(equityOf(valuationOf(state, user.accounts.CROSS_MARGIN)))
  const limit = divFloor(equity * cap, RATE_SCALE)
  return limit <= 0n ? null : formatDecimal(divCeil(initialMargin * 10_000n, limit), 4)
}

function liquidationPriceOf(
  state: ExchangeState,
  margin: MarginAccount,
  asset: AssetIndex,
): string | null {
  const price = liquidationPrice({
    ledger: state.ledger,
    account: margin.account,
    venue: venueOf(state),
    prices: state.prices,
    asset,
    level: levelsOf(state, margin).liquidation,
  })
  return price === null ? null : formatDecimal(price, INDEX_PRICE_DECIMALS)
}

/** The buffer T − k·D by asset. Each share is rounded down; the buffer shown is their sum, so they always agree. */
function risk(state: ExchangeState, margin: MarginAccount): RiskAnswer {
  const { account, user } = margin
  const levels = levelsOf(state, margin)
  let buffer = 0n
  const contributions = [...state.ledger.holdings(account)].map(({ asset, free, locked }) => {
    const price = state.prices[asset] ?? 0n
    const owed = state.ledger.owed(account, asset)
    const share = divFloor(
      ((free + locked) * RATE_SCALE - owed * levels.liquidation) * price,
      RATE_SCALE,
    )
    buffer += share
    return {
      asset,
      contribution: formatDecimal(share, VALUE_DECIMALS),
      liquidationPrice:
        asset === venueOf(state).usdt
          ? null
          : liquidationPriceOf(state, margin, assetAt(state, asset).index),
    }
  })
  return {
    standing: accountStanding(state, margin, null),
    buffer: formatDecimal(buffer, VALUE_DECIMALS),
    liquidationLevel: formatDecimalShort(levels.liquidation, RATE_DECIMALS),
    marginCallLevel: formatDecimalShort(levels.marginCall, RATE_DECIMALS),
    contributions,
    recoverable: {
      lenders: [...user.recoverable].sort(([a], [b]) => a - b),
      insuranceFund: user.owedToFund,
    },
  }
}
