// What the desktop app's window may ask of the app around it, beside the operations of the gateway. Only that window can.
import { z } from 'zod'

export const language = z.enum(['en', 'zh-CN'])
export const theme = z.enum(['system', 'light', 'dark'])
export const portNumber = z.int().min(1).max(65_535)

const nothing = z.strictObject({})

/** A port that cannot be had: by whom it is held, where the system says so, and the next one that is free. */
const takenPort = z.strictObject({
  port: z.int(),
  holder: z.strictObject({ name: z.string(), pid: z.int() }).nullable(),
  next: z.int().nullable(),
})
export type TakenPort = z.infer<typeof takenPort>

/** `message` is English, as the server said it. */
const startProblem = z.strictObject({
  code: z.enum(['port_taken', 'port_forbidden', 'other']),
  message: z.string(),
  taken: takenPort.nullable(),
})
export type StartProblem = z.infer<typeof startProblem>

const gatewayState = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['stopped', 'starting', 'stopping']) }),
  z.strictObject({ kind: z.literal('running'), address: z.string() }),
  z.strictObject({ kind: z.literal('failed'), problem: startProblem }),
])
export type GatewayState = z.infer<typeof gatewayState>

/** `none` where nothing was built in to look at. Times are milliseconds; `message` is English, as it was said. */
const updateState = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['none', 'idle', 'checking']) }),
  z.strictObject({ kind: z.literal('newest'), checkedAt: z.int() }),
  z.strictObject({ kind: z.literal('downloading'), version: z.string(), percent: z.int() }),
  z.strictObject({ kind: z.literal('ready'), version: z.string() }),
  z.strictObject({ kind: z.literal('failed'), message: z.string() }),
])
export type UpdateState = z.infer<typeof updateState>

const desktopView = z.strictObject({
  gateway: gatewayState,
  isPaused: z.boolean(),
  /** Requests that run now. */
  inFlight: z.int(),
  /** Where it listens, or would. */
  port: z.int(),
  isOpenToNetwork: z.boolean(),
  startsAtLogin: z.boolean(),
  version: z.string(),
  update: updateState,
  looksForUpdates: z.boolean(),
  /** What the environment decides, so that nothing here can. */
  isGiven: z.strictObject({ port: z.boolean(), host: z.boolean() }),
})
export type DesktopView = z.infer<typeof desktopView>

/** Where to listen. The gateway is restarted for it where it runs, and started where it could not. */
const listening = z.strictObject({ port: portNumber, isOpenToNetwork: z.boolean() })
export type Listening = z.infer<typeof listening>

const listeningChanged = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.enum(['changed', 'kept_running', 'port_forbidden']) }),
  z.strictObject({ outcome: z.literal('port_taken'), taken: takenPort }),
])
export type ListeningChanged = z.infer<typeof listeningChanged>

const model = z.string().min(1).max(200)

/** Why a file is left alone: a link in the way, something else of that name, no right to write, whatever the system said. */
const fileProblem = z.enum(['link', 'not_a_file', 'not_text', 'too_large', 'not_allowed', 'failed'])

const codexProfileView = z.strictObject({
  path: z.string(),
  problem: fileProblem.nullable(),
  /** What stands in the file now; null where there is none. */
  current: z.string().nullable(),
  proposed: z.string(),
  /** What undoing would do; null where nothing of ours is there. */
  undoing: z.enum(['restores', 'removes']).nullable(),
  /** Where what was replaced is kept. */
  backupFile: z.string(),
})
const fileChanged = z.strictObject({
  outcome: z.enum(['done', 'changed_meanwhile', ...fileProblem.options]),
})

const selfTestName = z.enum(['models', 'stream', 'usage', 'socket', 'compaction', 'heartbeat'])
export type SelfTestName = z.infer<typeof selfTestName>
const selfTestCheck = z.strictObject({
  name: selfTestName,
  outcome: z.enum(['passed', 'failed']),
  /** Of one that passed: how many models, events, tokens, compactions, or the longest silence in seconds. Else English. */
  detail: z.string(),
})
export type SelfTestCheck = z.infer<typeof selfTestCheck>

const csvSaved = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('saved'), path: z.string() }),
  z.strictObject({ outcome: z.literal('cancelled') }),
  /** The gateway's refusal, or `failed` with what the system said about the file. */
  z.strictObject({ outcome: z.enum(['refused', 'failed']), code: z.string(), message: z.string() }),
])

const call = <Input extends z.ZodType, Output extends z.ZodType>(input: Input, output: Output) => ({
  input,
  output,
})

/** Calls from the window into the app; names that begin with `desktop.` are no operations of the gateway. */
export const desktopCalls = {
  /** How the page looks now, so that menus and the window's frame can be of the same kind. */
  'desktop.noteAppearance': call(z.strictObject({ language, theme }), nothing),
  'desktop.get': call(nothing, desktopView),
  /** Where it fails, the state says why. */
  'desktop.start': call(nothing, desktopView),
  /** Asks in a window of the system what becomes of requests that run; somebody may rather keep it running. */
  'desktop.stop': call(nothing, desktopView),
  'desktop.restart': call(nothing, desktopView),
  'desktop.pause': call(z.strictObject({ isPaused: z.boolean() }), desktopView),
  'desktop.listen': call(listening, listeningChanged),
  'desktop.startAtLogin': call(z.strictObject({ isOn: z.boolean() }), desktopView),
  /** Whether it looks for a newer version by itself, when it starts and once a day. */
  'desktop.lookForUpdates': call(z.strictObject({ isOn: z.boolean() }), desktopView),
  'desktop.checkForUpdate': call(nothing, desktopView),
  /** Asks about requests that run as stopping does, and starts the newer version. Answers where that did not come about. */
  'desktop.installUpdate': call(nothing, desktopView),
  /** Asks where, and writes a list into a file, by the gateway's name of it, such as `users.csv`; `query` has its filters. */
  'desktop.saveCsv': call(
    z.strictObject({ file: z.string().max(40), query: z.record(z.string().max(40), z.string().max(500)) }),
    csvSaved,
  ),
  /** Codex's profile for this gateway on this machine, as it is and as it would be. */
  'desktop.codexProfile': call(z.strictObject({ model }), codexProfileView),
  /** `seen` is what the person was shown as the file's text: anything else is not replaced. */
  'desktop.writeCodexProfile': call(z.strictObject({ model, seen: z.string().nullable() }), fileChanged),
  'desktop.undoCodexProfile': call(nothing, fileChanged),
  /** Asks the gateway as a client would, with a key that is deleted afterwards. The operator pays for it. */
  'desktop.selfTest': call(z.strictObject({ model }), z.strictObject({ checks: z.array(selfTestCheck) })),
} as const

export type DesktopCall = keyof typeof desktopCalls
export type DesktopInput<Name extends DesktopCall> = z.output<(typeof desktopCalls)[Name]['input']>
export type DesktopOutput<Name extends DesktopCall> = z.output<(typeof desktopCalls)[Name]['output']>

/** Pushed to the window beside the gateway's events: `desktop.get` answers differently now; the machine has other addresses. */
export interface DesktopEvent {
  readonly type: 'desktop.changed' | 'desktop.network_changed'
}
