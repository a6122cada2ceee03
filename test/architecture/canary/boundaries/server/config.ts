// breaks: config-and-ports-know-the-contract-only
import { settings } from './settings/live-settings.ts'

export const config = settings
