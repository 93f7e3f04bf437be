import type { Kysely } from 'kysely'
import type { Sequence, TimestampMs, UserId } from '../../../core/domain/ids.ts'
import type { NoticeType } from '../notices.ts'
import type { ReadModel, StoredRow } from '../tables.ts'
import { historyPage, type Page, type PageRequest } from './page.ts'

export interface NoticeRecord {
  readonly userId: UserId
  readonly sequence: Sequence
  readonly position: number
  readonly timeMs: TimestampMs
  readonly type: NoticeType
  readonly mandatory: boolean
  readonly data: Readonly<Record<string, string | number | null>>
}

export function noticeQueries(database: Kysely<ReadModel>) {
  return {
    /** Newest first. */
    notices(userId: UserId, request: PageRequest): Promise<Page<NoticeRecord>> {
      return historyPage(database, 'notices', userId, request, noticeRecord)
    },

    /** Everybody's after a place in history, in order. */
    async noticesAfter(
      after: { readonly sequence: number; readonly position: number },
      limit: number,
    ): Promise<NoticeRecord[]> {
      const [sequence, position] = [BigInt(after.sequence), BigInt(after.position)]
      const rows = await database
        .selectFrom('notices')
        .selectAll()
        .where('sequence', '>=', sequence)
        .where(({ eb, or }) => or([eb('sequence', '>', sequence), eb('position', '>', position)]))
        .orderBy('sequence')
        .orderBy('position')
        .limit(limit)
        .execute()
      return rows.map(noticeRecord)
    },
  }
}

function noticeRecord(row: StoredRow<'notices'>): NoticeRecord {
  return {
    userId: Number(row.user_id) as UserId,
    sequence: Number(row.sequence) as Sequence,
    position: Number(row.position),
    timeMs: Number(row.time_ms) as TimestampMs,
    type: row.type as NoticeType,
    mandatory: row.mandatory === 1n,
    data: JSON.parse(row.data) as NoticeRecord['data'],
  }
}
