// Live settings: read and changed by an administrator while the gateway runs.
import { operation } from '../operation.ts'
import { settingsPatch, settingsSchema } from '../settings.ts'
import { nothing } from './fields.ts'

export const settingsGet = operation({
  name: 'settings.get',
  audience: 'admin',
  input: nothing,
  output: settingsSchema,
})

export const settingsUpdate = operation({
  name: 'settings.update',
  audience: 'admin',
  /** Only what is named changes. */
  input: settingsPatch,
  output: settingsSchema,
})
