// What the tray shows: one of three icons, a line for hovering, and the menu, out of what the gateway does now.
import type { MenuItemConstructorOptions } from 'electron'
import type { GatewayState, UpdateState } from '../contract/desktop.ts'
import type { Activity } from './activity.ts'
import type { Say } from './words.ts'

export interface TrayFacts {
  readonly gateway: GatewayState
  /** Where other machines reach it; undefined where none can. */
  readonly networkAddress: string | undefined
  readonly activity: Activity
  readonly isPaused: boolean
  readonly isOpenToNetwork: boolean
  /** Whether the start-up configuration leaves that to the preferences. */
  readonly mayChangeNetwork: boolean
  readonly startsAtLogin: boolean
  readonly update: UpdateState
}

export type TrayIcon = 'running' | 'stopped' | 'attention'

export interface TrayActions {
  openConsole(): void
  openPortal(): void
  copyAddress(): void
  start(): void
  stop(): void
  restart(): void
  stopUntilAwake(): void
  pause(isPaused: boolean): void
  openToNetwork(isOpen: boolean): void
  startAtLogin(isOn: boolean): void
  checkForUpdate(): void
  installUpdate(): void
  quit(): void
}

export function trayIcon({ gateway, activity }: TrayFacts): TrayIcon {
  if (gateway.kind === 'failed') return 'attention'
  if (gateway.kind !== 'running') return 'stopped'
  return activity.troubles.size > 0 ? 'attention' : 'running'
}

export function stateLine({ gateway, isPaused }: TrayFacts, say: Say): string {
  switch (gateway.kind) {
    case 'running':
      return say(isPaused ? 'statePaused' : 'stateRunning', { address: gateway.address })
    case 'failed':
      return say('stateFailed', { message: gateway.problem.message })
    case 'starting':
    case 'stopping':
    case 'stopped':
      return say(gateway.kind)
  }
}

const SEPARATOR = { type: 'separator' } as const

export function trayMenu(facts: TrayFacts, say: Say, actions: TrayActions): MenuItemConstructorOptions[] {
  const { gateway, activity } = facts
  const isRunning = gateway.kind === 'running'
  // While it stops it still answers those that it waits for, and a second stop can cut them off.
  const isStopping = gateway.kind === 'stopping'
  const isStill = gateway.kind === 'stopped' || gateway.kind === 'failed'
  return [
    { id: 'state', label: stateLine(facts, say), enabled: false },
    {
      id: 'networkAddress',
      label: say('reachedAt', { address: facts.networkAddress ?? '' }),
      enabled: false,
      visible: isRunning && facts.networkAddress !== undefined,
    },
    {
      id: 'inFlight',
      label: say.count('inFlight', activity.running),
      enabled: false,
      visible: isRunning || isStopping,
    },
    ...[...activity.troubles].map((trouble) => ({
      id: trouble,
      label: say(`${trouble}Title`),
      click: actions.openConsole,
    })),
    SEPARATOR,
    { id: 'openConsole', label: say('openConsole'), click: actions.openConsole },
    { id: 'openPortal', label: say('openPortal'), enabled: isRunning, click: actions.openPortal },
    { id: 'copyAddress', label: say('copyAddress'), enabled: isRunning, click: actions.copyAddress },
    SEPARATOR,
    {
      id: 'pause',
      label: say('pause'),
      type: 'checkbox',
      checked: facts.isPaused,
      enabled: isRunning,
      click: ({ checked }) => actions.pause(checked),
    },
    isStill
      ? { id: 'start', label: say('start'), click: actions.start }
      : {
          id: 'stop',
          label: say(isStopping ? 'stopNow' : 'stop'),
          enabled: isRunning || isStopping,
          click: actions.stop,
        },
    { id: 'restart', label: say('restart'), enabled: isRunning, click: actions.restart },
    { id: 'stopUntilAwake', label: say('stopUntilAwake'), visible: isRunning, click: actions.stopUntilAwake },
    SEPARATOR,
    {
      id: 'openToNetwork',
      label: say('openToNetwork'),
      type: 'checkbox',
      checked: facts.isOpenToNetwork,
      enabled: facts.mayChangeNetwork && (isRunning || isStill),
      click: ({ checked }) => actions.openToNetwork(checked),
    },
    {
      id: 'startAtLogin',
      label: say('startAtLogin'),
      type: 'checkbox',
      checked: facts.startsAtLogin,
      click: ({ checked }) => actions.startAtLogin(checked),
    },
    updateItem(facts.update, say, actions),
    SEPARATOR,
    { id: 'quit', label: say('quitApp'), click: actions.quit },
  ]
}

/** In the tray and in the menu bar; not there where there is nothing to look at. */
export function updateItem(
  update: UpdateState,
  say: Say,
  actions: Pick<TrayActions, 'checkForUpdate' | 'installUpdate'>,
): MenuItemConstructorOptions {
  if (update.kind === 'ready')
    return {
      id: 'update',
      label: say('installUpdate', { version: update.version }),
      click: actions.installUpdate,
    }
  return {
    id: 'update',
    label: say('checkForUpdate'),
    visible: update.kind !== 'none',
    enabled: update.kind !== 'checking' && update.kind !== 'downloading',
    click: actions.checkForUpdate,
  }
}
