// Parts of a page whose code is fetched when they are first shown. Unlike React's `lazy`, what could not be fetched is fetched
// again: a gateway that was away is no reason to show a failure for as long as the page lives.
import { type ComponentType, use } from 'react'

/** Thrown in the place of a part whose code could not be fetched, for the error boundary. */
export class LoadError extends Error {
  /** Fetches it again; resolves once the part can be shown. */
  readonly again: () => Promise<void>
  /** Lets the part begin anew when it is next shown. */
  readonly forget: () => void

  constructor(cause: unknown, { again, forget }: Pick<LoadError, 'again' | 'forget'>) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'LoadError'
    this.again = again
    this.forget = forget
  }
}

/** Suspends until `load` has resolved; throws a `LoadError` to the boundary where it has not. */
export function loadLater<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let Loaded: ComponentType<Props> | undefined
  let loading: Promise<ComponentType<Props>> | undefined

  const begin = (): Promise<ComponentType<Props>> => {
    const begun = load().then(
      (Component) => {
        Loaded = Component
        return Component
      },
      (cause: unknown) => {
        const forget = () => {
          if (loading === begun) loading = undefined
        }
        throw new LoadError(cause, { again: async () => void (await begin()), forget })
      },
    )
    loading = begun
    return begun
  }

  return function Later(props) {
    const Component = Loaded ?? use(loading ?? begin())
    return <Component {...props} />
  }
}
