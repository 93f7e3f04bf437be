import { PARAMETERS_MAX, Parameters } from '../../wire/parameters.ts'
import { requestError } from '../../wire/request-error.ts'
import type { ControlId } from './control-frame.ts'

/** One WebSocket API request, taken apart and not yet believed. */
export interface ApiRequest {
  readonly method: string
  readonly parameters: Parameters
  /** What `signature` is over: every other parameter, sorted by name. */
  readonly signedPayload: string
  readonly apiKey: string | undefined
}

const ID_LENGTH_MAX = 36

/** The object a text frame holds. -1135. */
export function parseApiFrame(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw requestError('json', { why: error instanceof Error ? error.message : 'not JSON' })
  }
  if (!isObject(value)) throw requestError('json', { why: 'a request is an object' })
  return value
}

/** Echoed as it came; null when there is none. -1130. */
export function readApiId(frame: Readonly<Record<string, unknown>>): ControlId {
  const id = frame['id'] ?? null
  if (id === null || (typeof id === 'number' && Number.isSafeInteger(id))) return id
  if (typeof id === 'string' && id.length <= ID_LENGTH_MAX) return id
  throw requestError('invalid_parameter', { name: 'id' })
}

/** `method` and `params`; numbers, flags and arrays are read as the text that stands for them. -1102, -1130, -1101. */
export function readApiRequest(frame: Readonly<Record<string, unknown>>): ApiRequest {
  const { method } = frame as { method?: unknown }
  if (typeof method !== 'string' || method === '') throw requestError('missing', { name: 'method' })
  const params = frame['params'] ?? {}
  if (!isObject(params)) throw requestError('invalid_parameter', { name: 'params' })
  const entries = Object.entries(params)
  if (entries.length > PARAMETERS_MAX)
    throw requestError('too_many_parameters', {
      expected: PARAMETERS_MAX,
      received: entries.length,
    })
  const values = new Map(entries.map(([name, value]) => [name, textOf(name, value)]))
  return {
    method,
    parameters: new Parameters(values),
    signedPayload: payloadOf(values),
    apiKey: values.get('apiKey'),
  }
}

function payloadOf(values: ReadonlyMap<string, string>): string {
  const payload = [...values]
    .filter(([name]) => name !== 'signature')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  // Signatures are checked over one byte per character.
  return Buffer.from(payload, 'utf8').toString('latin1')
}

function textOf(name: string, value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'boolean':
      return String(value)
    default:
      if (Array.isArray(value)) return JSON.stringify(value)
      throw requestError('invalid_parameter', { name })
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
