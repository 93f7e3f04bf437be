/**
 * What an answer looks like, down to its keys: `N` a whole number, `S` a decimal in a string, `T` a text, `B` true or
 * false. An object has exactly its keys, but for those that end in `?`; a list of one shape has one such element or
 * more, and `{ any: shape }` none or more.
 */
export type Shape =
  | 'N'
  | 'S'
  | 'T'
  | 'B'
  | readonly [Shape]
  | { readonly any: Shape }
  | { readonly tuple: readonly Shape[] }
  | { readonly [key: string]: Shape }

const DECIMAL = /^-?\d+(\.\d{1,16})?$/

/** Where `value` has another shape, and why; empty: nowhere. */
export function faults(shape: Shape, value: unknown, at = 'answer'): string[] {
  if (typeof shape === 'string')
    return leafFits(shape, value) ? [] : [`${at} is no ${shape}: ${value}`]
  if (Array.isArray(shape)) return listFaults(shape[0] as Shape, value, at, 1)
  if ('any' in shape) return listFaults(shape['any'] as Shape, value, at, 0)
  if ('tuple' in shape) return tupleFaults(shape['tuple'] as readonly Shape[], value, at)
  return objectFaults(shape as Readonly<Record<string, Shape>>, value, at)
}

function leafFits(leaf: 'N' | 'S' | 'T' | 'B', value: unknown): boolean {
  switch (leaf) {
    case 'N':
      return Number.isSafeInteger(value)
    case 'S':
      return typeof value === 'string' && DECIMAL.test(value)
    case 'T':
      return typeof value === 'string'
    case 'B':
      return typeof value === 'boolean'
  }
}

function listFaults(shape: Shape, value: unknown, at: string, least: number): string[] {
  if (!Array.isArray(value)) return [`${at} is no list: ${value}`]
  if (value.length < least) return [`${at} is empty`]
  return value.flatMap((each, index) => faults(shape, each, `${at}[${index}]`))
}

function tupleFaults(shapes: readonly Shape[], value: unknown, at: string): string[] {
  if (!Array.isArray(value) || value.length !== shapes.length) return [`${at} has other places`]
  return shapes.flatMap((shape, index) => faults(shape, value[index], `${at}[${index}]`))
}

function objectFaults(
  shape: Readonly<Record<string, Shape>>,
  value: unknown,
  at: string,
): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${at} is no object: ${value}`]
  const fields = value as Readonly<Record<string, unknown>>
  const known = Object.keys(shape).map((key) => key.replace(/\?$/, ''))
  const extra = Object.keys(fields).filter((key) => !known.includes(key))
  const missing = Object.keys(shape).filter((key) => !key.endsWith('?') && !(key in fields))
  return [
    ...extra.map((key) => `${at}.${key} is not Binance's`),
    ...missing.map((key) => `${at}.${key} is missing`),
    ...Object.entries(shape).flatMap(([key, each]) => {
      const name = key.replace(/\?$/, '')
      return name in fields ? faults(each, fields[name], `${at}.${name}`) : []
    }),
  ]
}
