/** A client's wish on a market stream connection. */
export type ControlId = number | string | null

export type Control =
  | { readonly method: 'SUBSCRIBE' | 'UNSUBSCRIBE'; readonly names: readonly string[] }
  | { readonly method: 'LIST_SUBSCRIPTIONS' }
  | { readonly method: 'SET_PROPERTY'; readonly combined: boolean }
  | { readonly method: 'GET_PROPERTY' }

export type ControlErrorCode = 0 | 1 | 2 | 3

/** Binance's four kinds: unknown property, wrong type of value, not a request, not JSON. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  readonly code: ControlErrorCode

  constructor(code: ControlErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

const ID_LENGTH_MAX = 36

export function parseJsonObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ControlError(3, `Invalid JSON: ${error instanceof Error ? error.message : ''}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ControlError(2, 'Invalid request: a request is a JSON object')
  return value as Record<string, unknown>
}

/** The `id` to be echoed; null when there is none. */
export function readId(request: Readonly<Record<string, unknown>>): ControlId {
  const id = request['id'] ?? null
  if (id === null || (typeof id === 'number' && Number.isInteger(id))) return id
  if (typeof id === 'string' && id.length <= ID_LENGTH_MAX) return id
  throw new ControlError(
    2,
    `Invalid request: request ID must be an integer or a string of at most ${ID_LENGTH_MAX}`,
  )
}

export function readControl(request: Readonly<Record<string, unknown>>): Control {
  const params = request['params']
  const method = request['method'] as string | undefined
  if (method === undefined) throw new ControlError(2, 'Invalid request: missing field `method`')
  switch (method) {
    case 'SUBSCRIBE':
    case 'UNSUBSCRIBE':
      return { method, names: readNames(params) }
    case 'LIST_SUBSCRIPTIONS':
      return { method }
    case 'SET_PROPERTY':
      readProperty(params, 2)
      return { method, combined: readFlag((params as unknown[])[1]) }
    case 'GET_PROPERTY':
      readProperty(params, 1)
      return { method }
    default:
      throw new ControlError(
        2,
        'Invalid request: unknown variant, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`',
      )
  }
}

function readNames(params: unknown): readonly string[] {
  if (params === undefined) throw new ControlError(2, 'Invalid request: missing field `params`')
  if (!Array.isArray(params) || !params.every((name) => typeof name === 'string'))
    throw new ControlError(2, 'Invalid request: params must be an array of stream names')
  return params
}

function readProperty(params: unknown, length: number): void {
  if (!Array.isArray(params) || params.length !== length)
    throw new ControlError(2, `Invalid request: params must hold ${length} element(s)`)
  if (typeof params[0] !== 'string')
    throw new ControlError(2, 'Invalid request: property name must be a string')
  if (params[0] !== 'combined') throw new ControlError(0, 'Unknown property')
}

function readFlag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new ControlError(1, 'Invalid value type: expected Boolean')
  return value
}
