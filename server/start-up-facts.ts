// What start-up configuration decides about settings: which of them it overrides, and what holds in the end.
import type { SettingsView } from '../contract/operations/settings.ts'
import type { RemoteAdministration, Settings } from '../contract/settings.ts'
import type { StartConfig } from './config.ts'
import { isLoopbackHost } from './system/network-address.ts'

/** The environment over the setting over the host's default. */
export const remoteAdministrationOf = (
  config: Pick<StartConfig, 'remoteAdministration' | 'remoteAdministrationDefault'>,
  stored: RemoteAdministration | null,
): RemoteAdministration =>
  config.remoteAdministration ?? stored ?? config.remoteAdministrationDefault ?? 'loopback'

export const startUpFacts = (
  config: StartConfig,
  stored: Pick<Settings, 'remoteAdministration' | 'https'>,
  addresses: readonly string[],
): Pick<SettingsView, 'overriddenBy' | 'effective' | 'network'> => ({
  overriddenBy: {
    ...(config.remoteAdministration === undefined ? {} : { remoteAdministration: 'environment' }),
    ...(config.https === undefined ? {} : { https: 'environment' }),
  },
  effective: {
    remoteAdministration: remoteAdministrationOf(config, stored.remoteAdministration),
    https: config.https ?? stored.https,
  },
  network: {
    host: config.host,
    port: config.port,
    addresses: [...addresses],
    isOpenToNetwork: !isLoopbackHost(config.host),
  },
})
