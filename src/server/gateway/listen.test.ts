import { afterAll, beforeAll, expect, test } from 'vitest'
import { VenueUnderTest, WALL_MS } from '../../../test/gateway/venue-under-test.ts'

let venue: VenueUnderTest
let user: Awaited<ReturnType<VenueUnderTest['user']>>

beforeAll(async () => {
  venue = await VenueUnderTest.open()
  user = await venue.user()
})

afterAll(() => venue.close())

function keyed(method: 'POST' | 'PUT' | 'DELETE', url: string) {
  return venue.inject({ method, url, headers: { 'x-mbx-apikey': user.apiKey } })
}

test('a token for cross margin needs the key alone, or a signature as well', async () => {
  const { body } = await keyed('POST', '/sapi/v1/userListenToken')
  expect(body).toEqual({
    token: expect.stringMatching(/^\w{60}$/),
    expirationTime: WALL_MS + 86_400_000,
  })
  const short = await venue.signed(
    user,
    'POST /sapi/v1/userListenToken',
    { validity: 1000 },
    'body',
  )
  expect(short.body.expirationTime).toBe(WALL_MS + 1000)
  const isolated = await keyed('POST', '/sapi/v1/userListenToken?isIsolated=true&symbol=BTCUSDT')
  expect(isolated.body.token).not.toBe(body.token)
})

test.each([
  ['/api/v3/userDataStream', -1125],
  ['/sapi/v1/userDataStream', -3038],
  ['/sapi/v1/margin/listen-key', -3038],
])('the listen key of %s is made, prolonged and ended', async (path, code) => {
  const made = await keyed('POST', path)
  const { listenKey } = made.body
  expect((await keyed('POST', path)).body).toEqual({ listenKey })
  expect((await keyed('PUT', `${path}?listenKey=${listenKey}`)).body).toEqual({})
  expect((await keyed('DELETE', `${path}?listenKey=${listenKey}`)).body).toEqual({})
  expect(await keyed('PUT', `${path}?listenKey=${listenKey}`)).toMatchObject({
    status: 400,
    body: { code },
  })
  expect(await keyed('DELETE', `${path}?listenKey=${listenKey}`)).toMatchObject({
    status: 400,
    body: { code },
  })
  expect(await keyed('PUT', path)).toMatchObject({ status: 400, body: { code: -1102 } })
})
