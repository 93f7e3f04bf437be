import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NONE } from './columns.ts'
import { PriceLadder } from './price-ladder.ts'

const LAST = 2 ** 30 - 1

/** Keys that sit on both sides of every digit's border, and any others. */
const keys = fc.oneof(
  fc.constantFrom(
    0,
    1,
    30,
    31,
    32,
    33,
    1_023,
    1_024,
    32_767,
    32_768,
    2 ** 20,
    2 ** 25,
    LAST - 1,
    LAST,
  ),
  fc.integer({ min: 0, max: 100 }),
  fc.integer({ min: 0, max: LAST }),
)

function ladderOf(occupied: Iterable<number>): PriceLadder {
  const ladder = new PriceLadder()
  for (const key of occupied) ladder.insert(key, key)
  return ladder
}

test('walks its keys upward whatever they are', () => {
  fc.assert(
    fc.property(fc.uniqueArray(keys, { maxLength: 80 }), (occupied) => {
      const ladder = ladderOf(occupied)
      const walked: number[] = []
      for (let key = ladder.above(-1); key !== NONE; key = ladder.above(key)) walked.push(key)
      expect(walked).toEqual([...occupied].sort((a, b) => a - b))
      ladder.assertSound()
    }),
  )
})

test('finds the next key above any key, occupied or not', () => {
  fc.assert(
    fc.property(fc.uniqueArray(keys, { maxLength: 40 }), keys, (occupied, asked) => {
      const ladder = ladderOf(occupied)
      const greater = occupied.filter((key) => key > asked)
      expect(ladder.above(asked)).toBe(greater.length === 0 ? NONE : Math.min(...greater))
      expect(ladder.at(asked)).toBe(occupied.includes(asked) ? asked : NONE)
    }),
  )
})

test('forgets the keys removed and keeps the others, and loses no node', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(keys, { maxLength: 60 }),
      fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
      (occupied, leaves) => {
        const ladder = ladderOf(occupied)
        for (const [n, key] of occupied.entries()) if (leaves[n]) ladder.remove(key)
        for (const [n, key] of occupied.entries()) {
          expect(ladder.at(key)).toBe(leaves[n] ? NONE : key)
        }
        ladder.assertSound()
        for (const [n, key] of occupied.entries()) if (leaves[n]) ladder.insert(key, key)
        for (const key of occupied) ladder.remove(key)
        expect(ladder.above(-1)).toBe(NONE)
        ladder.assertSound()
      },
    ),
  )
})

test('a key taken twice or given back unoccupied is a bug', () => {
  const ladder = ladderOf([5])
  expect(() => ladder.insert(5, 1)).toThrow('a price has one level')
  expect(() => ladder.remove(6)).toThrow('is on the ladder')
  expect(() => ladder.remove(LAST)).toThrow('is on the ladder')
})
