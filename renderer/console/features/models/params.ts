// What stands behind the `?` of this page: one shape for all of its parts, because a part writes the whole of it.
import { choiceParam, textParam } from '../../../routing/search-params.ts'
import { ACCESS_KINDS, ORIGINS } from './priced-model.ts'

export const TABS = ['prices', 'changes', 'aliases'] as const

/** Of the operator's own rows. */
export const STATES = ['in_force', 'upcoming', 'superseded', 'withdrawn'] as const

export const PARAMS = {
  tab: choiceParam(TABS),
  /** Whose drawer is open. */
  model: textParam,
  search: textParam,
  access: choiceParam(ACCESS_KINDS),
  state: choiceParam(STATES),
  origin: choiceParam([...ORIGINS, 'none']),
}
