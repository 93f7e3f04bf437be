import { expect, test } from 'vitest'
import { requestError } from '../../wire/request-error.ts'
import { JournalFailed } from '../journal/journal-error.ts'
import { Overloaded, Rebuilding, SequencerClosed, TooLate } from '../sequencer/sequencer-error.ts'
import { failureError } from './failure-error.ts'

const coded = (code: string) => Object.assign(new Error(code), { code })

test.each([
  [requestError('symbol'), 400, -1121],
  [new TooLate(), 400, -1021],
  [new Overloaded(20_000), 503, -1008],
  [new Rebuilding(), 503, -1008],
  [new SequencerClosed(), 503, -1008],
  [new JournalFailed('disk', new Error('full')), 500, -1006],
  [coded('FST_ERR_CTP_BODY_TOO_LARGE'), 413, -1101],
  [coded('FST_ERR_CTP_INVALID_MEDIA_TYPE'), 415, -1020],
  [new Error('a bug'), 500, -1000],
  ['not even an error', 500, -1000],
])('W3 %s is answered with %i and %i', (error, status, code) => {
  expect(failureError(error)).toMatchObject({ status, code })
})
