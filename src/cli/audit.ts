import { existsSync } from 'node:fs'
import { nodeStorage } from '../server/journal/node-storage.ts'
import { journalDirectory } from '../server/journal/segment.ts'
import { auditJournal } from '../sim/journal-audit.ts'
import { progress } from './progress.ts'

/** As the command line gives them: `fulcrum audit --data DIR`. */
export interface AuditOptions {
  readonly data: string
}

/** Audits a data folder and prints the result as JSON. The exit code: 0 only when nothing is wrong. */
export async function runAudit({ data }: AuditOptions): Promise<number> {
  if (!existsSync(journalDirectory(data))) {
    console.error(`fulcrum audit: ${data} has no journal; give the data folder with --data`)
    return 2
  }
  const result = await auditJournal(nodeStorage(), data, progress('audit'))
  console.log(JSON.stringify(result, null, 2))
  return result.ok ? 0 : 1
}
