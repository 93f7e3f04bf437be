import { expect, test } from 'vitest'
import { Parameters, parseParameters, signedPayload } from './parameters.ts'
import { WireError } from './wire-error.ts'

function codeOf(run: () => unknown): number | unknown {
  try {
    return run()
  } catch (error) {
    if (error instanceof WireError) return error.code
    throw error
  }
}

const one = (name: string, value: string) => new Parameters(new Map([[name, value]]))

test.each([
  ['plain', 'a=1&b=2', '', { a: '1', b: '2' }],
  ['in the body', '', 'a=1', { a: '1' }],
  ['in both', 'a=1', 'b=2', { a: '1', b: '2' }],
  ['empty parts', '&a=1&&', '&b=2&', { a: '1', b: '2' }],
  ['empty value', 'a=', '', { a: '' }],
  ['equals in a value', 'a=b=c', '', { a: 'b=c' }],
  ['plus is a space', 'a=x+y', '', { a: 'x y' }],
  ['encoded', 'a=x%2By%20z', '', { a: 'x+y z' }],
  ['encoded once only', 'a=%2542', '', { a: '%42' }],
  ['names that objects have', '__proto__=1', '', { ['__proto__']: '1' }],
])('parses %s', (_, query, body, expected) => {
  const parsed = [...parseParameters(query, body).entries()]
  expect(parsed).toEqual(Object.entries(expected))
})

test.each([
  ['lone percent', 'a=%', -1100],
  ['bad percent', 'a=%G1', -1100],
  ['overlong UTF-8', 'a=%C0%80', -1100],
  ['surrogate', 'a=%ED%A0%80', -1100],
  ['NUL', 'a=%00', -1100],
  ['line break', 'a=%0D%0A', -1100],
  ['raw Latin-1', 'a=\xe9', -1100],
  ['byte order mark', '\xef\xbb\xbfa=1', -1100],
  ['raw space', 'a=b c', -1100],
  ['no equals sign', 'a', -1100],
  ['no name', '=1', -1100],
  ['twice', 'a=1&a=2', -1101],
  ['twice, once encoded', 'a=1&%61=2', -1101],
  ['sixty-five', Array.from({ length: 65 }, (_, i) => `p${i}=1`).join('&'), -1101],
])('W5 refuses %s', (_, query, code) => {
  expect(codeOf(() => parseParameters(query, ''))).toBe(code)
})

test('sixty-four parameters are taken', () => {
  const query = Array.from({ length: 64 }, (_, i) => `p${i}=1`).join('&')
  expect([...parseParameters(query, '').entries()]).toHaveLength(64)
})

test('W1 moving bytes between query and body, which signs alike, is no other request', () => {
  const whole = 'quantity=10&price=5'
  const meaning = new Map(parseParameters(whole, '').entries())
  for (let cut = 1; cut < whole.length; cut += 1) {
    const [query, body] = [whole.slice(0, cut), whole.slice(cut)]
    expect(signedPayload(query, body)).toBe(whole)
    const moved = codeOf(() => new Map(parseParameters(query, body).entries()))
    expect([-1100, -1101, meaning]).toContainEqual(moved)
  }
})

test.each([
  ['0', 0n],
  ['1', 100_000_000n],
  ['01', 100_000_000n],
  ['0.00000001', 1n],
  ['0.000000010', 1n],
  ['0.000000001', -1111],
  ['23058430092.13693952', 2n ** 61n],
  ['23058430092.13693953', -1108],
  ['1000000000000000000000000000000', -1108],
  ['79228162514264337593543950336', -1108],
  ['', -1105],
  ['-1', -1100],
  ['-0', -1100],
  ['+1', -1100],
  ['1.', -1100],
  ['.1', -1100],
  ['1,5', -1100],
  ['1_000', -1100],
  ['0x10', -1100],
  ['1e-8', -1100],
  ['1E5', -1100],
  ['NaN', -1100],
  ['Infinity', -1100],
  [' 1', -1100],
  ['1 ', -1100],
  ['١', -1100],
  ['１', -1100],
])('W5 the amount %j is exact or refused', (value, expected) => {
  expect(codeOf(() => one('quantity', value).amount('quantity'))).toBe(expected)
})

test.each([
  ['0', 0],
  ['9007199254740991', 2 ** 53 - 1],
  ['9007199254740992', -1108],
  ['9223372036854775808', -1108],
  ['1.0', -1100],
  ['1e3', -1100],
  ['-1', -1100],
  ['all', -1100],
])('W5 the whole number %j is exact or refused', (value, expected) => {
  expect(codeOf(() => one('orderId', value).whole('orderId'))).toBe(expected)
})

test.each([
  ['TRUE', true],
  ['true', true],
  ['True', true],
  ['1', true],
  ['FALSE', false],
  ['false', false],
  ['0', false],
  ['yes', -1130],
  ['', -1105],
])('the flag %j', (value, expected) => {
  expect(codeOf(() => one('isIsolated', value).flag('isIsolated', false))).toBe(expected)
})

test.each([
  ['a', 'a'],
  ['x-TKT5PX2F_1.2-3', 'x-TKT5PX2F_1.2-3'],
  ['a'.repeat(36), 'a'.repeat(36)],
  ['a'.repeat(37), -1100],
  ['', -1105],
  ['a b', -1100],
  ['😀', -1100],
  ['<script>', -1100],
  ['../', -1100],
])('the client order id %j', (value, expected) => {
  expect(codeOf(() => one('newClientOrderId', value).clientId('newClientOrderId'))).toBe(expected)
})

test.each([
  [undefined, 500],
  ['1', 1],
  ['1000', 1000],
  ['1001', 1000],
  ['0', -1130],
  ['1.5', -1100],
])('the limit %j', (value, expected) => {
  const parameters = value === undefined ? new Parameters(new Map()) : one('limit', value)
  expect(codeOf(() => parameters.limit('limit', 500, 1000))).toBe(expected)
})

test.each([
  ['a=1&signature=ff', '', 'a=1'],
  ['a=1&signature=ff&b=2', '', 'a=1&b=2'],
  ['signature=ff', 'a=1', 'a=1'],
  ['a=1', 'b=2&signature=ff', 'a=1b=2'],
  ['a=%2F+x', '', 'a=%2F+x'],
  ['mysignature=1', '', 'mysignature=1'],
])('W1 what is signed of %j and %j is %j', (query, body, payload) => {
  expect(signedPayload(query, body)).toBe(payload)
})
