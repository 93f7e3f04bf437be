import { present } from '../assert.ts'
import type {
  AccountId,
  AssetIndex,
  LiquidationId,
  OrderListId,
  Sequence,
  TimestampMs,
  TransactionId,
} from '../domain/ids.ts'
import { parseVenue } from '../domain/parse-venue.ts'
import type { VenueDocument } from '../domain/venue-document.ts'
import type { SourceQuote } from '../index-price/measure-index.ts'
import type { Line } from '../liquidation/buffer-account.ts'
import type { Amount } from '../money/amount.ts'
import type { IndexPrice } from '../money/price.ts'
import type { Rate } from '../money/rate.ts'
import { openIsolatedAccount } from './accounts.ts'
import { weighCollateral } from './collateral-caps.ts'
import type { IndexState } from './index-state.ts'
import { assertConserved } from './invariants.ts'
import { crossOf } from './margin-account.ts'
import { notePrices, setPrice } from './risk-prices.ts'
import { ORDER_READERS, orderLines } from './snapshot-orders.ts'
import { asciiBytes, asciiText } from './snapshot-text.ts'
import type { ExchangeState, MarginAccount, User } from './state.ts'
import { createState, furnish, openUser, userOf } from './state.ts'

// A snapshot is lines of JSON in one canonical order, so that equal states have equal bytes: their digest is the
// state hash. Amounts are decimal text; what is zero or empty is left out.

/** The whole state as canonical bytes. */
export function encodeState(state: ExchangeState): Uint8Array {
  assertConserved(state)
  const lines: string[] = []
  for (const line of linesOf(state)) lines.push(asciiText(line))
  return asciiBytes(lines)
}

function* linesOf(state: ExchangeState): Generator<readonly [string, ...unknown[]]> {
  yield [
    'clock',
    state.sequence,
    state.nowMs,
    state.orders.table.lastId,
    state.orders.table.capacity,
    state.lists.lastId,
    state.lastTransactionId,
    state.lastLiquidationId,
  ]
  if (state.venue === null) return
  yield ['venue', state.venue.document]
  for (const [symbol, m] of state.markets.entries()) {
    yield [
      'market',
      symbol,
      m.state,
      m.untilMs,
      m.lastTrade,
      m.lastTradeMs,
      m.lastTradeId,
      m.lastPreventedMatchId,
      m.window,
      m.windowPrice,
    ]
  }
  for (const [asset, index] of state.indexes.entries()) yield indexLine(state, asset, index)
  yield* accountLines(state)
  for (let account = 0; account < state.ledger.accountCount; account += 1) {
    yield* balanceLines(state, account as AccountId)
  }
  yield* orderLines(state)
  for (const c of state.countdowns.all()) {
    yield ['countdown', c.userId, c.wallet, c.symbol, c.dueMs]
  }
  for (let account = 0; account < state.ledger.accountCount; account += 1) {
    for (const { symbol, position: p } of state.positions.of(account as AccountId)) {
      yield ['position', account, symbol, p.quantity, p.entryQuote, p.realizedPnl, p.openedSequence]
    }
  }
  yield ['policyChanges', state.policyChanges.lastId]
  for (const change of state.policyChanges.all()) yield ['policyChange', change]
  for (const l of state.liquidations.values()) {
    yield ['liquidation', l.id, l.account, l.startedMs, l.valueLiquidated, l.trigger]
  }
  for (const [asset, sum] of [...state.fundTaken].sort((a, b) => a[0] - b[0])) {
    yield ['fund', asset, sum]
  }
  for (const [account, b] of [...state.buffers].sort((x, y) => x[0] - y[0])) {
    const lines = [...b.lines].map(([asset, l]) => [asset, l.held, l.owed, l.price])
    yield ['buffer', account, b.sinceMs, b.level, b.start, lines, [...b.changes]]
  }
  if (state.collateralHeld.some((held) => held > 0n)) yield ['collateral', state.collateralHeld]
  for (const { asset, dailyRate, lends, claims } of state.pools.all()) {
    yield ['pool', asset, dailyRate, lends]
    for (const [lender, { amount, earning, earned, lost }] of claims) {
      yield ['claim', asset, lender, amount, earning, earned, lost]
    }
  }
}

function indexLine(
  state: ExchangeState,
  asset: number,
  index: IndexState,
): readonly [string, ...unknown[]] {
  const quote = (each: SourceQuote | null) => each && [each.price, each.updatedMs]
  const { redemption, rateLimited } = index
  return [
    'index',
    asset,
    state.prices[asset] ?? null,
    quote(index.declared),
    index.quotes.map(quote),
    redemption && [redemption.ratio, redemption.sinceMs],
    index.standing,
    index.sources,
    index.untilMs === Number.POSITIVE_INFINITY ? null : index.untilMs,
    index.heldSinceMs,
    index.isOverdue,
    index.isReleased,
    rateLimited && [rateLimited.exact, rateLimited.atMs],
  ]
}

