// breaks nothing
import { settings } from '../settings/live-settings.ts'

export const dispatch = settings
