import { AMOUNT_DECIMALS, AMOUNT_MAX, type Amount } from '../core/money/amount.ts'
import { parseDecimal } from '../core/money/decimal.ts'
import { requestError } from './request-error.ts'

export const PARAMETERS_MAX = 64

const DECIMAL_LEGAL = '^[0-9]{1,40}(\\.[0-9]{1,40})?$'
const WHOLE = /^[0-9]{1,19}$/
const ID_LEGAL = '^[a-zA-Z0-9-_.]{1,36}$'
const ID = /^[a-zA-Z0-9\-_.]{1,36}$/

/**
 * A request's named values, decoded once. Reading one checks it and throws the `WireError` Binance answers.
 * Names nobody reads are tolerated: old clients send extras.
 */
export class Parameters {
  readonly #values: ReadonlyMap<string, string>

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  entries(): Iterable<[string, string]> {
    return this.#values.entries()
  }

  /** The text, or undefined when not sent. Sent and empty is an error. */
  text(name: string): string | undefined {
    const value = this.#values.get(name)
    if (value === '') throw requestError('empty', { name })
    return value
  }

  requiredText(name: string): string {
    const value = this.text(name)
    if (value === undefined) throw requestError('missing', { name })
    return value
  }

  /** As sent: for values whose emptiness means something. */
  raw(name: string): string | undefined {
    return this.#values.get(name)
  }

  /** TRUE, true, True and 1 alike, as clients send them. */
  flag(name: string, absent: boolean): boolean {
    const value = this.text(name)?.toLowerCase()
    if (value === undefined) return absent
    if (value === 'true' || value === '1') return true
    if (value === 'false' || value === '0') return false
    throw requestError('invalid_parameter', { name })
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const found = allowed.find((candidate) => candidate === value)
    if (found === undefined) throw requestError('invalid_parameter', { name })
    return found
  }

  requiredOneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.oneOf(name, allowed)
    if (value === undefined) throw requestError('missing', { name })
    return value
  }

  /** A whole number that a double holds exactly. */
  whole(name: string): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (!WHOLE.test(value)) {
      throw requestError('illegal_characters_in', { name, legal: '^[0-9]{1,19}$' })
    }
    const parsed = Number(value)
    if (!Number.isSafeInteger(parsed)) throw requestError('overflow', { name })
    return parsed
  }

  /** A count between 1 and `maximum`; larger ones are cut to it, as Binance does. */
  limit(name: string, absent: number, maximum: number): number {
    const value = this.whole(name)
    if (value === undefined) return absent
    if (value === 0) throw requestError('invalid_parameter', { name })
    return Math.min(value, maximum)
  }

  /** A decimal with up to eight places, as a count of 10⁻⁸; never rounded. */
  amount(name: string): Amount | undefined {
    const value = this.text(name)
    return value === undefined ? undefined : decimalAmount(name, value)
  }

  requiredAmount(name: string): Amount {
    const value = this.amount(name)
    if (value === undefined) throw requestError('missing', { name })
    return value
  }

  /** A client's own id: letters, digits, `-`, `_`, `.`; at most 36. */
  clientId(name: string): string | undefined {
    const value = this.text(name)
    if (value === undefined || ID.test(value)) return value
    throw requestError('illegal_characters_in', { name, legal: ID_LEGAL })
  }

  /** Refuses a parameter that this kind of request does not take. */
  forbid(...names: readonly string[]): void {
    for (const name of names) {
      if (this.has(name)) throw requestError('not_required', { name })
    }
  }
}

/** Exact, non-negative, at most 2^61 units of 10⁻⁸. */
export function decimalAmount(name: string, value: string): Amount {
  const parsed = parseDecimal(value, AMOUNT_DECIMALS)
  if (parsed === 'too_precise') {
    throw requestError('precision', { name, decimals: AMOUNT_DECIMALS })
  }
  if (parsed === 'malformed') {
    throw requestError('illegal_characters_in', { name, legal: DECIMAL_LEGAL })
  }
  if (parsed > AMOUNT_MAX) throw requestError('overflow', { name })
  return parsed as Amount
}

/**
 * Query string and form body as one set of parameters.
 *
 * Stricter than URLSearchParams, which keeps `%ZZ` and the first of two equal names: every part is `name=value`,
 * so moving bytes between the end of the query and the start of the body, which signs alike, never parses to other values.
 */
export function parseParameters(query: string, body: string): Parameters {
  const values = new Map<string, string>()
  let count = 0
  for (const part of [...query.split('&'), ...body.split('&')]) {
    if (part === '') continue
    count += 1
    if (count > PARAMETERS_MAX) {
      throw requestError('too_many_parameters', { expected: PARAMETERS_MAX, received: count })
    }
    const equals = part.indexOf('=')
    if (equals < 1) throw requestError('illegal_characters')
    const name = decodePart(part.slice(0, equals))
    if (values.has(name)) throw requestError('duplicate_parameter', { name })
    values.set(name, decodePart(part.slice(equals + 1)))
  }
  return new Parameters(values)
}

function decodePart(part: string): string {
  if (!/^[\x21-\x7e]*$/.test(part)) throw requestError('illegal_characters')
  let text: string
  try {
    text = decodeURIComponent(part.replaceAll('+', ' '))
  } catch {
    throw requestError('illegal_characters')
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (/[\x00-\x1f\x7f]/.test(text)) throw requestError('illegal_characters')
  return text
}

/** The bytes that were signed: query and body glued together as sent, without the `signature` part. */
export function signedPayload(query: string, body: string): string {
  return withoutSignature(query) + withoutSignature(body)
}

function withoutSignature(part: string): string {
  if (!part.includes('signature=')) return part
  return part
    .split('&')
    .filter((piece) => !piece.startsWith('signature='))
    .join('&')
}
