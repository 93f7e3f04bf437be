import { present } from '../../../core/assert.ts'
import type { AssetIndex, SymbolIndex } from '../../../core/domain/ids.ts'
import type { PositionAnswer, RiskAnswer } from '../../../core/domain/question.ts'
import type { Levels, Venue } from '../../../core/domain/venue.ts'
import { refusalError } from '../../../wire/error.ts'
import { amountText, rateShort } from '../../../wire/number-text.ts'
import { type Endpoint, signed, type UserCall } from '../endpoint.ts'
import { readPair } from './margin-wallet.ts'

export const fulcrumMarginEndpoints: readonly Endpoint[] = [
  signed('GET /fulcrum/v1/margin/positions', 'READ', 5, positions),
  signed('GET /fulcrum/v1/margin/risk', 'READ', 5, risk),
]

function codeOf(asset: AssetIndex, venue: Venue): string {
  return present(venue.assets[asset], 'an asset in an answer is the venue’s').code
}

function positions({ deps, userId }: UserCall): object[] {
  return deps.engine
    .ask('positions', { userId })
    .map((position) => positionBody(position, deps.engine.venue))
}

function positionBody(position: PositionAnswer, venue: Venue): object {
  const { unrealizedPnl, initialMargin } = position
  return {
    symbol: present(venue.symbols[position.symbol], 'a position is in a symbol of the venue')
      .symbol,
    side: position.side,
    quantity: amountText(position.quantity),
    entryPrice: position.entryPrice,
    indexPrice: position.indexPrice,
    unrealizedPnl: unrealizedPnl === null ? null : amountText(unrealizedPnl),
    realizedPnl: amountText(position.realizedPnl),
    initialMargin: initialMargin === null ? null : amountText(initialMargin),
    capUsed: position.capUsed,
    liquidationPrice: position.liquidationPrice,
  }
}

function risk(call: UserCall): object {
  const { deps, userId } = call
  const { engine } = deps
  const pair = readPair(call)
  if (pair !== null) return isolatedRisk(call, pair)
  const { policy } = engine.venue
  const leverage = engine.ask('user', { userId })?.leverage ?? policy.defaultLeverage
  const levels = policy.levels[leverage]
  return {
    ...riskBody(engine.ask('risk', { userId }), engine.venue),
    leverage,
    bands: bandsBody(levels),
  }
}

/** As `risk`, of the isolated account that `isIsolated` and `symbol` name, with the levels of its tier. -11001. */
function isolatedRisk({ deps, userId }: UserCall, pair: SymbolIndex): object {
  const { engine } = deps
  const { symbol } = present(engine.venue.symbols[pair], 'a pair is a symbol of the venue')
  const answer = engine.ask('isolatedRisk', { userId, pair })
  if (answer === null) throw refusalError({ reason: 'isolated_unknown', symbol })
  const { enabled, status, tier } = present(
    engine.ask('isolatedAccounts', { userId, pairs: [pair] })[0],
    'each pair asked about is answered',
  )
  return {
    ...riskBody(answer, engine.venue),
    symbol,
    enabled,
    status,
    tier,
    bands: bandsBody(
      present(engine.venue.symbols[pair]?.isolatedTiers[tier - 1], 'a tier is the pair’s').levels,
    ),
  }
}

function riskBody(answer: RiskAnswer, venue: Venue): object {
  return {
    ...answer.standing,
    buffer: answer.buffer,
    contributions: answer.contributions.map((line) => ({
      asset: codeOf(line.asset, venue),
      contribution: line.contribution,
      liquidationPrice: line.liquidationPrice,
    })),
    recoverable: {
      lenders: answer.recoverable.lenders.map(([asset, sum]) => ({
        asset: codeOf(asset, venue),
        amount: amountText(sum),
      })),
      insuranceFund: amountText(answer.recoverable.insuranceFund),
    },
  }
}

function bandsBody(levels: Levels): object {
  return {
    transferOut: rateShort(levels.transferOut),
    borrow: rateShort(levels.borrow),
    marginCall: rateShort(levels.marginCall),
    liquidation: rateShort(levels.liquidation),
  }
}
