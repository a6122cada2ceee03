// The start page leads on to the first place that there is.
import { Redirect } from 'wouter'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'

export const HomeScreen = () => <Redirect to={CONSOLE_PATHS.users} replace />
