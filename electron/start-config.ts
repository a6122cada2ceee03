// The gateway's start-up configuration in the desktop app: the environment where it speaks, else the preferences.
import { parseConfig, type StartConfig } from '../server/config.ts'
import type { Preferences } from './preferences.ts'

/**
 * The rest of the environment is for servers. A key above all: whoever has one in a terminal's environment has not chosen
 * that an app shares it with a team.
 */
const HEEDED =
  /^(CODEX_GATEWAY_(DATA_DIR|HOST|PORT|LOCALE)|HOME|USERPROFILE|APPDATA|XDG_CONFIG_HOME|LANG|LC_.*)$/

type Environment = Readonly<Record<string, string | undefined>>

/** Throws where the environment is wrong, in words that name the variable. */
export function desktopConfig(
  env: Environment,
  platform: NodeJS.Platform,
  preferences?: Preferences,
): StartConfig {
  // An empty variable is how containers say "not set".
  const heeded = Object.fromEntries(Object.entries(env).filter(([name, value]) => HEEDED.test(name) && value))
  const chosen =
    preferences === undefined
      ? {}
      : {
          CODEX_GATEWAY_HOST: preferences.isOpenToNetwork ? '0.0.0.0' : '127.0.0.1',
          CODEX_GATEWAY_PORT: String(preferences.port),
        }
  const parsed = parseConfig({ argv: [], env: { ...chosen, ...heeded }, platform })
  if (!parsed.ok) throw new Error(parsed.error)
  if (parsed.value.kind !== 'run') throw new Error('The configuration starts nothing.')
  return { ...parsed.value.config, remoteAdministrationDefault: 'off' }
}

/** Where the environment says where to listen, no menu and no window can. */
export const givenByEnvironment = (env: Environment) => ({
  port: Boolean(env['CODEX_GATEWAY_PORT']),
  host: Boolean(env['CODEX_GATEWAY_HOST']),
})
