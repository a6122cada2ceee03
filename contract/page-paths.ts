// The addresses of the pages: the server answers HTML on these and no others, and each has a screen of the same name.

/** Teammates' pages, at the root. */
export const PORTAL_PATHS = {
  home: '/',
  login: '/login',
  keys: '/keys',
  connect: '/connect',
} as const

/** The operator's pages, and the set-up before there is one. */
export const CONSOLE_PATHS = {
  home: '/admin',
  users: '/admin/users',
  models: '/admin/models',
  plans: '/admin/plans',
  settings: '/admin/settings',
  system: '/admin/system',
  setup: '/setup',
} as const

export type PortalPage = keyof typeof PORTAL_PATHS
export type ConsolePage = keyof typeof CONSOLE_PATHS
