// The screens of an app by their addresses. A screen's code and its words are loaded together, when it is first opened.
import { type ComponentType, Suspense } from 'react'
import { Route, Switch } from 'wouter'
import { loadLater } from '../kit/load-later.tsx'
import type { Words } from '../words/words.ts'

export interface ScreenProps {
  /** The named parts of the address, such as `userId` of `/admin/users/:userId`. */
  readonly params: Readonly<Record<string, string | undefined>>
}

export interface ScreenEntry {
  /** Imports the screen's component. */
  load(): Promise<ComponentType<ScreenProps>>
  /** The catalogues that it speaks from, beside those of kit and shell. */
  readonly words: readonly string[]
}

export type Screens = Readonly<Record<string, ScreenEntry>>

export interface LoadedScreen {
  readonly path: string
  readonly Screen: ComponentType<ScreenProps>
}

/** Pairs each screen with its address; the two tables have the same names by their types. */
export function loadScreens(
  screens: Screens,
  paths: Readonly<Record<string, string>>,
  words: Words,
): readonly LoadedScreen[] {
  return Object.entries(screens).map(([name, entry]) => {
    const path = paths[name]
    if (path === undefined) throw new Error(`The screen ${name} has no address`)
    const load = async () => {
      const [Screen] = await Promise.all([entry.load(), words.load(entry.words)])
      return Screen
    }
    // What could not be fetched is fetched again by the error boundary.
    return { path, Screen: loadLater(load) }
  })
}

interface ScreenSwitchProps {
  readonly screens: readonly LoadedScreen[]
  readonly waiting: React.ReactNode
  readonly lost: React.ReactNode
}

export function ScreenSwitch({ screens, waiting, lost }: ScreenSwitchProps) {
  return (
    <Suspense fallback={waiting}>
      <Switch>
        {screens.map(({ path, Screen }) => (
          <Route key={path} path={path}>
            {(params) => <Screen params={params} />}
          </Route>
        ))}
        <Route>{lost}</Route>
      </Switch>
    </Suspense>
  )
}
