// The desktop app on this computer: where the gateway listens, whether the app starts with the computer, and its version. Kept by the app,
// so it can be changed while the gateway stands still.
import { useState } from 'react'
import type { DesktopView, ListeningChanged } from '../../../../contract/desktop.ts'
import { useDesktopCall } from '../../../client/desktop.ts'
import { Button } from '../../../kit/button.tsx'
import { RadioGroup, Switch } from '../../../kit/choices.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { NumberInput } from '../../../kit/number-input.tsx'
import { FailureNote, Note } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import styles from './settings.module.css'
import { UpdatesPart } from './updates-part.tsx'
import { useWords } from './words.ts'

const PORT_MAX = 65_535

export function ComputerSection({ desktop }: { readonly desktop: DesktopView }) {
  const { port, isOpenToNetwork } = desktop
  return (
    <div className={styles.form}>
      <ListeningForm key={`${port} ${isOpenToNetwork}`} desktop={desktop} />
      <hr className={styles.line} />
      <LoginSwitch desktop={desktop} />
      <hr className={styles.line} />
      <UpdatesPart desktop={desktop} />
    </div>
  )
}

function ListeningForm({ desktop }: { readonly desktop: DesktopView }) {
  const t = useWords()
  const { isGiven } = desktop
  const { mutateAsync } = useDesktopCall('desktop.listen')
  const [refused, setRefused] = useState<{ readonly port: number; readonly answer: ListeningChanged }>()
  const form = useForm<{ port: number | undefined; reach: 'network' | 'computer' }>({
    initial: { port: desktop.port, reach: desktop.isOpenToNetwork ? 'network' : 'computer' },
    check: ({ port }) => ({
      port:
        isGiven.port || (port !== undefined && port >= 1 && port <= PORT_MAX)
          ? undefined
          : t('outOfRange', { min: '1', max: String(PORT_MAX) }),
    }),
    async send({ port = desktop.port, reach }) {
      const answer = await mutateAsync({ port, isOpenToNetwork: reach === 'network' })
      setRefused({ port, answer })
      if (answer.outcome === 'changed') toast({ text: t('listensNow') })
    },
  })
  const answer = refused !== undefined && refused.port === form.values.port ? refused.answer : undefined
  const taken = answer?.outcome === 'port_taken' ? answer.taken : undefined
  const isChanged =
    form.values.port !== desktop.port || (form.values.reach === 'network') !== desktop.isOpenToNetwork
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        form.submit()
      }}
      noValidate
    >
      {isGiven.port ? (
        <Note status="info">{t('portGiven', { port: desktop.port })}</Note>
      ) : (
        <Field
          label={t('networkPort')}
          constraint={t('byDefault', { value: '8080' })}
          help={t('portHelp')}
          error={refusalText(t, answer) ?? form.errors.port}
        >
          <NumberInput value={form.values.port} onChange={(port) => form.set('port', port)} />
        </Field>
      )}
      {taken === undefined || taken.next === null ? undefined : (
        <div>
          <Button size="sm" onClick={() => form.set('port', taken.next ?? undefined)}>
            {t('usePort', { next: taken.next })}
          </Button>
        </div>
      )}
      {isGiven.host ? (
        <Note status="info">{t('hostGiven')}</Note>
      ) : (
        <div className="field">
          <span className="lb">{t('networkOpen')}</span>
          <RadioGroup
            label={t('networkOpen')}
            value={form.values.reach}
            options={(['computer', 'network'] as const).map((value) => ({
              value,
              label: t(`reach_${value}`),
              help: t(`reachHelp_${value}`),
            }))}
            onChange={(reach) => form.set('reach', reach)}
          />
        </div>
      )}
      <FailureNote error={form.failure} />
      {isChanged ? (
        <div className="row g8">
          <Button type="submit" kind="primary" isWorking={form.isWorking}>
            {t(desktop.gateway.kind === 'running' ? 'saveRestarting' : 'saveListening')}
          </Button>
          <Button
            onClick={() => {
              setRefused(undefined)
              form.reset()
            }}
          >
            {t('discard')}
          </Button>
        </div>
      ) : undefined}
    </form>
  )
}

function refusalText(
  t: ReturnType<typeof useWords>,
  answer: ListeningChanged | undefined,
): string | undefined {
  if (answer?.outcome === 'port_forbidden') return t('portForbidden')
  if (answer?.outcome !== 'port_taken') return undefined
  const { port, holder } = answer.taken
  return holder === null ? t('portTaken', { port }) : t('portTakenBy', { port, ...holder })
}

function LoginSwitch({ desktop }: { readonly desktop: DesktopView }) {
  const t = useWords()
  const { mutate, variables, isPending, error } = useDesktopCall('desktop.startAtLogin')
  return (
    <>
      <div className="row sb g12">
        <div className="col">
          <span className="b">{t('startAtLogin')}</span>
          <span className="help">{t('startAtLoginHelp')}</span>
        </div>
        <Switch
          label={t('startAtLogin')}
          isOn={isPending ? variables.isOn : desktop.startsAtLogin}
          onChange={(isOn) => mutate({ isOn })}
        />
      </div>
      <FailureNote error={error} />
    </>
  )
}