/** In the order in which accounts were opened, so that reading opens the same ones: a user's own, and each isolated one. */
function* accountLines(state: ExchangeState): Generator<readonly [string, ...unknown[]]> {
  for (const [account, owner] of state.owners.entries()) {
    if (owner === undefined) continue
    const { user, wallet } = owner
    if (account === user.accounts.SPOT) yield userLine(state, user)
    if (wallet === 'ISOLATED_MARGIN') yield isolatedLine(account as AccountId, user)
  }
}

function isolatedLine(account: AccountId, user: User): readonly [string, ...unknown[]] {
  const found = [...user.isolated.values()].find((isolated) => isolated.account === account)
  const { pair, enabled, disabledMs, ...margin } = present(found, 'an account is known')
  return ['isolated', user.id, pair, enabled ? 1 : 0, disabledMs, ...marginFields(margin)]
}

function marginFields({
  liquidation,
  marginCall: call,
  warningsPassed,
}: Pick<MarginAccount, 'liquidation' | 'marginCall' | 'warningsPassed'>): readonly unknown[] {
  return [liquidation, call === null ? null : [call.lastMs, call.lastLevel], warningsPassed]
}

function userLine(state: ExchangeState, user: User): readonly [string, ...unknown[]] {
  return [
    'user',
    user.kyc,
    user.kycReason,
    user.disclosure,
    user.mode,
    user.bothModes ? 1 : 0,
    user.modeSinceMs,
    user.leverage,
    user.firstDepositMs,
    user.sampledMs,
    ...marginFields(crossOf(state, user)),
    [...user.recoverable].sort((a, b) => a[0] - b[0]),
    user.samples,
    user.tradeGroupId,
    user.feeTier,
    user.volume.today,
    user.volume.days,
    user.vipLevel,
    user.smallDebtsMs,
    user.paysInterestInBnb,
    user.warningLevels,
    user.owedToFund,
  ]
}

function* balanceLines(
  state: ExchangeState,
  account: AccountId,
): Generator<readonly [string, ...unknown[]]> {
  for (const { asset, free, locked, principal, interest } of state.ledger.holdings(account)) {
    if (free === 0n && locked === 0n && principal === 0n && interest === 0n) continue
    yield ['balance', account, asset, free, locked, -principal, -interest]
  }
}

/** The state that `encodeState` wrote. Bytes are checked by whoever kept them; here a fault is a bug. */
export function decodeState(bytes: Uint8Array): ExchangeState {
  const state = createState()
  for (const [kind, ...fields] of lines(bytes)) {
    present(READERS[kind], `a snapshot has no line called ${kind}`)(state, fields)
  }
  noteDebtors(state)
  if (state.venue !== null) weighCollateral(state)
  state.ledger.assertBalanced()
  return state
}

function* lines(bytes: Uint8Array): Generator<[string, ...Field[]]> {
  let start = 0
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    let text = ''
    for (let at = start; at < end; at += 8_192) {
      text += String.fromCharCode(...bytes.subarray(at, Math.min(at + 8_192, end)))
    }
    yield JSON.parse(text) as [string, ...Field[]]
    start = end + 1
  }
}

// biome-ignore lint/suspicious/noExplicitAny: each line's fields are given their types where they are read.
type Field = any

type Reader = (state: ExchangeState, fields: Field[]) => void

const READERS: Readonly<Record<string, Reader>> = {
  clock: readClock,
  venue: (state, [document]) => furnish(state, parseVenue(document as VenueDocument)),
  market: readMarket,
  index: readIndex,
  user: readUser,
  isolated: readIsolated,
  balance: (state, [account, asset, ...balances]) =>
    state.ledger.load(account as AccountId, asset as AssetIndex, balances.map(BigInt)),
  position: readPosition,
  liquidation: readLiquidation,
  collateral: (state, [held]) => {
    state.collateralHeld = held.map(BigInt)
  },
  pool: readPool,
  claim: readClaim,
  policyChanges: (state, [lastId]) => {
    state.policyChanges.lastId = lastId
  },
  policyChange: (state, [change]) => state.policyChanges.add(change),
  fund: (state, [asset, sum]) => {
    state.fundTaken.set(asset as AssetIndex, BigInt(sum) as Amount)
  },
  buffer: readBuffer,
  countdown: (state, [userId, wallet, symbol, dueMs]) =>
    state.countdowns.set({ userId, wallet, symbol }, dueMs),
  ...ORDER_READERS,
}

function readMarket(state: ExchangeState, [symbol, ...fields]: Field[]): void {
  const [now, untilMs, lastTrade, lastTradeMs, lastTradeId, ...later] = fields
  const [lastPreventedMatchId, window, windowPrice] = later
  const market = { state: now, untilMs, lastTrade, lastTradeMs, lastTradeId, lastPreventedMatchId }
  if (untilMs !== null) state.nextPauseEndMs = Math.min(state.nextPauseEndMs, untilMs)
  state.markets[symbol] = { ...market, window, windowPrice }
}

function readClock(state: ExchangeState, fields: Field[]): void {
  state.sequence = fields[0] as Sequence
  state.nowMs = fields[1] as TimestampMs
  state.orders.table.restore(fields[2], fields[3])
  state.lists.lastId = fields[4] as OrderListId
  state.lastTransactionId = fields[5] as TransactionId
  state.lastLiquidationId = fields[6] as LiquidationId
}

