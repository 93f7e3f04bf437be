import { requestError } from '../../wire/request-error.ts'
import { WireError } from '../../wire/wire-error.ts'
import { Overloaded, Rebuilding, SequencerClosed, TooLate } from '../sequencer/sequencer-error.ts'
import { BODY_MAX_BYTES } from './http.ts'

/** What a client is answered when a request was not carried out; -1000 for what nobody foresaw. */
export function failureError(error: unknown): WireError {
  if (error instanceof WireError) return error
  if (error instanceof TooLate) return requestError('timestamp_late')
  if (error instanceof Overloaded || error instanceof Rebuilding) return requestError('unavailable')
  if (error instanceof SequencerClosed) return requestError('unavailable')
  // The journal may or may not hold the command: the one failure after which nothing can be said.
  if (error instanceof Error && error.name === 'JournalFailed')
    return requestError('status_unknown')
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return requestError('body_too_large', { limit: BODY_MAX_BYTES })
  }
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') return requestError('malformed_http')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return requestError('media_type', { type: 'what the header says' })
  }
  return requestError('internal')
}
