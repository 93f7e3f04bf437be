import { expect, test } from 'vitest'
import { InvariantViolation } from '../core/assert.ts'
import { CandleFault } from '../server/feed/candles.ts'
import { JournalInUse } from '../server/journal/journal-error.ts'
import { ProfileFault } from '../venue/profile.ts'
import { failureOf, WrongInput, wholeNumber } from './failure.ts'

const taken = Object.assign(new Error('listen'), { code: 'EADDRINUSE', port: 8080 })
const joined = new AggregateError([new Error('refused by ::1'), new Error('refused by 127.0.0.1')])

test.each([
  ['wrong input', new WrongInput('what'), 2, /^what$/],
  ['a faulty policy', new ProfileFault('what'), 2, /^what$/],
  ['candles that cannot be read', new CandleFault('what'), 2, /^what$/],
  ['a folder in use', new JournalInUse('data', 'process 7'), 1, /^data is in use by process 7/],
  ['a port that is taken', taken, 1, /^port 8080 is taken; .*--port/],
  ['several failures in one', joined, 1, /::1.*127\.0\.0\.1$/],
  ['a defect, with where it happened', new InvariantViolation('A1'), 1, /A1\n\s+at /],
  ['what is no error', 'text', 1, /^text$/],
])('%s', (_name, error, code, text) => {
  expect(failureOf(error)).toEqual({ code, text: expect.stringMatching(text) })
})

test.each([
  ['0', 0],
  ['1', 1],
  ['9007199254740991', Number.MAX_SAFE_INTEGER],
])('%s is a whole number', (text, value) => {
  expect(wholeNumber('-n', text, 0)).toBe(value)
})

test.each(['', ' ', '-1', '1.5', 'x', '9007199254740992'])('"%s" is none', (text) => {
  expect(() => wholeNumber('-n', text, 0)).toThrow('-n is a whole number from 0')
})
