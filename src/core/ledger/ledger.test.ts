import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccountId, AssetIndex } from '../domain/ids.ts'
import { AMOUNT_MAX } from '../money/amount.ts'
import type { Bucket } from './chart.ts'
import { BUCKET, mayBeNegative, VENUE_ACCOUNT, VENUE_ACCOUNTS } from './chart.ts'
import { Ledger } from './ledger.ts'

const ASSETS = 3
const USERS = 4
const BTC = 1 as AssetIndex
const { free, locked, principal, interest } = BUCKET
const { external, pool, loans } = VENUE_ACCOUNT

function ledgerWithUsers(): { ledger: Ledger; alice: AccountId; bob: AccountId } {
  const ledger = new Ledger(ASSETS)
  const [alice, bob] = Array.from({ length: USERS }, () => ledger.openAccount())
  return { ledger, alice: alice as AccountId, bob: bob as AccountId }
}

interface Move {
  asset: AssetIndex
  from: AccountId
  fromBucket: Bucket
  to: AccountId
  toBucket: Bucket
  amount: bigint
}

const account = fc.nat(VENUE_ACCOUNTS + USERS - 1).map((id) => id as AccountId)
const bucket = fc.constantFrom(free, locked, principal, interest)
const anyMove: fc.Arbitrary<Move> = fc.record({
  asset: fc.nat(ASSETS - 1).map((index) => index as AssetIndex),
  from: account,
  fromBucket: bucket,
  to: account,
  toBucket: bucket,
  amount: fc.bigInt({ min: 1n, max: 1_000n }),
})

/** Makes those of `moves` that the ledger allows, beside a model of plain sums, and returns the model. */
function play(ledger: Ledger, moves: readonly Move[]): Map<string, bigint> {
  const model = new Map<string, bigint>()
  const key = (id: AccountId, asset: AssetIndex, of: Bucket) => `${id}/${asset}/${of}`
  const allowed = (id: AccountId, of: Bucket, value: bigint) =>
    of === free || of === locked ? value >= 0n || mayBeNegative(id) : value <= 0n
  for (const { asset, from, fromBucket, to, toBucket, amount } of moves) {
    const source = key(from, asset, fromBucket)
    const target = key(to, asset, toBucket)
    if (source === target) continue
    const left = (model.get(source) ?? 0n) - amount
    const grown = (model.get(target) ?? 0n) + amount
    if (!allowed(from, fromBucket, left) || !allowed(to, toBucket, grown)) continue
    ledger.move(asset, from, fromBucket, to, toBucket, amount)
    model.set(source, left)
    model.set(target, grown)
  }
  return model
}

test('V1 whatever moves, each asset sums to zero and each balance is what plain sums say', () => {
  fc.assert(
    fc.property(fc.array(anyMove, { maxLength: 300 }), (moves) => {
      const { ledger } = ledgerWithUsers()
      const model = play(ledger, moves)
      ledger.assertBalanced()
      expect(ledger.recomputedTotals()).toEqual([0n, 0n, 0n])
      for (const [place, value] of model) {
        const [id, asset, of] = place.split('/').map(Number) as [AccountId, AssetIndex, Bucket]
        expect(ledger.balance(id, asset, of)).toBe(value)
      }
    }),
  )
})

test('what is rehearsed is seen while it lasts and gone afterwards, however it ends', () => {
  fc.assert(
    fc.property(fc.array(anyMove), fc.array(anyMove), fc.boolean(), (before, rehearsed, fails) => {
      const { ledger } = ledgerWithUsers()
      const model = play(ledger, before)
      ledger.drainTouched(() => {})
      const rehearse = () =>
        ledger.rehearse(() => {
          const inside = ledger.free(external, BTC)
          ledger.move(BTC, external, free, pool, free, 5n)
          expect(ledger.free(external, BTC)).toBe(inside - 5n)
          for (const { asset, amount } of rehearsed) {
            ledger.move(asset, external, free, pool, free, amount)
          }
          if (fails) throw new Error('halfway')
          return ledger.free(pool, BTC)
        })
      if (fails) expect(rehearse).toThrow('halfway')
      else expect(rehearse()).toBeGreaterThanOrEqual(5n)
      for (const [place, value] of model) {
        const [id, asset, of] = place.split('/').map(Number) as [AccountId, AssetIndex, Bucket]
        expect(ledger.balance(id, asset, of)).toBe(value)
      }
      expect(ledger.recomputedTotals()).toEqual([0n, 0n, 0n])
      const touched: AccountId[] = []
      ledger.drainTouched((id) => touched.push(id))
      expect(touched).toEqual([])
    }),
  )
})

test('a rehearsal is not nested, and does not start in the middle of a command', () => {
  const { ledger, alice } = ledgerWithUsers()
  expect(() => ledger.rehearse(() => ledger.rehearse(() => 1))).toThrow('not nested')
  ledger.move(BTC, external, free, alice, free, 1n)
  expect(() => ledger.rehearse(() => 1)).toThrow('between commands')
})

