// Every page of the portal: where its code is and which catalogues it speaks from. Addresses are in contract/page-paths.ts;
// a screen without an address, or an address without a screen, does not compile.
import type { PortalPage } from '../../contract/page-paths.ts'
import type { ScreenEntry } from '../routing/screens.tsx'

export const PORTAL_SCREENS = {
  home: {
    load: () => import('./features/home/home-screen.tsx').then(({ HomeScreen }) => HomeScreen),
    words: ['home', 'plan'],
  },
  login: {
    load: () => import('./features/sign-in/sign-in-screen.tsx').then(({ SignInScreen }) => SignInScreen),
    words: ['sign-in'],
  },
  keys: {
    load: () => import('./features/keys/keys-screen.tsx').then(({ KeysScreen }) => KeysScreen),
    words: ['keys'],
  },
  connect: {
    load: () => import('./features/connect/connect-screen.tsx').then(({ ConnectScreen }) => ConnectScreen),
    words: ['connect'],
  },
  plans: {
    load: () => import('./features/plans/plans-screen.tsx').then(({ PlansScreen }) => PlansScreen),
    words: ['plans', 'plan'],
  },
  models: {
    load: () => import('./features/models/models-screen.tsx').then(({ ModelsScreen }) => ModelsScreen),
    words: ['models'],
  },
  usage: {
    load: () => import('./features/usage/usage-screen.tsx').then(({ UsageScreen }) => UsageScreen),
    words: ['usage', 'receipt'],
  },
} as const satisfies Readonly<Record<PortalPage, ScreenEntry>>

/** Shown to anybody; every other page asks who is there first. */
export const PUBLIC_PAGES: readonly PortalPage[] = ['login']
