// The ten places of the side bar, in four unnamed groups. A place shows as soon as its page has an address and a screen.
import {
  Gauge,
  KeyRound,
  LayoutDashboard,
  List,
  type LucideIcon,
  ScrollText,
  Settings,
  Share2,
  Tags,
  Ticket,
  Users,
} from 'lucide-react'
import { CONSOLE_PATHS } from '../../../contract/page-paths.ts'
import type en from './words.en.json'

export interface Place {
  readonly path: string
  readonly icon: LucideIcon
  readonly word: PlaceWord
}

type PlaceWord = Extract<keyof typeof en, `place_${string}`>
type Seat = readonly [page: string, icon: LucideIcon, word: PlaceWord]

const GROUPS: readonly (readonly Seat[])[] = [
  [
    ['dashboard', LayoutDashboard, 'place_dashboard'],
    ['connect', Share2, 'place_connect'],
  ],
  [
    ['users', Users, 'place_users'],
    ['keys', KeyRound, 'place_keys'],
    ['usage', List, 'place_usage'],
  ],
  [
    ['models', Tags, 'place_models'],
    ['plans', Ticket, 'place_plans'],
  ],
  [
    ['audit', ScrollText, 'place_audit'],
    ['system', Gauge, 'place_system'],
    ['settings', Settings, 'place_settings'],
  ],
]

export const PLACE_GROUPS: readonly (readonly Place[])[] = GROUPS.map((seats) =>
  seats.flatMap(([page, icon, word]) => {
    const path = Object.entries(CONSOLE_PATHS).find(([name]) => name === page)?.[1]
    return path === undefined ? [] : [{ path, icon, word }]
  }),
).filter((places) => places.length > 0)
