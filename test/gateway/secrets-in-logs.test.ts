import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { Prng } from '../../src/server/feed/prng.ts'
import { endpoints } from '../../src/server/gateway/gateway.ts'
import { runVenue } from '../clients/running-venue.ts'
import { encodedPairs, mutatedPairs, pick } from './mutated-request.ts'

const REQUESTS = 300

interface User {
  readonly apiKey: string
  readonly secretKey: string
  readonly loginUrl: string
}

test('W7 whatever is sent to a venue, no key, secret, signature or token is in what it writes', async () => {
  const venue = await runVenue('--ephemeral', '--market', 'still')
  const secrets: string[] = []
  try {
    const made = await fetch(`${venue.url}/sandbox/v1/users`, { method: 'POST' })
    const user = (await made.json()) as User
    const session = new URL(user.loginUrl).searchParams.get('token') ?? ''
    secrets.push(user.apiKey, user.secretKey, session)
    const prng = new Prng(1)
    for (let count = 0; count < REQUESTS; count += 1) {
      const endpoint = pick(endpoints, prng)
      const pairs = mutatedPairs(`${endpoint.method} ${endpoint.path}`, prng)
      const text = encodedPairs([...pairs, ['timestamp', `${Date.now()}`]], prng)
      const signature = createHmac('sha256', user.secretKey).update(text).digest('hex')
      secrets.push(signature)
      const reply = await fetch(`${venue.url}${endpoint.path}?${text}&signature=${signature}`, {
        method: endpoint.method,
        headers: { 'x-mbx-apikey': user.apiKey, cookie: `fulcrum_session=${session}` },
      })
      expect(reply.status).toBeLessThan(500)
      const body = await reply.text()
      expect(body).not.toContain(user.secretKey)
      const token = /"(?:token|listenKey)":"([^"]+)"/.exec(body)?.[1]
      if (token !== undefined) secrets.push(token)
    }
  } finally {
    await venue.stop()
  }
  const written = venue.written()
  expect(written).toContain('recovered')
  expect(secrets.filter((secret) => written.includes(secret))).toEqual([])
}, 120_000)
