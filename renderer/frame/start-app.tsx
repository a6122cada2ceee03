// What both apps begin with: the client with its transport, the words, the providers, and the first question (who is here),
// asked before anything is drawn.
import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { type Client, createClient, createStaleness } from '../client/client.ts'
import { ClientContext, createQueryClient } from '../client/hooks.ts'
import { createHttpTransport } from '../client/http-transport.ts'
import { createIpcTransport } from '../client/ipc-transport.ts'
import { Toaster } from '../kit/toast.tsx'
import { TooltipLayer } from '../kit/tooltip.tsx'
import { useAppearance } from '../state/appearance.ts'
import type { Language } from '../words/language.ts'
import { createWords, type Words, WordsContext } from '../words/words.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import { LiveUpdates } from './live-updates.tsx'
import { ProductNameSource } from './product-name-source.tsx'
import { followReach } from './reach.ts'
import { askForSession, followSession } from './session.ts'
import { StaleNote } from './stale-note.tsx'

interface AppParts {
  /** `import.meta.glob` of every catalogue that the app may need. */
  readonly catalogues: Parameters<typeof createWords>[0]
  /** The app, once the words are there. */
  readonly render: (words: Words) => ReactNode
}

export async function startApp({ catalogues, render }: AppParts): Promise<void> {
  const client = createAppClient()
  const queries = createQueryClient()
  void askForSession(client, queries)
  followSession(client, queries)
  followReach(client, queries)

  const words = await createWords(catalogues, useAppearance.getState().language)
  useAppearance.subscribe(({ language }) => void speak(words, language))
  // Failures need them, and a failure is a bad moment to load anything.
  void words.load(['errors'])

  const root = document.getElementById('app')
  if (root === null) throw new Error('The page has no element #app')
  createRoot(root).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <WordsContext value={words}>
          <ClientContext value={client}>
            <QueryClientProvider client={queries}>
              <ErrorBoundary>
                <ProductNameSource>{render(words)}</ProductNameSource>
                <LiveUpdates />
                <StaleNote />
                <Toaster />
                <TooltipLayer />
              </ErrorBoundary>
            </QueryClientProvider>
          </ClientContext>
        </WordsContext>
      </CSPProvider>
    </StrictMode>,
  )
}

/** The page says which language it is in once it is. */
async function speak(words: Words, language: Language): Promise<void> {
  await words.change(language)
  document.documentElement.lang = words.language
}

/** The desktop window has a bridge; a browser has the HTTP door. */
function createAppClient(): Client {
  const staleness = createStaleness(__BUILD_ID__)
  const bridge = window.codexGateway
  const transport =
    bridge === undefined
      ? createHttpTransport({ onBuild: (buildId) => staleness.note(buildId) })
      : createIpcTransport(bridge)
  return createClient({ transport, staleness })
}
