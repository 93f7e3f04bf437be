import { requestError } from './request-error.ts'
import type { WireError } from './wire-error.ts'

const DECIMAL_TEXT = /^\d{1,20}(\.\d{1,18})?$/

/** A JSON object being read field by field: strict types, no field unread. Errors name the field (-1130) or the place (-1135). */
export class JsonObject {
  readonly #fields: ReadonlyMap<string, unknown>
  readonly #path: string

  constructor(fields: ReadonlyMap<string, unknown>, path: string) {
    this.#fields = fields
    this.#path = path
  }

  /** Refuses a field that is none of `names`, so that a misspelt one is not ignored. */
  allowOnly(...names: readonly string[]): this {
    for (const name of this.#fields.keys()) {
      if (!names.includes(name)) throw this.fault(name, `known are ${names.join(', ')}`)
    }
    return this
  }

  names(): readonly string[] {
    return [...this.#fields.keys()]
  }

  has(name: string): boolean {
    return this.#fields.has(name)
  }

  fault(name: string, why: string): WireError {
    return requestError('json_field', { name: this.#path + name, why })
  }

  isNull(name: string): boolean {
    return this.#fields.get(name) === null
  }

  string(name: string): string | undefined {
    const value = this.#fields.get(name)
    if (value === undefined || typeof value === 'string') return value
    throw this.fault(name, 'it must be a string')
  }

  requiredString(name: string): string {
    const value = this.string(name)
    if (value === undefined) throw this.fault(name, 'it is missing')
    return value
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.string(name)
    if (value === undefined) return undefined
    const found = allowed.find((candidate) => candidate === value)
    if (found === undefined) throw this.fault(name, `it must be one of ${allowed.join(', ')}`)
    return found
  }

  /** Decimals travel as strings, so that no digit is lost. */
  decimal(name: string): string {
    const value = this.requiredString(name)
    if (DECIMAL_TEXT.test(value)) return value
    throw this.fault(name, 'it must be a decimal in a string, such as "60000" or "0.5"')
  }

  number(name: string): number | undefined {
    const value = this.#fields.get(name)
    if (value === undefined) return undefined
    if (typeof value === 'number' && Number.isFinite(value)) return value
    throw this.fault(name, 'it must be a number')
  }

  whole(name: string): number | undefined {
    const value = this.number(name)
    if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value
    throw this.fault(name, 'it must be a whole number, zero or more')
  }

  boolean(name: string): boolean | undefined {
    const value = this.#fields.get(name)
    if (value === undefined || typeof value === 'boolean') return value
    throw this.fault(name, 'it must be true or false')
  }

  /** A string, or a number or boolean as its text, as a form would have sent it. */
  scalarText(name: string): string {
    const value = this.#fields.get(name)
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    throw this.fault(name, 'it must be a string, a number, true or false')
  }

  /** As `scalarText`; an object, a list or null as JSON. */
  jsonText(name: string): string {
    const value = this.#fields.get(name)
    return typeof value === 'object' ? JSON.stringify(value) : this.scalarText(name)
  }

  strings(name: string): readonly string[] | undefined {
    const value = this.#fields.get(name)
    if (value === undefined) return undefined
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
    throw this.fault(name, 'it must be a list of strings')
  }

  object(name: string): JsonObject | undefined {
    const value = this.#fields.get(name)
    if (value === undefined) return undefined
    if (isObject(value)) return new JsonObject(fieldsOf(value), `${this.#path}${name}.`)
    throw this.fault(name, 'it must be an object')
  }
}

/** The body as a JSON object; empty text is the empty object. -1135. */
export function parseJsonBody(text: string): JsonObject {
  if (text.trim() === '') return new JsonObject(new Map(), '')
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw requestError('json', { why: 'the body does not parse' })
  }
  if (!isObject(parsed)) throw requestError('json', { why: 'the body must be an object' })
  return new JsonObject(fieldsOf(parsed), '')
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fieldsOf(value: object): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(value))
}
