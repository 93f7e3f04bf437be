import { parentPort, workerData } from 'node:worker_threads'
import { present } from '../../core/assert.ts'
import { openSqlite } from '../sql/sqlite.ts'
import type { Batch } from './batch.ts'
import { SqliteWriter } from './sqlite-writer.ts'
import type { WriteAnswer } from './worker-writer.ts'

/** The projection thread: writes each batch it is sent and answers; `null` ends it. */
const port = present(parentPort, 'the projection worker runs in a thread')
const database = openSqlite((workerData as { path: string }).path, 'normal')
const writer = new SqliteWriter(database)

port.on('message', (batch: Batch | null) => {
  if (batch === null) {
    database.close()
    port.close()
    return
  }
  port.postMessage(attempt(batch))
})

function attempt(batch: Batch): WriteAnswer {
  try {
    writer.write(batch)
    return { failure: null }
  } catch (error) {
    const { message, errcode } = error as { message: string; errcode?: number }
    return { failure: { message, errcode: errcode ?? null } }
  }
}
