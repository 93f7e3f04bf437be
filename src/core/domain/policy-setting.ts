import type { Fault } from './document-shape.ts'
import type { DocumentValue } from './policy-difference.ts'
import type { VenueDocument } from './venue-document.ts'

/** A field of the venue document and what it is to be: `policy.levels.5.marginCall`, `assets.BTC.userBorrowLimit`. */
export interface PolicySetting {
  readonly path: string
  readonly to: DocumentValue
}

export const SETTINGS_MAX = 50
const PATH = /^[A-Za-z0-9]+(\.[A-Za-z0-9]+)+$/

/**
 * The document with every setting made, or what keeps one from being made. Whether the result describes a venue is for
 * `validateVenueDocument` to say.
 */
export function withSettings(
  document: VenueDocument,
  settings: readonly PolicySetting[],
): { readonly raw: unknown } | { readonly faults: readonly Fault[] } {
  const faults: Fault[] = []
  if (settings.length === 0 || settings.length > SETTINGS_MAX) {
    faults.push({ path: 'changes', message: `must be 1 to ${SETTINGS_MAX}` })
  }
  const paths = settings.map(({ path }) => path)
  for (const [index, path] of paths.entries()) {
    const clash = paths.findIndex(
      (other, at) => at !== index && (other === path || other.startsWith(`${path}.`)),
    )
    if (clash >= 0) faults.push({ path, message: 'is set twice' })
  }
  let raw = document as unknown as DocumentValue
  for (const { path, to } of settings) {
    const changed = PATH.test(path) ? withValue(raw, path.split('.'), to) : undefined
    if (changed === undefined) faults.push({ path, message: 'names nothing in a venue document' })
    else raw = changed
  }
  return faults.length > 0 ? { faults } : { raw }
}

/** A copy of `node` in which the value at `path` is `to`; undefined: there is no such place. */
function withValue(
  node: DocumentValue | undefined,
  path: readonly string[],
  to: DocumentValue,
): DocumentValue | undefined {
  const [name, ...rest] = path
  if (name === undefined) return to
  if (Array.isArray(node)) return withElement(node, name, rest, to)
  // A section that is left to its defaults comes into being with the first field that is written.
  const fields = node === undefined ? {} : node
  if (typeof fields !== 'object' || fields === null) return undefined
  const held = fields as { readonly [name: string]: DocumentValue }
  const value = withValue(Object.hasOwn(held, name) ? held[name] : undefined, rest, to)
  return value === undefined ? undefined : { ...held, [name]: value }
}

/** Elements are found by their code or symbol; none is added. */
function withElement(
  list: readonly DocumentValue[],
  name: string,
  rest: readonly string[],
  to: DocumentValue,
): DocumentValue | undefined {
  const index = list.findIndex((element) => nameOf(element) === name)
  const value = index < 0 || rest.length === 0 ? undefined : withValue(list[index], rest, to)
  return value === undefined ? undefined : list.with(index, value)
}

function nameOf(element: DocumentValue): unknown {
  if (typeof element !== 'object' || element === null) return undefined
  const { code, symbol } = element as { readonly code?: unknown; readonly symbol?: unknown }
  return code ?? symbol
}
