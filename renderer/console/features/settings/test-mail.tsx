// One mail, sent at once and past the queue, that proves the way out.
import { Send } from 'lucide-react'
import { useChange } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { Button } from '../../../kit/button.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useWords } from './words.ts'

export function TestMail({ isAvailable }: { readonly isAvailable: boolean }) {
  const t = useWords()
  const me = useMe()
  const { mutateAsync } = useChange('settings.testMail', ['mail.list'])
  const form = useForm({
    initial: { to: me.email },
    check: ({ to }) => ({ to: /^\S+@\S+$/.test(to.trim()) ? undefined : t('toMissing') }),
    send: async ({ to }) => {
      await mutateAsync({ to: to.trim() })
      toast({ text: t('testMailSent', { to: to.trim() }) })
    },
  })
  return (
    <Section title={t('testMail')}>
      <PanelBody>
        <form
          className="col g8"
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            form.submit()
          }}
        >
          <Field label={t('to')} error={form.errors.to} {...(isAvailable ? {} : { help: t('testMailOff') })}>
            <TextInput type="email" value={form.values.to} onChange={(to) => form.set('to', to)} />
          </Field>
          <FailureNote error={form.failure} />
          <span>
            <Button type="submit" isWorking={form.isWorking} disabled={!isAvailable}>
              <Send size={14} aria-hidden="true" />
              {t('testMailSend')}
            </Button>
          </span>
        </form>
      </PanelBody>
    </Section>
  )
}
