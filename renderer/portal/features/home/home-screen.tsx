// The start page leads on to the keys, which are what a teammate comes for first.
import { Redirect } from 'wouter'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'

export const HomeScreen = () => <Redirect to={PORTAL_PATHS.keys} replace />
