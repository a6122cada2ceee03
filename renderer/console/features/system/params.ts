// What stands behind the `?` of this page: one shape for all of its parts, because a part writes the whole of it.
import type { LogLevel } from '../../../../contract/operations/system.ts'
import { choiceParam, textParam } from '../../../routing/search-params.ts'

export const TABS = ['status', 'money', 'backups', 'logs', 'licences'] as const
export const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[]

export const PARAMS = {
  tab: choiceParam(TABS),
  level: choiceParam(LEVELS),
  search: textParam,
}
