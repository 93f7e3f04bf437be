import type { Event, TradeSide } from '../core/domain/event.ts'
import type { UserId } from '../core/domain/ids.ts'
import type { Refusal } from '../core/domain/rejection.ts'

/**
 * One side of what is compared: what a command did, one line for each event of an order, by names that do not depend
 * on ids. The model writes such lines from its own facts, and an engine's events are reduced to them here.
 */
export interface TradeSideFacts {
  readonly who: string
  readonly status: string
  readonly executedLots: number
  readonly executedQuote: bigint
  readonly fee: bigint
  readonly feeAsset: number
}

export interface TradeFacts {
  readonly symbol: number
  readonly tradeId: number
  readonly price: number
  readonly lots: number
  readonly quote: bigint
  readonly replenished: number
  readonly maker: TradeSideFacts
  readonly taker: TradeSideFacts
}

export interface PreventedFacts {
  readonly symbol: number
  readonly id: number
  readonly mode: string
  readonly price: number
  readonly maker: { readonly who: string; readonly lots: number; readonly total: number }
  readonly taker: { readonly who: string; readonly lots: number; readonly total: number }
  readonly shownLess: number
  readonly tradeGroupId: number | null
  readonly transferred: { readonly base: bigint; readonly quote: bigint } | null
}

export interface EntryFacts {
  readonly who: string
  readonly stage: string
  readonly status: string
  readonly lots: number
  readonly executed: number
  readonly resting: number
  /** What was asked for, given back with the order. */
  readonly terms: string
}

/** An order as it was placed. */
export interface Terms {
  readonly side: string
  readonly timeInForce: string
  readonly price: number
  readonly quoteQuantity: bigint
  readonly stopPrice: number
  readonly trailingBips: number
  readonly icebergLots: number
  readonly selfTradePrevention: string
}

export function termsText(type: string, list: number | null, terms: Terms): string {
  const { side, timeInForce, price, quoteQuantity, stopPrice, trailingBips, icebergLots } = terms
  return `${side} ${type} ${timeInForce} @${price} for ${quoteQuantity} stop ${stopPrice} trailing ${trailingBips} iceberg ${icebergLots} ${terms.selfTradePrevention} list ${list}`
}

export interface EndFacts {
  readonly who: string
  readonly status: string
  readonly cause: string
  readonly remaining: number
  readonly prevented: number
  readonly executed: number
  readonly executedQuote: bigint
  readonly wasResting: boolean
  readonly shown: number
}

export interface AmendFacts {
  readonly was: string
  readonly who: string
  readonly lotsWere: number
  readonly lots: number
  readonly shownLess: number
  readonly times: number
}

export function entryLine(what: 'accepted' | 'activated', facts: EntryFacts): string {
  const { who, stage, status, lots, executed, resting, terms } = facts
  return `${what} ${who} ${stage} ${status} ${executed}/${lots}, rests ${resting}: ${terms}`
}

export function tradeLine(facts: TradeFacts): string {
  const { symbol, tradeId, price, lots, quote, replenished, maker, taker } = facts
  return `trade ${symbol}#${tradeId} ${lots}@${price}=${quote} maker ${sideText(maker)} taker ${sideText(taker)} shows anew ${replenished}`
}

function sideText({ who, status, executedLots, executedQuote, fee, feeAsset }: TradeSideFacts) {
  return `${who} ${status} ${executedLots}/${executedQuote} fee ${fee} of ${feeAsset}`
}

export function preventedLine(facts: PreventedFacts): string {
  const { symbol, id, mode, price, maker, taker, shownLess, tradeGroupId, transferred } = facts
  const moved = transferred === null ? 'nothing' : `${transferred.base} for ${transferred.quote}`
  return `prevented ${symbol}#${id} ${mode} @${price} maker ${maker.who} ${maker.lots} of ${maker.total} taker ${taker.who} ${taker.lots} of ${taker.total} shows ${shownLess} less group ${tradeGroupId} moves ${moved}`
}

export function endLine(facts: EndFacts): string {
  const { who, status, cause, remaining, prevented, executed, executedQuote } = facts
  const book = facts.wasResting ? `showed ${facts.shown}` : 'not in book'
  return `ended ${who} ${status} by ${cause}, left ${remaining} prevented ${prevented} executed ${executed}/${executedQuote}, ${book}`
}

