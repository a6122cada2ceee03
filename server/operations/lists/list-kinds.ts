// What lists can be asked for beside the thread that requests go through, and what comes back: finished JSON where memory has
// no say in it, and else the text of each row, for what memory says to be put behind it.
import type { OutputOf } from '../../../contract/catalogue.ts'
import type { AuditFilter } from '../../db/repositories/audit.ts'
import type { KeyPage } from '../../db/repositories/key-list.ts'
import type { PageRequest } from '../../db/repositories/paging.ts'
import type { LossFilter } from '../../db/repositories/possible-losses.ts'
import type { SortRequest } from '../../db/repositories/sorting.ts'
import type { SpendingRow } from '../../db/repositories/spending.ts'
import type { UsageListRequest } from '../../db/repositories/usage-list.ts'
import type { UserPage } from '../../db/repositories/user-list.ts'

/** A list whose rows are open for more. */
export interface OpenList {
  /** Each an object that lacks members. */
  readonly rows: readonly string[]
  /** The members of the answer beside its rows: an object. */
  readonly rest: string
}

export interface ListKinds {
  readonly usage: {
    readonly request: UsageListRequest & { readonly isForAdministrator: boolean }
    readonly answer: string
  }
  readonly users: {
    readonly request: UserPage
    readonly answer: OpenList & { readonly ids: readonly string[] }
  }
  readonly keys: {
    readonly request: KeyPage
    readonly answer: OpenList & {
      readonly familyIds: readonly string[]
      /** What each of the families has spent, as it was written last; null where nothing was. */
      readonly spending: readonly (SpendingRow | null)[]
    }
  }
  readonly history: {
    readonly request: PageRequest & {
      readonly userId: string
      readonly include: 'changes' | 'all'
      readonly isForAdministrator: boolean
    }
    readonly answer: string
  }
  readonly statement: {
    readonly request: {
      readonly userId: string
      readonly about: Pick<OutputOf<'me.statement'>, 'month' | 'timeZone' | 'from' | 'to' | 'isClosed'>
    }
    readonly answer: string
  }
  readonly audit: {
    readonly request: AuditFilter & SortRequest<'createdAt' | 'actor' | 'operation'>
    readonly answer: string
  }
  readonly losses: { readonly request: LossFilter; readonly answer: string }
  readonly overview: {
    readonly request: { readonly userId: string; readonly todaySince: number; readonly forecastSince: number }
    readonly answer: {
      readonly today: { readonly spendNanoUsd: number; readonly requests: number }
      readonly paid: { readonly spentNanoUsd: number; readonly firstAt: number | null }
      readonly keyCount: number
    }
  }
}

export type ListKind = keyof ListKinds

export type ListQuestion = {
  [Kind in ListKind]: { readonly kind: Kind; readonly request: ListKinds[Kind]['request'] }
}[ListKind]

export interface Lists {
  /** Rejects with a ListsBusyError where too many wait. Sees everything that was on disk when it was asked. */
  read<Kind extends ListKind>(
    kind: Kind,
    request: ListKinds[Kind]['request'],
  ): Promise<ListKinds[Kind]['answer']>
}

export class ListsBusyError extends Error {
  override readonly name = 'ListsBusyError'
}