function readIndex(state: ExchangeState, [asset, price, ...fields]: Field[]): void {
  const [declared, quotes, redemption, standing, sources, untilMs, ...held] = fields
  const [heldSinceMs, isOverdue, isReleased, rateLimited] = held
  const quote = (each: Field): SourceQuote | null =>
    each && { price: BigInt(each[0]) as IndexPrice, updatedMs: each[1] }
  setPrice(state, asset, price === null ? null : (BigInt(price) as IndexPrice))
  state.indexes[asset] = {
    declared: quote(declared),
    quotes: quotes.map(quote),
    redemption: redemption && { ratio: BigInt(redemption[0]) as Rate, sinceMs: redemption[1] },
    standing,
    sources,
    untilMs: untilMs ?? Number.POSITIVE_INFINITY,
    heldSinceMs,
    isOverdue,
    isReleased,
    rateLimited: rateLimited && { exact: BigInt(rateLimited[0]), atMs: rateLimited[1] },
  }
  if (asset === state.indexes.length - 1) notePrices(state)
}

function readUser(state: ExchangeState, fields: Field[]): void {
  const user = openUser(state)
  user.kyc = fields[0]
  user.kycReason = fields[1]
  user.disclosure = fields[2]
  user.mode = fields[3]
  user.bothModes = fields[4] === 1
  user.modeSinceMs = fields[5]
  user.leverage = fields[6]
  user.firstDepositMs = fields[7]
  user.sampledMs = fields[8]
  readMargin(state, crossOf(state, user), fields.slice(9, 12))
  for (const [asset, sum] of fields[12]) user.recoverable.set(asset, BigInt(sum) as Amount)
  user.samples = fields[13].map(BigInt)
  user.tradeGroupId = fields[14]
  user.feeTier = fields[15]
  user.volume = { today: BigInt(fields[16]), days: fields[17].map(BigInt) }
  user.vipLevel = fields[18]
  user.smallDebtsMs = fields[19]
  user.paysInterestInBnb = fields[20]
  user.warningLevels = fields[21].map(BigInt)
  user.owedToFund = BigInt(fields[22]) as Amount
}

function readIsolated(state: ExchangeState, fields: Field[]): void {
  const user = present(userOf(state, fields[0]), 'an account is of a user read before')
  const account = openIsolatedAccount(state, user, fields[1])
  account.enabled = fields[2] === 1
  account.disabledMs = fields[3]
  readMargin(state, account, fields.slice(4))
}

function readMargin(
  state: ExchangeState,
  margin: MarginAccount,
  [liquidation, call, warningsPassed]: Field[],
): void {
  margin.liquidation = liquidation
  margin.marginCall = call === null ? null : { lastMs: call[0], lastLevel: BigInt(call[1]) }
  margin.warningsPassed = warningsPassed
  if (call !== null || warningsPassed > 0) state.called.add(margin.account)
}

function readPosition(state: ExchangeState, fields: Field[]): void {
  const [account, symbol, quantity, entryQuote, realizedPnl, openedSequence] = fields
  state.positions.put(account, symbol, {
    quantity: BigInt(quantity) as Amount,
    entryQuote: BigInt(entryQuote) as Amount,
    realizedPnl: BigInt(realizedPnl) as Amount,
    openedSequence,
  })
}

function readLiquidation(state: ExchangeState, fields: Field[]): void {
  const id = fields[0] as LiquidationId
  const valueLiquidated = BigInt(fields[3]) as Amount
  state.liquidations.set(id, {
    id,
    account: fields[1] as AccountId,
    startedMs: fields[2],
    valueLiquidated,
    trigger: fields[4],
  })
}

function readBuffer(state: ExchangeState, fields: Field[]): void {
  const [account, sinceMs, level, start, lines, changes] = fields
  const lineOf = ([asset, held, owed, price]: Field[]): [AssetIndex, Line] => [
    asset,
    { held: BigInt(held), owed: BigInt(owed), price: BigInt(price) },
  ]
  state.buffers.set(account as AccountId, {
    sinceMs,
    level: BigInt(level) as Rate,
    start: BigInt(start),
    lines: new Map(lines.map(lineOf)),
    changes: new Map(changes.map(([key, change]: Field[]) => [key, BigInt(change)])),
    sequence: state.sequence,
    noted: 0,
  })
}

function readPool(state: ExchangeState, [asset, dailyRate, lends]: Field[]): void {
  const pool = state.pools.of(asset)
  pool.dailyRate = BigInt(dailyRate) as Rate
  pool.lends = lends
}

function readClaim(state: ExchangeState, [asset, lender, ...sums]: Field[]): void {
  const [amount, earning, earned, lost] = sums.map((sum) => BigInt(sum) as Amount)
  Object.assign(state.pools.open(asset, lender), { amount, earning, earned, lost })
}

function noteDebtors(state: ExchangeState): void {
  for (const owner of state.owners) {
    const account = owner?.margin?.account
    if (account !== undefined && state.ledger.owesAnything(account)) state.indebted.add(account)
  }
}
