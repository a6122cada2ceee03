// breaks: db-knows-contract-and-ledger-types
import { settings } from '../settings/live-settings.ts'

export const asked = settings
