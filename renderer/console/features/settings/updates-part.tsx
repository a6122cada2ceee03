// The app's own version: which one runs, whether there is a newer one, and the restart that puts it in place.
import type { DesktopView } from '../../../../contract/desktop.ts'
import { useDesktopCall } from '../../../client/desktop.ts'
import { Button } from '../../../kit/button.tsx'
import { Switch } from '../../../kit/choices.tsx'
import { FailureNote, Note } from '../../../kit/states.tsx'
import { useWords } from './words.ts'

export function UpdatesPart({ desktop }: { readonly desktop: DesktopView }) {
  const t = useWords()
  const { update, version } = desktop
  return (
    <>
      <div className="row sb g12">
        <div className="col">
          <span className="b">{t('appVersion', { version })}</span>
          <span className="help">{stateText(t, desktop)}</span>
        </div>
        {update.kind === 'none' ? undefined : <UpdateButton desktop={desktop} />}
      </div>
      {update.kind === 'failed' ? (
        <Note status="warn">
          {t('updateFailed')} <span className="mono">{update.message}</span>
        </Note>
      ) : undefined}
      {update.kind === 'none' ? undefined : <LookSwitch desktop={desktop} />}
    </>
  )
}

function stateText(t: ReturnType<typeof useWords>, { update, inFlight }: DesktopView): string {
  switch (update.kind) {
    case 'none':
      return t('updateNone')
    case 'idle':
    case 'failed':
      return t('updateIdle')
    case 'checking':
      return t('updateChecking')
    case 'newest':
      return t('updateNewest')
    case 'downloading':
      return t('updateDownloading', { version: update.version, percent: update.percent })
    case 'ready':
      return inFlight === 0
        ? t('updateReady', { version: update.version })
        : t('updateReadyBusy', { version: update.version, count: inFlight })
  }
}

function UpdateButton({ desktop: { update } }: { readonly desktop: DesktopView }) {
  const t = useWords()
  const check = useDesktopCall('desktop.checkForUpdate')
  const install = useDesktopCall('desktop.installUpdate')
  const isBusy = update.kind === 'checking' || update.kind === 'downloading'
  return (
    <div className="col g8">
      {update.kind === 'ready' ? (
        <Button kind="primary" isWorking={install.isPending} onClick={() => install.mutate({})}>
          {t('updateInstall')}
        </Button>
      ) : (
        <Button isWorking={check.isPending || isBusy} onClick={() => check.mutate({})}>
          {t('updateCheck')}
        </Button>
      )}
      <FailureNote error={install.error ?? check.error} />
    </div>
  )
}

function LookSwitch({ desktop }: { readonly desktop: DesktopView }) {
  const t = useWords()
  const { mutate, variables, isPending, error } = useDesktopCall('desktop.lookForUpdates')
  return (
    <>
      <div className="row sb g12">
        <div className="col">
          <span className="b">{t('updateLook')}</span>
          <span className="help">{t('updateLookHelp')}</span>
        </div>
        <Switch
          label={t('updateLook')}
          isOn={isPending ? variables.isOn : desktop.looksForUpdates}
          onChange={(isOn) => mutate({ isOn })}
        />
      </div>
      <FailureNote error={error} />
    </>
  )
}
