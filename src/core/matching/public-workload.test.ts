import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { reportHash } from '../../../bench/matching-run.ts'
import { PUBLISHED_HASHES, readMatchingWorkload } from '../../../bench/matching-workload.ts'

// The fixtures and their source are described in fixtures/README.md.
const inRepository = PUBLISHED_HASHES.filter(([, messages]) => messages === 20_000)

test.each(inRepository)(
  'reports %s, first %s messages, as published',
  (scenario, messages, hash) => {
    const path = new URL(`fixtures/${scenario}-${messages}.mwl.gz`, import.meta.url)
    const workload = readMatchingWorkload(fileURLToPath(path))
    expect(workload.messages).toBe(messages)
    expect(reportHash(workload)).toBe(hash)
  },
)
