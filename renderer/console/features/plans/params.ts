// What stands behind the `?` of this page: one shape for all of its parts, because a part writes the whole of it.
import { choiceParam, flagParam, textParam } from '../../../routing/search-params.ts'

export const TABS = ['plans', 'limits'] as const

export const PARAMS = {
  tab: choiceParam(TABS),
  archived: flagParam,
  /** Whose codes are open. */
  batch: textParam,
}
