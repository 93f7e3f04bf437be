/** What a journal line is made of. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json }

/** How one field stands in the journal. Both ways raise `FieldInvalid` for what the field cannot hold. */
export interface FieldKind<T> {
  /** As the present version writes it. */
  toJson(value: T): Json
  /** `version` is that of the tables it was written by. */
  fromJson(json: unknown, version: number): T
}

/** A field that older versions of its table do not have, and what it is where they wrote. */
interface LaterField<T> extends FieldKind<T> {
  readonly since: number
  readonly before: T
}

export class FieldInvalid extends Error {
  override readonly name = 'FieldInvalid'
}

/** A kind whose values are JSON already: the same check both ways. */
function plain<T extends Json>(what: string, holds: (value: unknown) => boolean): FieldKind<T> {
  const check = (value: unknown): T => {
    if (!holds(value)) throw new FieldInvalid(`expected ${what}, got ${shown(value)}`)
    return value as T
  }
  return { toJson: check, fromJson: check }
}

function shown(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value).slice(0, 80)
  return Array.isArray(value) ? `a list of ${value.length}` : 'an object'
}

/** Minus zero is no integer here: JSON would turn it into zero, and a replay would differ from the first run. */
export function integer<T extends number>(): FieldKind<T> {
  return plain('a safe integer', (value) => Number.isSafeInteger(value) && !Object.is(value, -0))
}

export function text(): FieldKind<string> {
  return plain('text', (value) => typeof value === 'string')
}

export function flag(): FieldKind<boolean> {
  return plain('true or false', (value) => typeof value === 'boolean')
}

export function oneOf<const T extends string | number>(values: readonly T[]): FieldKind<T> {
  return plain(`one of ${values.join(', ')}`, (value) => values.includes(value as T))
}

const DIGITS = /^(0|-?[1-9]\d{0,77})$/

/** A bigint, as decimal text. */
export function bigint<T extends bigint>(): FieldKind<T> {
  return {
    toJson: (value) => {
      const digits = typeof value === 'bigint' ? value.toString() : ''
      if (!DIGITS.test(digits)) throw new FieldInvalid(`expected a bigint, got ${shown(value)}`)
      return digits
    },
    fromJson: (json) => {
      if (typeof json !== 'string' || !DIGITS.test(json))
        throw new FieldInvalid(`expected the digits of an integer, got ${shown(json)}`)
      return BigInt(json) as T
    },
  }
}

export function nullable<T>(kind: FieldKind<T>): FieldKind<T | null> {
  return {
    toJson: (value) => (value === null ? null : kind.toJson(value)),
    fromJson: (json, version) => (json === null ? null : kind.fromJson(json, version)),
  }
}

/** A field that came with a version of the tables: what older ones wrote has no place for it, and means `before`. */
export function since<T>(version: number, kind: FieldKind<T>, before: T): FieldKind<T> {
  const later: LaterField<T> = { ...kind, since: version, before }
  return later
}

export function listOf<T>(kind: FieldKind<T>): FieldKind<readonly T[]> {
  return {
    toJson: (values) => elements(values).map((value) => kind.toJson(value as T)),
    fromJson: (json, version) => elements(json).map((element) => kind.fromJson(element, version)),
  }
}

export function pairOf<A, B>(
  first: FieldKind<A>,
  second: FieldKind<B>,
): FieldKind<readonly [A, B]> {
  return {
    toJson: (pair) => {
      const [a, b] = elements(pair, 2)
      return [first.toJson(a as A), second.toJson(b as B)]
    },
    fromJson: (json, version) => {
      const [a, b] = elements(json, 2)
      return [first.fromJson(a, version), second.fromJson(b, version)]
    },
  }
}

function elements(value: unknown, length?: number): readonly unknown[] {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length))
    throw new FieldInvalid(`expected a list, got ${shown(value)}`)
  return value
}

export type FieldTable<T> = { readonly [K in keyof T]: FieldKind<T[K]> }

type AnyField = FieldKind<unknown> & Partial<LaterField<unknown>>

/** An object as the list of its fields, in the table's order. Fields the table lacks are no part of it. */
export function recordOf<T extends object>(table: FieldTable<T>): FieldKind<T> {
  const fields = Object.entries(table) as [keyof T & string, AnyField][]
  const byVersion = new Map<number, typeof fields>()
  const fieldsOf = (version: number) => {
    const known = byVersion.get(version)
    if (known !== undefined) return known
    const written = fields.filter(([, { since = version }]) => since <= version)
    byVersion.set(version, written)
    return written
  }
  return {
    toJson: (value) => {
      if (typeof value !== 'object' || value === null)
        throw new FieldInvalid(`expected an object, got ${shown(value)}`)
      return fields.map(([name, kind]) => named(name, () => kind.toJson(value[name])))
    },
    fromJson: (json, version) => {
      const written = fieldsOf(version)
      const list = elements(json, written.length)
      const record: Partial<Record<string, unknown>> = {}
      for (const [index, [name, kind]] of written.entries())
        record[name] = named(name, () => kind.fromJson(list[index], version))
      if (written.length < fields.length)
        for (const [name, { since = 0, before }] of fields)
          if (since > version) record[name] = before
      return record as T
    },
  }
}

function named<T>(name: string, convert: () => T): T {
  try {
    return convert()
  } catch (error) {
    if (error instanceof FieldInvalid) throw new FieldInvalid(`${name}: ${error.message}`)
    throw error
  }
}

const DEPTH_MAX = 16

/** A document kept as its author wrote it; what it must say is checked where it is used. */
export function document<T>(): FieldKind<T> {
  const check = (value: unknown): T => {
    if (!isJson(value, 0) || value === null || typeof value !== 'object')
      throw new FieldInvalid(`expected a JSON document, got ${shown(value)}`)
    return value as T
  }
  return { toJson: (value) => check(value) as Json, fromJson: check }
}

/** Any value that JSON has, as it is. */
export function json<T extends Json>(): FieldKind<T> {
  return plain('a JSON value', (value) => isJson(value, 0))
}

function isJson(value: unknown, depth: number): value is Json {
  if (depth > DEPTH_MAX) return false
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (typeof value !== 'object') return false
  return Object.values(value).every((inner) => isJson(inner, depth + 1))
}
