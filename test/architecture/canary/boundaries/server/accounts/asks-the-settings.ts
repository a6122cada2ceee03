// breaks: accounts-imports
import { settings } from '../settings/live-settings.ts'

export const asked = settings
