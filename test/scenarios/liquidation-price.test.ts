import { expect, test } from 'vitest'
import type { Command } from '../../src/core/domain/command.ts'
import type { AssetIndex, UserId } from '../../src/core/domain/ids.ts'
import { isRefusal } from '../../src/core/domain/question.ts'
import { decodeState, encodeState } from '../../src/core/engine/snapshot.ts'
import type { ExchangeState } from '../../src/core/engine/state.ts'
import type { Amount } from '../../src/core/money/amount.ts'
import { decimal } from '../../src/core/money/decimal.ts'
import type { IndexPrice } from '../../src/core/money/price.ts'
import { Prng } from '../../src/server/feed/prng.ts'
import { Session } from '../../src/sim/session.ts'
import { loadProfile } from '../../src/venue/profile.ts'

/** 10,000 for the full proof: `PORTFOLIOS=10000 npx vitest run test/scenarios/liquidation-price.test.ts`. */
const PORTFOLIOS = Number(process.env['PORTFOLIOS'] ?? 100)
const SEED = Number(process.env['SEED'] ?? 1)

const CODES = ['USDT', 'BTC', 'ETH', 'SOL', 'LTC'] as const
const PRICES = { BTC: 30_000, ETH: 2_000, SOL: 100, LTC: 80 } as const

/** A venue with one user who may trade on margin, and no fund to speak of. */
function opened(policy: string): { bytes: Uint8Array; userId: UserId } {
  const session = new Session(Date.UTC(2026, 0, 1))
  session.submit({ type: 'OpenVenue', document: loadProfile(policy) })
  const userId = 1 as UserId
  const assetOf = assetIn(session)
  const commands: Command[] = [
    { type: 'CreateUser' },
    { type: 'Deposit', userId, wallet: 'SPOT', asset: assetOf('USDT'), amount: whole(60_000) },
    { type: 'BackdateFunding', userId, days: 8 },
    { type: 'SubmitKyc', userId },
    { type: 'ReviewKyc', userId, decision: 'APPROVED', reason: '', reviewer: 'test' },
    { type: 'AcceptDisclosure', userId, version: '1' },
    { type: 'SetMarginMode', userId, mode: 'CROSS' },
  ]
  const version = session.state.venue?.policy.disclosureVersion ?? ''
  for (const command of commands) {
    const { refusal } = session.submit(
      command.type === 'AcceptDisclosure' ? { ...command, version } : command,
    )
    expect(refusal).toBeNull()
  }
  return { bytes: encodeState(session.state), userId }
}

const whole = (units: number) => BigInt(Math.round(units * 1e8)) as Amount

function assetIn(session: Session) {
  return (code: string): AssetIndex =>
    session.state.venue?.assetByCode.get(code)?.index as AssetIndex
}

/** Random holdings of up to five assets, and random loans of up to all that may be borrowed. */
function fill(session: Session, userId: UserId, prng: Prng): void {
  const assetOf = assetIn(session)
  const prices = Object.entries(PRICES).map(
    ([code, price]) =>
      [
        assetOf(code),
        whole(Math.round(price * prng.between(0.5, 1.5))) as bigint as IndexPrice,
      ] as const,
  )
  session.submit({ type: 'SetIndexPrices', prices })
  session.submit({ type: 'SetLeverage', userId, leverage: prng.pick([3, 5]) })
  const wallet = 'CROSS_MARGIN' as const
  const held = CODES.filter(() => prng.chance(0.5))
  for (const code of held.length === 0 ? [prng.pick(CODES)] : held) {
    const worth = prng.pick([3, 500, 20_000, 300_000]) * prng.between(0.5, 1.5)
    const amount = whole(worth / (code === 'USDT' ? 1 : PRICES[code]))
    session.submit({ type: 'Deposit', userId, wallet, asset: assetOf(code), amount })
  }
  for (let loans = prng.integer(1, 3); loans > 0; loans -= 1) {
    const asset = assetOf(prng.pick(CODES))
    const max = session.ask('maxBorrowable', { userId, asset })
    if (isRefusal(max) || max.amount === 0n) continue
    const part = prng.pick([max.amount, (max.amount * BigInt(prng.integer(1, 99))) / 100n])
    session.submit({ type: 'Borrow', userId, pair: null, asset, amount: part as Amount })
  }
}

/** Whether the account is liquidated at these prices, in a state of its own. */
function isLiquidatedAt(
  bytes: Uint8Array,
  nowMs: number,
  prices: readonly (readonly [AssetIndex, bigint])[],
): boolean {
  const fork = forkOf(bytes, nowMs)
  const moved = prices.map(([asset, price]) => [asset, price as IndexPrice] as const)
  const { events } = fork.submit({ type: 'SetIndexPrices', prices: moved })
  return events.some(({ type }) => type === 'LiquidationStarted')
}

function forkOf(bytes: Uint8Array, nowMs: number): Session {
  const state: ExchangeState = decodeState(bytes)
  return new Session(nowMs, state)
}

const ONE = 10n ** 8n

/** All prices but that of USDT by a common factor: they are whole, so that it comes out even. */
function timesAll(session: Session, factor: bigint): (readonly [AssetIndex, bigint])[] {
  return CODES.slice(1).map((code) => {
    const asset = assetIn(session)(code)
    return [asset, ((session.state.prices[asset] ?? 0n) / ONE) * factor] as const
  })
}

test(`L3 L4 ${PORTFOLIOS} random portfolios are liquidated at the price and the shock that are quoted, and not one unit short of them`, () => {
  const prng = new Prng(SEED)
  const venues = ['classic', 'binance'].map(opened)
  let tried = 0
  let shocks = 0
  for (let portfolio = 0; portfolio < PORTFOLIOS; portfolio += 1) {
    const { bytes, userId } = prng.pick(venues)
    const session = forkOf(bytes, Date.UTC(2026, 0, 1) + 1_000)
    fill(session, userId, prng)
    if (session.ask('user', { userId })?.liquidating) continue
    const before = encodeState(session.state)
    const { marketShock } = session.ask('risk', { userId }).standing
    if (marketShock !== null) {
      const factor = decimal(marketShock, 8)
      const short = factor < ONE ? factor + 1n : factor - 1n
      const at = `portfolio ${portfolio}, shock ${marketShock}`
      const shocked = (by: bigint) => isLiquidatedAt(before, session.nowMs, timesAll(session, by))
      if (short > 0n) expect(shocked(short), at).toBe(false)
      expect(shocked(factor), at).toBe(true)
      shocks += 1
    }
    for (const { asset, liquidationPrice } of session.ask('risk', { userId }).contributions) {
      if (liquidationPrice === null) continue
      const edge = decimal(liquidationPrice, 8)
      const now = session.state.prices[asset] ?? 0n
      // Below the price of now it is a fall that liquidates, above it a rise.
      const short = edge < now ? edge + 1n : edge - 1n
      const at = `portfolio ${portfolio}, asset ${asset}, quoted ${liquidationPrice}, now ${now}`
      if (short > 0n)
        expect(isLiquidatedAt(before, session.nowMs, [[asset, short]]), at).toBe(false)
      expect(isLiquidatedAt(before, session.nowMs, [[asset, edge]]), at).toBe(true)
      tried += 1
    }
  }
  expect(tried).toBeGreaterThan(PORTFOLIOS / 2)
  expect(shocks).toBeGreaterThan(PORTFOLIOS / 5)
})
