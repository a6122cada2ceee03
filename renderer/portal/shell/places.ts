// The places of the navigation, in their order. A place shows as soon as its page has an address and a screen.
import {
  ChartColumn,
  House,
  KeyRound,
  type LucideIcon,
  Plug,
  Tags,
  TicketCheck,
  UserRound,
} from 'lucide-react'
import { PORTAL_PATHS } from '../../../contract/page-paths.ts'
import type en from './words.en.json'

export interface Place {
  readonly page: string
  readonly icon: LucideIcon
  readonly word: Extract<keyof typeof en, `place_${string}`>
  /** Has a seat in the bar at the bottom of a phone, which has five. A tablet's has all of them. */
  readonly isInBar: boolean
}

const ALL_PLACES: readonly Place[] = [
  { page: 'home', icon: House, word: 'place_home', isInBar: true },
  { page: 'keys', icon: KeyRound, word: 'place_keys', isInBar: true },
  { page: 'usage', icon: ChartColumn, word: 'place_usage', isInBar: true },
  { page: 'plans', icon: TicketCheck, word: 'place_plans', isInBar: false },
  { page: 'models', icon: Tags, word: 'place_models', isInBar: false },
  { page: 'connect', icon: Plug, word: 'place_connect', isInBar: true },
  { page: 'account', icon: UserRound, word: 'place_account', isInBar: true },
]

export const PLACES: readonly (Place & { readonly path: string })[] = ALL_PLACES.flatMap((place) => {
  const path = Object.entries(PORTAL_PATHS).find(([page]) => page === place.page)?.[1]
  return path === undefined ? [] : [{ ...place, path }]
})
