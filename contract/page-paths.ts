// The addresses of the pages: the server answers HTML on these and no others, and each has a screen of the same name.
import { LINK_PAGES } from './account-links.ts'

/** Teammates' pages, at the root. */
export const PORTAL_PATHS = {
  home: '/',
  login: '/login',
  register: '/register',
  'forgot-password': '/forgot-password',
  'verify-email': LINK_PAGES.verify_email,
  'reset-password': LINK_PAGES.reset_password,
  'accept-invitation': LINK_PAGES.invitation,
  keys: '/keys',
  connect: '/connect',
  account: '/account',
  statement: '/account/statement',
  plans: '/plans',
  models: '/models',
  usage: '/usage',
} as const

/** The operator's pages, and the set-up before there is one. */
export const CONSOLE_PATHS = {
  dashboard: '/admin',
  users: '/admin/users',
  user: '/admin/users/:userId',
  keys: '/admin/keys',
  usage: '/admin/usage',
  audit: '/admin/audit',
  models: '/admin/models',
  plans: '/admin/plans',
  settings: '/admin/settings',
  system: '/admin/system',
  connect: '/admin/connect',
  setup: '/setup',
} as const

export type PortalPage = keyof typeof PORTAL_PATHS
export type ConsolePage = keyof typeof CONSOLE_PATHS

/** The page of one person. */
export const userPath = (userId: string): string => CONSOLE_PATHS.user.replace(':userId', userId)
