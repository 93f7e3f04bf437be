/** One method of a released client, called against the venue as its users call it. */
export interface ClientCall<World> {
  readonly method: string
  readonly call: (world: World) => Promise<unknown>
  /** What the client makes of the answer, as `toMatchObject` takes it. */
  readonly shows: unknown
}

export interface ClientTable {
  readonly client: string
  readonly version: string
  readonly methods: readonly string[]
}

/** docs/reference/clients.md as it must read. A method that fails fails its test: the table holds what passed. */
export function clientDocument(tables: readonly ClientTable[]): string {
  return [
    '# Clients',
    '',
    'Every method named here is called by the tests, with the client as it comes from npm, told only where the venue is, and',
    'what the client makes of the answer is checked. A method that failed would fail the test that writes this page.',
    '',
    'Write it again with `vitest run test/clients/every-method.test.ts -u`.',
    '',
    '| client | version | method | passed |',
    '|---|---|---|---|',
    ...tables.flatMap(({ client, version, methods }) =>
      methods.map((method) => `| ${client} | ${version} | \`${method}\` | yes |`),
    ),
    '',
  ].join('\n')
}
