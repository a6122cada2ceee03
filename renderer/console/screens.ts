// Every page of the console: where its code is and which catalogues it speaks from. Addresses are in contract/page-paths.ts;
// a screen without an address, or an address without a screen, does not compile.
import type { ConsolePage } from '../../contract/page-paths.ts'
import type { ScreenEntry } from '../routing/screens.tsx'

export const CONSOLE_SCREENS = {
  dashboard: {
    load: () =>
      import('./features/dashboard/dashboard-screen.tsx').then(({ DashboardScreen }) => DashboardScreen),
    words: ['dashboard', 'upstream-problems'],
  },
  users: {
    load: () => import('./features/users/users-screen.tsx').then(({ UsersScreen }) => UsersScreen),
    words: ['users'],
  },
  user: {
    load: () => import('./features/users/user-screen.tsx').then(({ UserScreen }) => UserScreen),
    words: ['users', 'limits-form', 'policy', 'operations', 'usage-rows', 'spend'],
  },
  keys: {
    load: () => import('./features/keys/keys-screen.tsx').then(({ KeysScreen }) => KeysScreen),
    words: ['keys', 'api-keys', 'limits-form', 'policy'],
  },
  usage: {
    load: () => import('./features/usage/usage-screen.tsx').then(({ UsageScreen }) => UsageScreen),
    words: ['usage', 'usage-rows', 'receipt', 'spend'],
  },
  audit: {
    load: () => import('./features/audit/audit-screen.tsx').then(({ AuditScreen }) => AuditScreen),
    words: ['audit', 'operations', 'members'],
  },
  models: {
    load: () => import('./features/models/models-screen.tsx').then(({ ModelsScreen }) => ModelsScreen),
    words: ['models'],
  },
  plans: {
    load: () => import('./features/plans/plans-screen.tsx').then(({ PlansScreen }) => PlansScreen),
    words: ['plans', 'limits-form', 'policy'],
  },
  settings: {
    load: () =>
      import('./features/settings/settings-screen.tsx').then(({ SettingsScreen }) => SettingsScreen),
    words: ['settings', 'upstream-problems'],
  },
  system: {
    load: () => import('./features/system/system-screen.tsx').then(({ SystemScreen }) => SystemScreen),
    words: ['system', 'members'],
  },
  connect: {
    load: () => import('./features/connect/connect-screen.tsx').then(({ ConnectScreen }) => ConnectScreen),
    words: ['connect', 'trust'],
  },
  setup: {
    load: () => import('./features/set-up/set-up-screen.tsx').then(({ SetUpScreen }) => SetUpScreen),
    words: ['set-up', 'upstream-problems'],
  },
} as const satisfies Readonly<Record<ConsolePage, ScreenEntry>>

/** Shown without the side bar, and without anybody signed in. */
export const PUBLIC_PAGES: readonly ConsolePage[] = ['setup']
