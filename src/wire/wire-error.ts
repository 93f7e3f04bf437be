/** What a client gets instead of an answer: Binance's `{code, msg}` under an HTTP status, and our numbers in `data`. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly status: number
  readonly code: number
  readonly data: object | undefined
  /** Seconds until it is worth trying again; sent as `Retry-After`. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    status: number,
    code: number,
    message: string,
    data?: object,
    retryAfterSeconds?: number,
  ) {
    super(message)
    this.status = status
    this.code = code
    this.data = data
    this.retryAfterSeconds = retryAfterSeconds
  }

  /** The body as every transport sends it. */
  body(): { code: number; msg: string; data?: object } {
    const body = { code: this.code, msg: this.message }
    return this.data === undefined ? body : { ...body, data: this.data }
  }
}

/** Puts fields into the `{name}` places of a sentence; an array is listed with commas. */
export function fillSentence(sentence: string, fields: Readonly<Record<string, unknown>>): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => sentenceText(fields[name]))
}

function sentenceText(field: unknown): string {
  return Array.isArray(field) ? field.map(String).join(', ') : String(field)
}
