const ACCEPTED = 0
const TRADED = 1
const CANCELLED = 2
const MODIFIED = 3
const CANCEL_REJECTED = 4
const MODIFY_REJECTED = 5

const STRIDE = 6
/** The numbers in a line of each kind, the kind itself among them. */
const WIDTHS = [6, 6, 5, 6, 3, 3]
const LINES_PER_CHUNK = 8_192
const BYTES_PER_LINE = STRIDE * 11
const COMMA = 44
const NEWLINE = 10
const ZERO = 48

/** What a book reported, six numbers a report, written as text only when asked. */
export class MatchingReports {
  #rows: Int32Array
  #count = 0
  trades = 0
  tradedLots = 0

  constructor(capacity: number) {
    this.#rows = new Int32Array(Math.max(capacity, 1) * STRIDE).fill(0)
  }

  accepted(sequence: number, side: number, id: number, price: number, lots: number): void {
    this.#add(ACCEPTED, sequence, side, id, price, lots)
  }

  traded(sequence: number, price: number, lots: number, makerId: number, takerId: number): void {
    this.trades += 1
    this.tradedLots += lots
    this.#add(TRADED, sequence, price, lots, makerId, takerId)
  }

  cancelled(sequence: number, side: number, id: number, price: number): void {
    this.#add(CANCELLED, sequence, side, id, price, 0)
  }

  modified(sequence: number, side: number, id: number, price: number, lots: number): void {
    this.#add(MODIFIED, sequence, side, id, price, lots)
  }

  /** A cancel or a modify of an order that does not rest. */
  rejected(sequence: number, id: number, isCancel: boolean): void {
    this.#add(isCancel ? CANCEL_REJECTED : MODIFY_REJECTED, sequence, id, 0, 0, 0)
  }

  /** The canonical text in chunks: a line a report, joined by newlines, none at the end. */
  writeText(write: (chunk: Uint8Array) => void): void {
    const bytes = new Uint8Array(LINES_PER_CHUNK * BYTES_PER_LINE)
    for (let from = 0; from < this.#count; from += LINES_PER_CHUNK) {
      const to = Math.min(from + LINES_PER_CHUNK, this.#count)
      let end = 0
      for (let report = from; report < to; report += 1) end = this.#writeLine(bytes, end, report)
      write(bytes.subarray(0, to === this.#count ? end - 1 : end))
    }
  }

  #writeLine(bytes: Uint8Array, start: number, report: number): number {
    const row = report * STRIDE
    const width = WIDTHS[this.#rows[row] as number] as number
    let end = start
    for (let column = 0; column < width; column += 1) {
      end = writeDigits(bytes, end, this.#rows[row + column] as number)
      bytes[end] = column === width - 1 ? NEWLINE : COMMA
      end += 1
    }
    return end
  }

  #add(kind: number, a: number, b: number, c: number, d: number, e: number): void {
    const row = this.#count * STRIDE
    if (row === this.#rows.length) this.#grow()
    const rows = this.#rows
    rows[row] = kind
    rows[row + 1] = a
    rows[row + 2] = b
    rows[row + 3] = c
    rows[row + 4] = d
    rows[row + 5] = e
    this.#count += 1
  }

  #grow(): void {
    const grown = new Int32Array(this.#rows.length * 2)
    grown.set(this.#rows)
    this.#rows = grown
  }
}

/** Writes a count in decimal digits from `start`; the place after them. */
function writeDigits(bytes: Uint8Array, start: number, value: number): number {
  let digits = 1
  for (let limit = 10; value >= limit; limit *= 10) digits += 1
  let rest = value
  for (let place = start + digits - 1; place >= start; place -= 1) {
    const tenth = (rest / 10) | 0
    bytes[place] = ZERO + rest - tenth * 10
    rest = tenth
  }
  return start + digits
}
