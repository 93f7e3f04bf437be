import { randomBytes } from 'node:crypto'

/** 22 characters of [0-9a-zA-Z_-]: names what a client left unnamed. Chance stays in the gateway; the journal holds the outcome. */
export function randomId(): string {
  return randomBytes(16).toString('base64url')
}
