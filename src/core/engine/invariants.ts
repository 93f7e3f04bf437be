import { assert } from '../assert.ts'
import type { AccountId, AssetIndex, OrderId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import { remainingLots } from '../domain/order.ts'
import { VENUE_ACCOUNT } from '../ledger/chart.ts'
import { levelAbove } from '../margin/level.ts'
import { maxBigint } from '../money/rounding.ts'
import { suppliedTo } from './lend.ts'
import { siblingOf } from './list-lock.ts'
import { levelsOf } from './margin-account.ts'
import { lockOf } from './post-order.ts'
import { valuationOf } from './standing.ts'
import type { ExchangeState, MarginAccount } from './state.ts'
import { assetAt, symbolAt, venueOf } from './state.ts'

/**
 * Everything that must hold between commands, from scratch: this whole walk runs in simulation and in `fulcrum audit`.
 * docs/spec/invariants.md says what of it production checks, and when.
 */
export function assertSound(state: ExchangeState): void {
  assertLedger(state)
  assertLocks(state)
  assertBooks(state)
  assertPositions(state)
  assertPools(state)
}

/** Rule V1 from the balances themselves, not from the running totals. */
export function assertConserved(state: ExchangeState): void {
  const totals = state.ledger.recomputedTotals()
  assert(
    totals.every((total) => total === 0n),
    'V1 every asset sums to zero over all accounts',
  )
}

function assertLedger(state: ExchangeState): void {
  state.ledger.assertBalanced()
  assertConserved(state)
  for (const { index, code } of venueOf(state).assets) {
    let principal = 0n
    let interest = 0n
    for (let account = 0; account < state.ledger.accountCount; account += 1) {
      principal += state.ledger.principal(account as AccountId, index)
      interest += state.ledger.interest(account as AccountId, index)
    }
    const loans = state.ledger.free(VENUE_ACCOUNT.loans, index)
    const due = state.ledger.free(VENUE_ACCOUNT.interestDue, index)
    assert(principal === loans, `V7 what accounts owe of ${code} is what the pools are owed`)
    assert(interest === due, `V7 interest owed in ${code} is interest due`)
  }
}

function assertLocks(state: ExchangeState): void {
  for (const order of state.orders.all()) assertOrderLock(state, order)
  for (let account = 0; account < state.ledger.accountCount; account += 1) {
    const id = account as AccountId
    assertLocked(state, id)
    assertDebtor(state, id)
  }
}

/** Rule V3: what an account has locked is what its open orders hold, to the unit. */
export function assertLocked(state: ExchangeState, account: AccountId): void {
  const locks = new Map<AssetIndex, bigint>()
  for (const { side, symbol, locked } of state.orders.of(account)) {
    const { base, quote } = symbolAt(state, symbol)
    const gives = side === 'BUY' ? quote : base
    locks.set(gives, (locks.get(gives) ?? 0n) + locked)
  }
  for (const { asset, locked } of state.ledger.holdings(account)) {
    const held = locks.get(asset) ?? 0n
    assert(locked === held, `V3 account ${account} locks what its orders hold of asset ${asset}`)
    locks.delete(asset)
  }
  for (const held of locks.values()) assert(held === 0n, `V3 account ${account} locks something`)
}

/** Rule V8. */
export function assertDebtor(state: ExchangeState, account: AccountId): void {
  const margin = state.owners[account]?.margin ?? null
  const owes = margin !== null && state.ledger.owesAnything(account)
  assert(
    owes === state.indebted.has(account),
    `V8 account ${account} is watched if it owes, and only then`,
  )
  if (owes) assertWatched(state, margin)
}

function assertOrderLock(state: ExchangeState, order: Order): void {
  const needed = lockOf(state, order, remainingLots(order))
  if (order.stage === 'PENDING') {
    assert(order.locked === 0n, `V3 order ${order.id} locks nothing before its turn`)
    return
  }
  const sibling = siblingOf(state, order)
  const isLater = sibling !== undefined && sibling.id < order.id
  const shared = isLater ? sibling.locked : 0n
  assert(
    order.locked === maxBigint(needed - shared, 0n),
    `V3 order ${order.id} locks what its remainder needs`,
  )
}

function assertBooks(state: ExchangeState): void {
  const stages = { WORKING: 0, WAITING: 0, PENDING: 0 }
  for (const order of state.orders.all()) stages[order.stage] += 1
  let resting = 0
  for (const book of state.books) {
    book.assertSound()
    const bid = book.best('BUY')
    const ask = book.best('SELL')
    assert(bid === null || ask === null || bid < ask, 'V5 a book is not crossed between commands')
    resting += book.size
    for (const side of ['BUY', 'SELL'] as const) {
      for (const { id, lots } of book.orders(side)) {
        const order = state.orders.get(id)
        assert(order.side === side, `V4 order ${id} stands on its side`)
        assert(remainingLots(order) === lots, `V4 order ${id} has its remainder in the book`)
      }
    }
  }
  assert(resting === stages.WORKING, 'V4 working orders and resting orders are the same orders')
  assertWaiting(state, stages.WAITING)
  state.orders.table.assertSound()
}

/** What waits stands in a stop book, or in the queue of those whose price has come. */
function assertWaiting(state: ExchangeState, waiting: number): void {
  const queued = state.triggers.all().map(({ orderId }) => orderId)
  const found = new Set<OrderId>()
  for (const stops of state.stops) {
    stops.assertSound()
    for (const { id } of stops.stops()) found.add(id)
  }
  for (const id of queued) if (state.orders.byId(id)?.stage === 'WAITING') found.add(id)
  for (const id of found) {
    assert(state.orders.byId(id)?.stage === 'WAITING', `V4 order ${id} waits for its price`)
  }
  assert(found.size === waiting, 'V4 every waiting order is in one stop book or the queue')
  for (const { list } of state.lists.all()) {
    assert(
      list.orders.some((id) => state.orders.byId(id) !== undefined),
      'T14 a list without open orders is done',
    )
  }
}

/** Rule P1: longs within what is held, shorts within what is owed, by base asset over all pairs. */
function assertPositions(state: ExchangeState): void {
  for (let id = 0; id < state.ledger.accountCount; id += 1) {
    const account = id as AccountId
    const long = new Map<AssetIndex, bigint>()
    const short = new Map<AssetIndex, bigint>()
    for (const { symbol, position } of state.positions.of(account)) {
      const { quantity } = position
      const { base } = symbolAt(state, symbol)
      const side = quantity > 0n ? long : short
      side.set(base, (side.get(base) ?? 0n) + (quantity > 0n ? quantity : -quantity))
    }
    for (const [base, quantity] of long) {
      assert(quantity <= state.ledger.held(account, base), 'P1 longs never exceed what is held')
    }
    for (const [base, quantity] of short) {
      assert(quantity <= state.ledger.owed(account, base), 'P1 shorts never exceed what is owed')
    }
  }
}

/** Who will not be measured when prices move next stands above every level that is told of, to the unit. */
function assertWatched(state: ExchangeState, margin: MarginAccount): void {
  const { account } = margin
  if (state.watchlist.isDue(account, venueOf(state))) return
  const { assets, debts, missing } = valuationOf(state, account)
  const levels = [levelsOf(state, margin).marginCall, ...margin.user.warningLevels]
  assert(
    missing === null && levels.every((level) => levelAbove(assets, debts, level)),
    'Q1 L8 an account that is left out stands above its margin call level and its user’s own',
  )
}

/** Rule V12: a pool owes its lenders what it holds and what it has lent, to the unit. */
function assertPools(state: ExchangeState): void {
  for (const { asset, claims } of state.pools.all()) {
    let owed = 0n
    for (const { amount, earning } of claims.values()) {
      assert(earning >= 0n && earning <= amount, 'V12 what earns is part of what is lent')
      owed += amount
    }
    const { code } = assetAt(state, asset)
    assert(
      owed === suppliedTo(state, asset),
      `V12 the ${code} pool owes what it holds and has lent`,
    )
  }
}
