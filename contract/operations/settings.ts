// Live settings: read and changed by an administrator while the gateway runs.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { httpsMode, remoteAdministration, settingsPatch, settingsSchema } from '../settings.ts'
import { networkFacts, nothing } from './fields.ts'

const byEnvironment = z.literal('environment').optional()

/** The settings as they are stored, and beside them what holds in their place, and what was fixed at the start. */
const settingsView = settingsSchema.extend({
  /** Settings that the environment decides: their stored value waits until it is unset. */
  overriddenBy: z.strictObject({ remoteAdministration: byEnvironment, https: byEnvironment }),
  /** What holds now, whatever decides it. */
  effective: z.strictObject({ remoteAdministration, https: httpsMode }),
  network: networkFacts,
})
export type SettingsView = z.infer<typeof settingsView>

export const settingsGet = operation({
  name: 'settings.get',
  audience: 'admin',
  input: nothing,
  output: settingsView,
})

export const settingsUpdate = operation({
  name: 'settings.update',
  audience: 'admin',
  /** Only what is named changes. */
  input: settingsPatch,
  output: settingsView,
})
