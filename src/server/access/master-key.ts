import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const KEY_HEX = /^[0-9a-fA-F]{64}$/

/** The master key from text: 64 hexadecimal digits. Throws on anything else, without repeating it. */
export function parseMasterKey(text: string, source: string): KeyObject {
  const digits = text.trim()
  if (!KEY_HEX.test(digits)) throw new Error(`${source} is not a key of 64 hexadecimal digits`)
  return createSecretKey(Buffer.from(digits, 'hex'))
}

/** The master key in a file, which is made, readable by its owner alone, when it is not there. */
export function masterKeyInFile(path: string): KeyObject {
  mkdirSync(dirname(path), { recursive: true })
  try {
    writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return parseMasterKey(readFileSync(path, 'utf8'), path)
}

/** A master key that dies with the process, for a venue that keeps nothing. */
export function ephemeralMasterKey(): KeyObject {
  return createSecretKey(randomBytes(32))
}