test.each<[string, (ledger: Ledger, alice: AccountId, bob: AccountId) => void, string]>([
  ['pays more than is free', (l, a, b) => l.move(BTC, a, free, b, free, 11n), 'V2'],
  ['locks more than is free', (l, a) => l.move(BTC, a, free, a, locked, 11n), 'V2'],
  ['unlocks what is not locked', (l, a) => l.move(BTC, a, locked, a, free, 1n), 'V2'],
  ['repays principal that is not owed', (l, a) => l.move(BTC, a, free, a, principal, 1n), 'V2'],
  ['pays interest that is not owed', (l, a) => l.move(BTC, a, free, a, interest, 1n), 'V2'],
  ['moves nothing', (l, a, b) => l.move(BTC, a, free, b, free, 0n), 'positive amount'],
  ['moves less than nothing', (l, a, b) => l.move(BTC, a, free, b, free, -1n), 'positive amount'],
  ['passes the range', (l, a) => l.move(BTC, external, free, a, free, AMOUNT_MAX), 'within'],
  [
    'names an account never opened',
    (l, a) => l.move(BTC, a, free, 99 as AccountId, free, 1n),
    'opened',
  ],
  ['names an unknown asset', (l, a, b) => l.move(3 as AssetIndex, a, free, b, free, 1n), 'asset'],
])('V2 an entry that %s is a bug and changes nothing', (_, entry, claim) => {
  const { ledger, alice, bob } = ledgerWithUsers()
  ledger.move(BTC, external, free, alice, free, 10n)
  expect(() => entry(ledger, alice, bob)).toThrow(claim)
  expect([...ledger.holdings(alice)]).toEqual([
    { asset: BTC, free: 10n, locked: 0n, principal: 0n, interest: 0n },
  ])
  expect(ledger.held(bob, BTC)).toBe(0n)
  ledger.assertBalanced()
})

test('V2 the outside may be below zero, the pool may not', () => {
  const { ledger, alice } = ledgerWithUsers()
  ledger.move(BTC, external, free, alice, free, 1n)
  expect(ledger.free(external, BTC)).toBe(-1n)
  expect(() => ledger.move(BTC, pool, free, alice, free, 1n)).toThrow('V2')
})

test('holdings come in asset order, owed amounts positive, whatever was touched first', () => {
  const { ledger, alice } = ledgerWithUsers()
  for (const asset of [2, 0, 1] as AssetIndex[]) {
    ledger.move(asset, external, free, alice, free, 10n)
  }
  ledger.move(BTC, alice, principal, loans, free, 3n)
  ledger.move(BTC, alice, free, alice, locked, 4n)
  expect([...ledger.holdings(alice)]).toEqual([
    { asset: 0, free: 10n, locked: 0n, principal: 0n, interest: 0n },
    { asset: 1, free: 6n, locked: 4n, principal: 3n, interest: 0n },
    { asset: 2, free: 10n, locked: 0n, principal: 0n, interest: 0n },
  ])
  const seen: [number, bigint, bigint][] = []
  ledger.forEachHolding(alice, (asset, held, owed) => seen.push([asset, held, owed]))
  expect(seen).toEqual([
    [0, 10n, 0n],
    [1, 10n, 3n],
    [2, 10n, 0n],
  ])
})

test('what was once held and no longer is, is no holding', () => {
  const { ledger, alice } = ledgerWithUsers()
  ledger.move(BTC, external, free, alice, free, 2n)
  ledger.move(BTC, alice, principal, loans, free, 1n)
  ledger.move(BTC, alice, free, external, free, 2n)
  expect([...ledger.holdings(alice)]).toEqual([
    { asset: BTC, free: 0n, locked: 0n, principal: 1n, interest: 0n },
  ])
  ledger.move(BTC, loans, free, alice, principal, 1n)
  expect([...ledger.holdings(alice)]).toEqual([])
  ledger.forEachHolding(alice, () => expect.unreachable())
})

test('what was touched is told once, in order of first movement', () => {
  const { ledger, alice, bob } = ledgerWithUsers()
  ledger.move(BTC, external, free, bob, free, 2n)
  ledger.move(BTC, bob, free, alice, free, 1n)
  const touched: [AccountId, bigint][] = []
  ledger.drainTouched((id, holding) => touched.push([id, holding.free]))
  expect(touched).toEqual([
    [external, -2n],
    [bob, 1n],
    [alice, 1n],
  ])
  ledger.drainTouched(() => expect.unreachable())
})

test('the screen is the exact value but for the last digits of a float', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 2n ** 60n }),
      fc.bigInt({ min: 1n, max: 2n ** 60n }),
      (held, owed) => {
        const { ledger, alice } = ledgerWithUsers()
        ledger.move(BTC, external, free, alice, free, held)
        ledger.move(BTC, alice, principal, loans, free, owed)
        const totals = new Float64Array(2)
        ledger.screen(alice, Float64Array.of(1, 2.5, 1), totals)
        expect(totals[0]! / (Number(held) * 2.5)).toBeCloseTo(1, 12)
        expect(totals[1]! / (Number(owed) * 2.5)).toBeCloseTo(1, 12)
      },
    ),
  )
})
