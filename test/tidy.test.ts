import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

// Checks that no tool knows: what this project promises its readers about itself.
const root = fileURLToPath(new URL('..', import.meta.url))

const sources = files('{src,test,bench,bin,examples}/**/*.{ts,mjs,js}')
const testFiles = files('{src,test}/**/*.test.ts')

function files(pattern: string): string[] {
  return globSync(pattern, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
}

function read(path: string): string {
  return readFileSync(`${root}/${path}`, 'utf8')
}

function packageJson(): {
  scripts: Record<string, string>
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  optionalDependencies: Record<string, string>
} {
  return JSON.parse(read('package.json'))
}

/** Rule codes a text opens with, each followed by a blank; there may be several. */
function codesQuoted(content: string): string[] {
  const opening = /['"`]((?:[A-Z]\d{1,2} )+)/g
  return [...content.matchAll(opening)].flatMap((match) => (match[1] ?? '').trim().split(' '))
}

/** Every `- **C1** …` line of docs/spec. */
function codesStated(): string[] {
  return files('docs/spec/*.md').flatMap((path) =>
    [...read(path).matchAll(/^- \*\*([A-Z]\d{1,2})\*\* /gm)].map((match) => match[1] ?? ''),
  )
}

test('no rule is stated twice', () => {
  const stated = codesStated()
  expect(stated.filter((code, index) => stated.indexOf(code) !== index)).toEqual([])
})

test('every rule stated in docs/spec is quoted by a test', () => {
  const quoted = new Set(testFiles.flatMap((path) => codesQuoted(read(path))))
  expect(codesStated().filter((code) => !quoted.has(code))).toEqual([])
})

test('every rule that a test or an assertion quotes is stated in docs/spec', () => {
  const stated = new Set(codesStated())
  const unknown = sources.flatMap((path) =>
    codesQuoted(read(path))
      .filter((code) => !stated.has(code))
      .map((code) => `${path}: ${code}`),
  )
  expect([...new Set(unknown)]).toEqual([])
})

test('no file is longer than 450 lines', () => {
  const long = sources.filter((path) => read(path).split('\n').length > 451)
  expect(long).toEqual([])
})

test('no folder and no file is named after nothing', () => {
  const banned = /(^|\/)(utils?|helpers?|common|lib|shared|misc|managers?)(\/|[.]|$)/
  expect(sources.filter((path) => banned.test(path))).toEqual([])
})

test('nothing is put off in a comment, and no test is switched off without a reason', () => {
  // The marks are written in two parts, or this file would find itself.
  const mark = new RegExp(
    `\\b(TO${'DO'}|FIX${'ME'}|XX${'X'})\\b|\\b(test|describe)\\.(on${'ly'}|sk${'ip'})\\(`,
  )
  expect(sources.filter((path) => mark.test(read(path)))).toEqual([])
})

test('docs/dependencies.md gives a reason for each package, and for no other', () => {
  const { dependencies, devDependencies, optionalDependencies } = packageJson()
  const used = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })
  const rows = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)]
  expect(rows.map((row) => row[1]).sort()).toEqual(used.sort())
  expect(rows.filter((row) => (row[2] ?? '').trim().length < 20).map((row) => row[1])).toEqual([])
})

test('every npm command that the documents name is a script', () => {
  const known = new Set(['ci', 'start', 'test', ...Object.keys(packageJson().scripts)])
  const documents = files('{*.md,docs/**/*.md}')
  const named = documents.flatMap((path) =>
    [...read(path).matchAll(/(?:^|`|&& )npm (?:run )?([a-z-]+)/gm)].map((match) => match[1] ?? ''),
  )
  expect(named.filter((command) => !known.has(command))).toEqual([])
})

test('the two commands a newcomer needs stand in the README word for word', () => {
  const readme = read('README.md')
  expect(readme).toContain('npm ci && npm start')
  expect(readme).toContain('npm ci && npm test')
})

test('every file that a document links to is there', () => {
  const dead = files('{*.md,docs/**/*.md}').flatMap((path) => {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : ''
    return [...read(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map((match) => new URL(match[1] ?? '', `file:///${folder}`).pathname.slice(1))
      .filter((target) => globSync(target.replace(/\/$/, ''), { cwd: root }).length === 0)
      .map((target) => `${path}: ${target}`)
  })
  expect(dead).toEqual([])
})

test('decisions are numbered without a gap', () => {
  const numbers = files('docs/decisions/*.md').map((path) => Number(path.match(/(\d{4})-/)?.[1]))
  expect(numbers).toEqual(numbers.map((_, index) => index + 1))
})
