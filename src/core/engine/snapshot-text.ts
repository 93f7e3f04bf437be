/** JSON in plain ASCII, bigints as decimal text: one spelling for one value. */
export function asciiText(line: unknown): string {
  const text = JSON.stringify(line, (_key, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  return text.replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The lines as bytes, each ended by a line feed. */
export function asciiBytes(lines: readonly string[]): Uint8Array {
  let length = 0
  for (const line of lines) length += line.length + 1
  const bytes = new Uint8Array(length)
  let at = 0
  for (const line of lines) {
    for (let index = 0; index < line.length; index += 1) bytes[at + index] = line.charCodeAt(index)
    bytes[at + line.length] = 10
    at += line.length + 1
  }
  return bytes
}
