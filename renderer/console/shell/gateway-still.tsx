// In the desktop window, in the place of every page while the gateway stands still: why, and how it starts again.
import { Power } from 'lucide-react'
import type { DesktopView, StartProblem } from '../../../contract/desktop.ts'
import { useDesktopCall } from '../../client/desktop.ts'
import { Button } from '../../kit/button.tsx'
import { Mono } from '../../kit/literals.tsx'
import { useTabTitle } from '../../kit/product-name.ts'
import { EmptyState } from '../../kit/states.tsx'
import { useShellWords } from './words.ts'

export function GatewayStill({ desktop }: { readonly desktop: DesktopView }) {
  const t = useShellWords()
  const { gateway, isOpenToNetwork, isGiven } = desktop
  const start = useDesktopCall('desktop.start')
  const listen = useDesktopCall('desktop.listen')
  const problem = gateway.kind === 'failed' ? gateway.problem : undefined
  const next = problem?.taken?.next ?? null
  const title = t(problem === undefined ? 'stillTitle' : 'failedTitle')
  useTabTitle(title)
  return (
    <div className="still">
      <EmptyState
        isPage
        icon={<Power size={32} strokeWidth={1.5} />}
        title={title}
        actions={
          <>
            {next === null || isGiven.port ? undefined : (
              <Button
                kind="primary"
                isWorking={listen.isPending}
                onClick={() => listen.mutate({ port: next, isOpenToNetwork })}
              >
                {t('usePort', { next })}
              </Button>
            )}
            <Button
              kind={next === null || isGiven.port ? 'primary' : 'secondary'}
              isWorking={start.isPending || gateway.kind === 'starting'}
              onClick={() => start.mutate({})}
            >
              {t(problem === undefined ? 'start' : 'startAgain')}
            </Button>
          </>
        }
      >
        {problem === undefined ? t('stillText') : <Why problem={problem} />}
      </EmptyState>
    </div>
  )
}

function Why({ problem }: { readonly problem: StartProblem }) {
  const t = useShellWords()
  const { code, taken, message } = problem
  if (taken?.holder) return t('portTakenBy', { port: taken.port, ...taken.holder })
  if (taken !== null) return t('portTaken', { port: taken.port })
  if (code === 'port_forbidden') return t('portForbidden')
  return <Mono>{message}</Mono>
}
