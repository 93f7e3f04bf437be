import { parseDecimal } from '../money/decimal.ts'

/** What is wrong with a document, and where: `symbols[3].tickSize`. */
export interface Fault {
  readonly path: string
  readonly message: string
}

/** Adds a fault for each way in which `value`, found at `path`, is not what it should be. */
export type Shape = (value: unknown, path: string, faults: Fault[]) => void

export const text: Shape = (value, path, faults) => {
  if (typeof value !== 'string' || value.trim() === '') {
    faults.push({ path, message: `must be a text that is not empty, is ${shown(value)}` })
  }
}

export const flag: Shape = (value, path, faults) => {
  if (typeof value !== 'boolean') {
    faults.push({ path, message: `must be true or false, is ${shown(value)}` })
  }
}

export function matching(pattern: RegExp, what: string): Shape {
  return (value, path, faults) => {
    if (typeof value !== 'string' || !pattern.test(value)) {
      faults.push({ path, message: `must be ${what}, is ${shown(value)}` })
    }
  }
}

export function oneOf(...choices: readonly (string | number)[]): Shape {
  return (value, path, faults) => {
    if (!choices.some((choice) => choice === value)) {
      faults.push({ path, message: `must be ${choices.join(' or ')}, is ${shown(value)}` })
    }
  }
}

export const positiveInteger: Shape = (value, path, faults) => {
  if (!Number.isSafeInteger(value) || (value as number) <= 0) {
    faults.push({ path, message: `must be a whole number above 0, is ${shown(value)}` })
  }
}

export const wholeNumber: Shape = (value, path, faults) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    faults.push({ path, message: `must be a whole number, is ${shown(value)}` })
  }
}

/** Decimal text with at most `decimals` places within `[minimum, maximum]`, both counted in 10^-decimals. */
export function decimalText(decimals: number, minimum: bigint, maximum: bigint): Shape {
  return (value, path, faults) => {
    const message = decimalFault(value, decimals, minimum, maximum)
    if (message !== null) faults.push({ path, message })
  }
}

function decimalFault(
  value: unknown,
  decimals: number,
  minimum: bigint,
  maximum: bigint,
): string | null {
  if (typeof value !== 'string') return `must be a decimal written as text, is ${shown(value)}`
  const parsed = parseDecimal(value, decimals)
  if (parsed === 'malformed') return `must be a plain decimal such as "0.05", is ${shown(value)}`
  if (parsed === 'too_precise') return `has more than ${decimals} decimals: ${shown(value)}`
  if (parsed < minimum) return minimum === 1n ? 'must be above 0' : 'is too small'
  return parsed > maximum ? `is too large: ${shown(value)}` : null
}

export function nullable(shape: Shape): Shape {
  return (value, path, faults) => {
    if (value !== null) shape(value, path, faults)
  }
}

/** A field that may be left out of its object; see `objectOf`. */
export function optional(shape: Shape): Shape {
  const optionalShape: Shape = (value, path, faults) => shape(value, path, faults)
  OPTIONAL.add(optionalShape)
  return optionalShape
}

const OPTIONAL = new WeakSet<Shape>()

export function listOf(shape: Shape): Shape {
  return (value, path, faults) => {
    if (!Array.isArray(value)) {
      faults.push({ path, message: `must be a list, is ${shown(value)}` })
      return
    }
    value.forEach((item, index) => {
      shape(item, `${path}[${index}]`, faults)
    })
  }
}

/** An object whose keys are not known beforehand. */
export function recordOf(shape: Shape): Shape {
  return (value, path, faults) => {
    if (!isObject(value)) {
      faults.push({ path, message: `must be an object, is ${shown(value)}` })
      return
    }
    for (const [key, item] of Object.entries(value)) shape(item, at(path, key), faults)
  }
}

/** An object with exactly these fields: a missing one is a fault unless it is optional, and so is one more. */
export function objectOf(fields: Readonly<Record<string, Shape>>): Shape {
  return (value, path, faults) => {
    if (!isObject(value)) {
      faults.push({ path, message: `must be an object, is ${shown(value)}` })
      return
    }
    for (const [name, shape] of Object.entries(fields)) {
      if (Object.hasOwn(value, name)) shape(value[name], at(path, name), faults)
      else if (!OPTIONAL.has(shape)) faults.push({ path: at(path, name), message: 'is missing' })
    }
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(fields, name)) {
        faults.push({ path: at(path, name), message: 'is not a known field' })
      }
    }
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function at(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  const json = JSON.stringify(value) ?? typeof value
  return json.length > 60 ? `${json.slice(0, 57)}...` : json
}