export function amendLine({ was, who, lotsWere, lots, shownLess, times }: AmendFacts): string {
  return `amended ${was} to ${who} ${lotsWere} to ${lots} shows ${shownLess} less, time ${times}`
}

export function listLine(user: UserId, name: string, id: number, change: string, status: string) {
  return `list ${user}/${name} #${id} ${change} ${status}`
}

export function stateLine(symbol: number, state: string, untilMs: number | null): string {
  return `state of ${symbol} ${state} until ${untilMs}`
}

export function countdownLine(user: UserId, symbol: number | null, dueMs: number | null): string {
  return `countdown ${user} symbol ${symbol} due ${dueMs}`
}

export function groupLine(user: UserId, tradeGroupId: number | null): string {
  return `group of ${user} is ${tradeGroupId}`
}

/** The line of an event, or null for one that the model does not speak of. */
export function eventLine(event: Event): string | null {
  switch (event.type) {
    case 'OrderAccepted':
    case 'OrderActivated': {
      const { userId, clientOrderId, stage, status, lots, executedLots } = event.order
      return entryLine(event.type === 'OrderAccepted' ? 'accepted' : 'activated', {
        who: `${userId}/${clientOrderId}`,
        stage,
        status,
        lots,
        executed: executedLots,
        resting: event.restingLots,
        terms: termsText(event.order.type, event.order.listId, event.order),
      })
    }
    case 'TradeExecuted':
      return tradeLine({
        symbol: event.symbol,
        tradeId: event.tradeId,
        price: event.price,
        lots: event.lots,
        quote: event.quote,
        replenished: event.replenishedLots,
        maker: tradeSide(event.maker),
        taker: tradeSide(event.taker),
      })
    case 'SelfTradePrevented':
      return preventedLine({
        ...event,
        id: event.preventedMatchId,
        maker: preventedSide(event.maker),
        taker: preventedSide(event.taker),
        shownLess: event.shownLotsLess,
      })
    case 'OrderEnded':
      return endLine({
        who: `${event.userId}/${event.clientOrderId}`,
        status: event.status,
        cause: event.cause,
        remaining: event.remainingLots,
        prevented: event.preventedLots,
        executed: event.executedLots,
        executedQuote: event.executedQuote,
        wasResting: event.wasResting,
        shown: event.shownLots,
      })
    case 'OrderAmended':
      return amendLine({
        was: `${event.order.userId}/${event.originalClientOrderId}`,
        who: `${event.order.userId}/${event.order.clientOrderId}`,
        lotsWere: event.originalLots,
        lots: event.order.lots,
        shownLess: event.shownLotsLess,
        times: event.order.amendments,
      })
    case 'OrderListChanged': {
      const { userId, clientListId, id, status } = event.list
      return listLine(userId, clientListId, id, event.change, status)
    }
    case 'SymbolStateChanged':
      return stateLine(event.symbol, event.state, event.untilMs)
    case 'CountdownSet':
      return countdownLine(event.userId, event.symbol, event.dueMs)
    case 'TradeGroupSet':
      return groupLine(event.userId, event.tradeGroupId)
    default:
      return null
  }
}

function tradeSide(side: TradeSide): TradeSideFacts {
  return { ...side, who: `${side.userId}/${side.clientOrderId}` }
}

function preventedSide(side: {
  readonly userId: UserId
  readonly clientOrderId: string
  readonly lots: number
  readonly preventedLots: number
}) {
  const who = `${side.userId}/${side.clientOrderId}`
  return { who, lots: side.lots, total: side.preventedLots }
}

/** A refusal without its numbers; null: none. */
export function refusalLine(refusal: Refusal | null): string | null {
  return refusal === null ? null : `refused: ${refusalText(refusal)}`
}

function refusalText(refusal: Refusal): string {
  if (refusal.reason === 'filter') return refusal.filter
  if (refusal.reason === 'cancel_replace_stopped') {
    return `${refusal.reason} (${refusalText(refusal.cancel)})`
  }
  if (refusal.reason !== 'cancel_replace_partly') return refusal.reason
  const half = (part: Refusal | null) => (part === null ? 'done' : refusalText(part))
  return `${refusal.reason} (${half(refusal.cancel)}, ${half(refusal.place)})`
}
