import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, createServer as createSecureServer, TLSSocket } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { parseRelay, type SmtpRelay, sendMail } from './smtp.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`fixtures/relay-${name}.pem`, import.meta.url), 'utf8')
const [cert, key] = [fixture('certificate'), fixture('key')]

const MAIL = {
  to: 'ann@example.org',
  subject: 'Margin call: 1,16 ≥ Grenze',
  text: 'Ihre Quote ist 1,15.\r\n.\r\nÜberweisen Sie etwas.',
  messageId: 'notice-7-0',
}
const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5)

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

interface Behaviour {
  readonly tls?: 'none' | 'starttls' | 'implicit'
  /** What it answers instead, by the beginning of the command. */
  readonly answers?: Readonly<Record<string, string>>
}

/** A mail relay that takes everything, notes what it is told, and answers as it is told to. */
async function relayOf({ tls = 'none', answers = {} }: Behaviour = {}) {
  const said: string[] = []
  const serve = (socket: Socket, encrypted: boolean): void => {
    let pending = ''
    let data: string | null = null
    socket.on('error', () => {})
    const take = (line: string): void => {
      if (data !== null) {
        if (line !== '.') data += `${line}\n`
        else {
          said.push(data)
          data = null
          socket.write('250 taken\r\n')
        }
        return
      }
      said.push(line)
      const [, own] = Object.entries(answers).find(([start]) => line.startsWith(start)) ?? []
      if (own === 'hang up') socket.destroy()
      else if (own !== undefined) socket.write(`${own}\r\n`)
      else if (line.startsWith('EHLO')) {
        const more = tls === 'starttls' && !encrypted ? '250-STARTTLS\r\n' : ''
        socket.write(`250-relay\r\n${more}250 AUTH PLAIN\r\n`)
      } else if (line === 'STARTTLS') {
        socket.write('220 go on\r\n')
        socket.removeAllListeners('data')
        const secureContext = createSecureContext({ cert, key })
        serve(new TLSSocket(socket, { isServer: true, secureContext }), true)
      } else if (line === 'DATA') {
        data = ''
        socket.write('354 go on\r\n')
      } else if (line.startsWith('AUTH')) socket.write('235 welcome\r\n')
      else socket.write('250 fine\r\n')
    }
    socket.on('data', (bytes) => {
      pending += bytes
      const lines = pending.split('\r\n')
      pending = lines.pop() ?? ''
      for (const line of lines) take(line)
    })
  }
  const greet = (socket: Socket) => {
    socket.write(answers['greeting'] ?? '220 relay\r\n')
    serve(socket, tls === 'implicit')
  }
  const server = tls === 'implicit' ? createSecureServer({ cert, key }, greet) : createServer(greet)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const scheme = tls === 'implicit' ? 'smtps' : 'smtp'
  const url = (user = '') => `${scheme}://${user}localhost:${port}`
  return {
    said,
    relay: (user?: string) => ({ ...parseRelay(url(user), 'venue@example.org'), ca: cert }),
  }
}

test('N5 a mail says who, what and when, and reads as it was written', async () => {
  const { said, relay } = await relayOf()
  await sendMail(relay(), MAIL, NOW_MS)
  const [ehlo, from, to, command, data = ''] = said
  expect([ehlo, from, to, command]).toEqual([
    'EHLO fulcrum',
    'MAIL FROM:<venue@example.org>',
    'RCPT TO:<ann@example.org>',
    'DATA',
  ])
  const [head = '', body = ''] = data.split('\n\n')
  expect(head).toContain('Message-ID: <notice-7-0@example.org>')
  expect(head).toContain('Date: Fri, 02 Jan 2026 03:04:05 +0000')
  expect(Buffer.from(body, 'base64').toString()).toBe(MAIL.text)
  const subject = /Subject: =\?utf-8\?B\?(.*)\?=/.exec(head)?.[1] ?? ''
  expect(Buffer.from(subject, 'base64').toString()).toBe(MAIL.subject)
})

test.each(['starttls', 'implicit'] as const)('N5 a password goes over TLS: %s', async (tls) => {
  const { said, relay } = await relayOf({ tls })
  await sendMail(relay('fulcrum:p%40ss@'), MAIL, NOW_MS)
  const auth = said.find((line) => line.startsWith('AUTH PLAIN '))?.slice(11) ?? ''
  expect(Buffer.from(auth, 'base64').toString()).toBe('\0fulcrum\0p@ss')
  if (tls === 'starttls')
    expect(said.indexOf('STARTTLS')).toBeLessThan(said.indexOf(`AUTH PLAIN ${auth}`))
})

test('N5 a password is never sent in the clear', async () => {
  const { said, relay } = await relayOf()
  await expect(sendMail(relay('fulcrum:secret@'), MAIL, NOW_MS)).rejects.toThrow('in the clear')
  expect(said.join()).not.toContain('AUTH')
})

test('N5 a relay with a certificate of nobody known gets nothing', async () => {
  const { said, relay } = await relayOf({ tls: 'implicit' })
  const { ca: _ca, ...unknown }: SmtpRelay = relay('fulcrum:secret@')
  await expect(sendMail(unknown, MAIL, NOW_MS)).rejects.toMatchObject({ name: 'DeliveryFailed' })
  expect(said).toEqual([])
})

test.each<[string, Record<string, string>, string]>([
  ['greets with a refusal', { greeting: '554 not today\r\n' }, 'answered 554'],
  ['does not know the address', { RCPT: '550 nobody' }, 'answered 550'],
  ['is full for now', { DATA: '452 full' }, 'answered 452'],
  ['hangs up', { MAIL: 'hang up' }, 'mail relay'],
  ['answers in many lines', { RCPT: '550-no\r\n550 never' }, 'answered 550'],
])('N3 a relay that %s has not taken it', async (_, answers, why) => {
  const { relay } = await relayOf({ answers })
  await expect(sendMail(relay(), MAIL, NOW_MS)).rejects.toThrow(why)
})

test('N3 a relay that is not there has not taken it', async () => {
  const relay = parseRelay('smtp://127.0.0.1:1', 'venue@example.org')
  await expect(sendMail(relay, MAIL, NOW_MS)).rejects.toThrow('ECONNREFUSED')
})

test.each([
  'ann',
  'ann@example.org>\r\nRCPT TO:<eve@example.org',
  '<ann@example.org>',
  'a b@example.org',
])('N5 %j is no address', async (to) => {
  const { said, relay } = await relayOf()
  await expect(sendMail(relay(), { ...MAIL, to }, NOW_MS)).rejects.toThrow('address')
  expect(said).toEqual([])
})

test.each([
  ['mail.example.org', 'venue@example.org'],
  ['http://mail.example.org', 'venue@example.org'],
  ['smtp://mail.example.org', 'nobody'],
])('N5 %s from %s is no relay', (url, from) => {
  expect(() => parseRelay(url, from)).toThrow(RangeError)
})

test.each([
  ['smtps://mail.example.org', 465, true],
  ['smtp://mail.example.org', 587, false],
  ['smtp://mail.example.org:25', 25, false],
])('N5 %s is at port %i', (url, port, secure) => {
  expect(parseRelay(url, 'venue@example.org')).toMatchObject({ port, secure })
})
