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

const desktopView = z.strictObject({
  gateway: gatewayState,
  isPaused: z.boolean(),
  /** Requests that run now. */
  inFlight: z.int(),
  /** Where it listens, or would. */
  port: z.int(),
  isOpenToNetwork: z.boolean(),
  startsAtLogin: z.boolean(),
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
} as const

export type DesktopCall = keyof typeof desktopCalls
export type DesktopInput<Name extends DesktopCall> = z.output<(typeof desktopCalls)[Name]['input']>
export type DesktopOutput<Name extends DesktopCall> = z.output<(typeof desktopCalls)[Name]['output']>

/** Pushed to the window beside the gateway's events: what `desktop.get` answers is another now. */
export interface DesktopChanged {
  readonly type: 'desktop.changed'
}
