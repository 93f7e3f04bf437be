const WRONG_INPUT = new Set(['WrongInput', 'ProfileFault', 'CandleFault'])
const DEFECTS = new Set(['InvariantViolation', 'TypeError', 'RangeError', 'ReferenceError'])

/** What was asked for cannot be; the message is one sentence for whoever asked. */
export class WrongInput extends Error {
  override readonly name = 'WrongInput'
}

/** What to print and the exit code: 2 for wrong input, 1 for all else. Only a defect of ours shows where it happened. */
export function failureOf(error: unknown): { readonly text: string; readonly code: number } {
  if (!(error instanceof Error)) return { text: String(error), code: 1 }
  if (DEFECTS.has(error.name)) return { text: error.stack ?? error.message, code: 1 }
  const { code, port } = error as { code?: string; port?: number }
  if (code === 'EADDRINUSE') {
    return { text: `port ${port} is taken; give another with --port, 0 for any free one`, code: 1 }
  }
  // Networks put what went wrong into the errors they join, and leave their own message empty.
  const joined = error instanceof AggregateError ? error.errors.map(String).join('; ') : ''
  return { text: error.message || joined || error.name, code: WRONG_INPUT.has(error.name) ? 2 : 1 }
}

/** A whole number from `min` on, as the command line gives it; raises `WrongInput`. */
export function wholeNumber(flag: string, text: string, min: number): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= min) return value
  throw new WrongInput(`${flag} is a whole number from ${min}, not ${text}`)
}
