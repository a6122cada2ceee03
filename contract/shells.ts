// What commands are typed into: shells set variables and go on in the next line in ways of their own.

export const SHELLS = ['posix', 'powershell'] as const
export type Shell = (typeof SHELLS)[number]

/** Product names, the same in every language. */
export const SHELL_NAMES: Readonly<Record<Shell, string>> = { posix: 'Bash, zsh', powershell: 'PowerShell' }

/** The shell that a new terminal opens on the system of this browser. */
export const shellOf = (userAgent: string): Shell => (/\bWindows\b/.test(userAgent) ? 'powershell' : 'posix')
