// The one channel between the window and the app. Its order never changes: who sends, then what is asked. Calls of the gateway's
// operations go into the same dispatch as those over HTTP.
import { ipcMain } from 'electron'
import { type DesktopCall, type DesktopInput, type DesktopOutput, desktopCalls } from '../contract/desktop.ts'
import { messageOf, refusal } from '../contract/errors.ts'
import type { Envelope } from '../contract/operation.ts'
import type { RunningServer } from '../server/start-server.ts'
import { askAsOperator } from './operator-calls.ts'
import { CHANNEL } from './preload/channel.ts'
import { isOurPage } from './sender.ts'

export type DesktopHandlers = {
  readonly [Name in DesktopCall]: (
    input: DesktopInput<Name>,
  ) => DesktopOutput<Name> | Promise<DesktopOutput<Name>>
}

export interface IpcDoorDeps {
  /** The gateway while it runs. */
  readonly server: () => RunningServer | undefined
  readonly desktop: DesktopHandlers
}

export function openIpcDoor(deps: IpcDoorDeps): void {
  ipcMain.handle(CHANNEL, (event, name: unknown, input: unknown) => {
    // A refusal here is no envelope: whoever is not our page learns nothing about what there is.
    if (!isOurPage(event.senderFrame)) throw new Error('Refused.')
    return answer(deps, String(name), input)
  })
}

async function answer(deps: IpcDoorDeps, name: string, input: unknown): Promise<Envelope<unknown>> {
  if (isDesktopCall(name)) return answerDesktop(deps.desktop, name, input)
  const server = deps.server()
  // The page knows a rejected call as a gateway that is not running, and asks again.
  if (server === undefined) throw new Error('The gateway is not running.')
  return askAsOperator(server, name, input)
}

const isDesktopCall = (name: string): name is DesktopCall => Object.hasOwn(desktopCalls, name)

async function answerDesktop(
  handlers: DesktopHandlers,
  name: DesktopCall,
  input: unknown,
): Promise<Envelope<unknown>> {
  const parsed = desktopCalls[name].input.safeParse(input)
  if (!parsed.success) {
    const details = { problem: parsed.error.issues[0]?.message ?? 'it does not fit' }
    const message = messageOf(refusal('invalid_input', details))
    return { ok: false, error: { code: 'invalid_input', message, details } }
  }
  // The schema of this name has just parsed it; an object of handlers cannot carry that tie for the compiler.
  const handler = handlers[name] as (input: unknown) => unknown
  return { ok: true, data: await handler(parsed.data) }
}
