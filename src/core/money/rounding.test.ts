import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AMOUNT_MAX, amount } from './amount.ts'
import type { IndexPrice } from './price.ts'
import { usdtFloor, valueAt } from './price.ts'
import { divCeil, divFloor, maxBigint, minBigint } from './rounding.ts'

const anyDividend = fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n })
const anyDivisor = fc.bigInt({ min: 1n, max: 2n ** 70n })

test('R1 the quotient lies between floor and ceiling, and they differ only when something is left', () => {
  fc.assert(
    fc.property(anyDividend, anyDivisor, (dividend, divisor) => {
      const floor = divFloor(dividend, divisor)
      const ceiling = divCeil(dividend, divisor)
      expect(floor * divisor <= dividend && dividend < (floor + 1n) * divisor).toBe(true)
      expect((ceiling - 1n) * divisor < dividend && dividend <= ceiling * divisor).toBe(true)
      expect(ceiling - floor).toBe(floor * divisor === dividend ? 0n : 1n)
    }),
  )
})

test.each`
  dividend | divisor | floor  | ceiling
  ${6n}    | ${3n}   | ${2n}  | ${2n}
  ${7n}    | ${3n}   | ${2n}  | ${3n}
  ${5n}    | ${3n}   | ${1n}  | ${2n}
  ${0n}    | ${3n}   | ${0n}  | ${0n}
  ${-1n}   | ${3n}   | ${-1n} | ${0n}
  ${-3n}   | ${3n}   | ${-1n} | ${-1n}
  ${-4n}   | ${3n}   | ${-2n} | ${-1n}
`('R1 $dividend / $divisor is $floor or $ceiling', ({ dividend, divisor, floor, ceiling }) => {
  expect(divFloor(dividend, divisor)).toBe(floor)
  expect(divCeil(dividend, divisor)).toBe(ceiling)
})

test.each([0n, -1n])('a divisor of %s is a bug', (divisor) => {
  expect(() => divFloor(1n, divisor)).toThrow('a divisor is positive')
  expect(() => divCeil(1n, divisor)).toThrow('a divisor is positive')
})

test.each`
  atoms               | within
  ${AMOUNT_MAX - 1n}  | ${true}
  ${AMOUNT_MAX}       | ${true}
  ${AMOUNT_MAX + 1n}  | ${false}
  ${-AMOUNT_MAX}      | ${true}
  ${-AMOUNT_MAX - 1n} | ${false}
`('an amount of $atoms is within range: $within', ({ atoms, within }) => {
  if (within) expect(amount(atoms)).toBe(atoms)
  else expect(() => amount(atoms)).toThrow('within')
})

test('a value is exact, and a user’s share of it rounds down even below zero', () => {
  const third = valueAt(1n, 33_333_333n as IndexPrice)
  expect(third).toBe(33_333_333n)
  expect(usdtFloor(third)).toBe(0n)
  expect(usdtFloor(-third)).toBe(-1n)
  expect(minBigint(2n, 1n)).toBe(1n)
  expect(maxBigint(2n, 1n)).toBe(2n)
})
