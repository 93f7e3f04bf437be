import { assert } from '../assert.ts'
import type { SymbolIndex } from '../domain/ids.ts'
import type { Order, Side } from '../domain/order.ts'
import { waitsForPrice } from '../domain/order.ts'
import type { Ticks } from '../money/price.ts'
import { TICKS_LIMIT } from '../money/price.ts'

const DEAREST_OF_NONE = 0 as Ticks
const CHEAPEST_OF_NONE = TICKS_LIMIT as Ticks

/** What an account rests on one side of a symbol: the sum, and bounds on the prices. */
export interface RestingSide {
  readonly symbol: SymbolIndex
  readonly side: Side
  lots: number
  /** No order here is dearer. Lowered only when the side is empty, so it may overstate. */
  dearest: Ticks
  /** No order here is cheaper; raised only when the side is empty. */
  cheapest: Ticks
  /** What waits for its price besides, and a bound on what it may pay. */
  waitingLots: number
  waitingDearest: Ticks
}

/** An account's open orders in one symbol, counted and summed. */
export interface Commitments {
  readonly symbol: SymbolIndex
  orders: number
  algoOrders: number
  icebergOrders: number
  readonly buys: RestingSide
  readonly sells: RestingSide
}

/** Nothing is open: what an account without commitments in a symbol has. */
export const NOTHING_RESTS: Readonly<RestingSide> = restingSide(0 as SymbolIndex, 'BUY')

export function commitments(symbol: SymbolIndex): Commitments {
  return {
    symbol,
    orders: 0,
    algoOrders: 0,
    icebergOrders: 0,
    buys: restingSide(symbol, 'BUY'),
    sells: restingSide(symbol, 'SELL'),
  }
}

function restingSide(symbol: SymbolIndex, side: Side): RestingSide {
  return {
    symbol,
    side,
    lots: 0,
    dearest: DEAREST_OF_NONE,
    cheapest: CHEAPEST_OF_NONE,
    waitingLots: 0,
    waitingDearest: DEAREST_OF_NONE,
  }
}

/** One order more (`by` 1) or fewer (`by` -1). */
export function count(into: Commitments, { type, icebergLots }: Order, by: 1 | -1): void {
  into.orders += by
  if (waitsForPrice(type)) into.algoOrders += by
  if (icebergLots > 0) into.icebergOrders += by
}

export function sideOf(of: Commitments, side: Side): RestingSide {
  return side === 'BUY' ? of.buys : of.sells
}

export function addResting(side: RestingSide, price: Ticks, lots: number): void {
  side.lots += lots
  if (price > side.dearest) side.dearest = price
  if (price < side.cheapest) side.cheapest = price
}

export function lowerResting(side: RestingSide, lots: number): void {
  side.lots -= lots
  assert(side.lots >= 0, 'no side rests less than nothing')
  if (side.lots > 0) return
  side.dearest = DEAREST_OF_NONE
  side.cheapest = CHEAPEST_OF_NONE
}

export function addWaiting(side: RestingSide, price: Ticks, lots: number): void {
  side.waitingLots += lots
  if (price > side.waitingDearest) side.waitingDearest = price
}

export function lowerWaiting(side: RestingSide, lots: number): void {
  side.waitingLots -= lots
  assert(side.waitingLots >= 0, 'no side waits for less than nothing')
  if (side.waitingLots === 0) side.waitingDearest = DEAREST_OF_NONE
}
