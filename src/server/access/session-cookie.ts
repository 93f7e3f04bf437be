/** Holds a browser session's token. To be set `HttpOnly; SameSite=Strict; Path=/`. */
export const SESSION_COOKIE = 'fulcrum_session'

const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** The session token in a Cookie header; null when there is none of the right form. */
export function sessionToken(cookie: string): string | null {
  for (const part of cookie.split(';')) {
    const [name, value = ''] = part.trim().split('=')
    if (name === SESSION_COOKIE && TOKEN.test(value)) return value
  }
  return null
}
