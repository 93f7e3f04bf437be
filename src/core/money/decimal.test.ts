import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimal, formatDecimal, formatDecimalShort, parseDecimal } from './decimal.ts'

test.each`
  text                     | decimals | parsed
  ${'1'}                   | ${8}     | ${100_000_000n}
  ${'0.00000001'}          | ${8}     | ${1n}
  ${'0.000000010'}         | ${8}     | ${1n}
  ${'0.000000011'}         | ${8}     | ${'too_precise'}
  ${'0.000000009'}         | ${8}     | ${'too_precise'}
  ${'007.50'}              | ${2}     | ${750n}
  ${'7.50'}                | ${0}     | ${'too_precise'}
  ${'7.0'}                 | ${0}     | ${7n}
  ${'9007199254740993'}    | ${8}     | ${900_719_925_474_099_300_000_000n}
  ${''}                    | ${8}     | ${'malformed'}
  ${'.'}                   | ${8}     | ${'malformed'}
  ${'.5'}                  | ${8}     | ${'malformed'}
  ${'5.'}                  | ${8}     | ${'malformed'}
  ${'-1'}                  | ${8}     | ${'malformed'}
  ${'+1'}                  | ${8}     | ${'malformed'}
  ${'1e3'}                 | ${8}     | ${'malformed'}
  ${'1,5'}                 | ${8}     | ${'malformed'}
  ${' 1'}                  | ${8}     | ${'malformed'}
  ${'1\n'}                 | ${8}     | ${'malformed'}
  ${'0x10'}                | ${8}     | ${'malformed'}
  ${'1_000'}               | ${8}     | ${'malformed'}
  ${'١'}                   | ${8}     | ${'malformed'}
  ${'NaN'}                 | ${8}     | ${'malformed'}
  ${'1'.repeat(40)}        | ${0}     | ${BigInt('1'.repeat(40))}
  ${'1'.repeat(41)}        | ${0}     | ${'malformed'}
  ${`0.${'0'.repeat(40)}`} | ${8}     | ${0n}
  ${`0.${'0'.repeat(41)}`} | ${8}     | ${'malformed'}
`('"$text" to $decimals places is $parsed', ({ text, decimals, parsed }) => {
  expect(parseDecimal(text, decimals)).toBe(parsed)
})

test('every count comes back from its text, long or short', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), fc.nat(18), (value, decimals) => {
      expect(decimal(formatDecimal(value, decimals), decimals)).toBe(value)
      expect(decimal(formatDecimalShort(value, decimals), decimals)).toBe(value)
    }),
  )
})

test.each`
  value              | decimals | long              | short
  ${0n}              | ${8}     | ${'0.00000000'}   | ${'0'}
  ${1n}              | ${8}     | ${'0.00000001'}   | ${'0.00000001'}
  ${-1n}             | ${8}     | ${'-0.00000001'}  | ${'-0.00000001'}
  ${100_000_000n}    | ${8}     | ${'1.00000000'}   | ${'1'}
  ${-1_050_000_000n} | ${8}     | ${'-10.50000000'} | ${'-10.5'}
  ${100n}            | ${0}     | ${'100'}          | ${'100'}
`('$value of 10^-$decimals reads $long, or $short', ({ value, decimals, long, short }) => {
  expect(formatDecimal(value, decimals)).toBe(long)
  expect(formatDecimalShort(value, decimals)).toBe(short)
})

test('text this program vouches for and that is no decimal is a bug', () => {
  expect(() => decimal('1.5', 0)).toThrow('is a decimal with at most 0 places')
})
