/** The packager's `appId`, by which Windows knows the app's shortcut in the start menu. */
export const APP_ID = 'io.github.codex-gateway'
