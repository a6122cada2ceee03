// Every page of the portal: where its code is and which catalogues it speaks from. Addresses are in contract/page-paths.ts;
// a screen without an address, or an address without a screen, does not compile.
import type { PortalPage } from '../../contract/page-paths.ts'
import type { ScreenEntry } from '../routing/screens.tsx'

export const PORTAL_SCREENS = {
  home: {
    load: () => import('./features/home/home-screen.tsx').then(({ HomeScreen }) => HomeScreen),
    words: ['home', 'plan', 'spend'],
  },
  login: {
    load: () => import('./features/sign-in/sign-in-screen.tsx').then(({ SignInScreen }) => SignInScreen),
    words: ['sign-in'],
  },
  register: {
    load: () => import('./features/access/register-screen.tsx').then(({ RegisterScreen }) => RegisterScreen),
    words: ['access'],
  },
  'forgot-password': {
    load: () =>
      import('./features/access/forgot-password-screen.tsx').then(
        ({ ForgotPasswordScreen }) => ForgotPasswordScreen,
      ),
    words: ['access'],
  },
  'verify-email': {
    load: () =>
      import('./features/access/verify-email-screen.tsx').then(({ VerifyEmailScreen }) => VerifyEmailScreen),
    words: ['access'],
  },
  'reset-password': {
    load: () =>
      import('./features/access/reset-password-screen.tsx').then(
        ({ ResetPasswordScreen }) => ResetPasswordScreen,
      ),
    words: ['access'],
  },
  'accept-invitation': {
    load: () =>
      import('./features/access/accept-invitation-screen.tsx').then(
        ({ AcceptInvitationScreen }) => AcceptInvitationScreen,
      ),
    words: ['access'],
  },
  keys: {
    load: () => import('./features/keys/keys-screen.tsx').then(({ KeysScreen }) => KeysScreen),
    words: ['keys', 'api-keys', 'limits-form', 'policy'],
  },
  connect: {
    load: () => import('./features/connect/connect-screen.tsx').then(({ ConnectScreen }) => ConnectScreen),
    words: ['connect', 'trust'],
  },
  account: {
    load: () => import('./features/account/account-screen.tsx').then(({ AccountScreen }) => AccountScreen),
    words: ['account'],
  },
  statement: {
    load: () =>
      import('./features/statement/statement-screen.tsx').then(({ StatementScreen }) => StatementScreen),
    words: ['statement'],
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
    words: ['usage', 'usage-rows', 'receipt', 'spend'],
  },
} as const satisfies Readonly<Record<PortalPage, ScreenEntry>>

/** Shown to anybody; every other page asks who is there first. */
export const PUBLIC_PAGES: readonly PortalPage[] = [
  'login',
  'register',
  'forgot-password',
  'verify-email',
  'reset-password',
  'accept-invitation',
]
