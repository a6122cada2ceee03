// Many prices at once, from a file or pasted: read here, looked at row by row, and written together or not at all.
import { FileUp } from 'lucide-react'
import { useRef, useState } from 'react'
import type { PriceInput } from '../../../../contract/price.ts'
import { Button } from '../../../kit/button.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { TextArea } from '../../../kit/text-input.tsx'
import { parseRows } from './rates.ts'
import { ReviewDialog } from './review-dialog.tsx'
import { useWords } from './words.ts'

const EXAMPLE = `[{ "model": "gpt-5.6-sol",
   "inputNanoUsdPerMTok": 2500000000,
   "cachedInputNanoUsdPerMTok": 250000000,
   "outputNanoUsdPerMTok": 15000000000,
   "source": "…" }]`

export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords()
  const [rows, setRows] = useState<readonly PriceInput[]>()
  const form = useForm({
    initial: { text: '' },
    check: ({ text }) => ({ text: parseRows(text) === undefined ? t('importUnreadable') : undefined }),
    send: async ({ text }) => setRows(parseRows(text)),
  })
  if (rows !== undefined) {
    return <ReviewDialog rows={rows} onBack={() => setRows(undefined)} onClose={onClose} />
  }
  return (
    <FormDialog
      onClose={onClose}
      title={t('importTitle')}
      subtitle={t('importSubtitle')}
      form={form}
      submitLabel={t('review')}
    >
      <Field
        label={t('importText')}
        constraint={t('importFormat')}
        help={t('importHelp')}
        error={form.errors.text}
      >
        <TextArea
          rows={9}
          spellCheck={false}
          placeholder={EXAMPLE}
          value={form.values.text}
          onChange={(text) => form.set('text', text)}
        />
      </Field>
      <FileInput onRead={(text) => form.set('text', text)} />
    </FormDialog>
  )
}

/** The browser's own control speaks the browser's language, so a button of ours stands in front of it. */
function FileInput({ onRead }: { readonly onRead: (text: string) => void }) {
  const t = useWords()
  const input = useRef<HTMLInputElement>(null)
  const [name, setName] = useState<string>()
  const read = (file: File | undefined) => {
    setName(file?.name)
    void file?.text().then(onRead)
  }
  return (
    <div className="row g8">
      <Button size="sm" onClick={() => input.current?.click()}>
        <FileUp size={14} aria-hidden="true" />
        {t('chooseFile')}
      </Button>
      <span className="meta trunc">{name ?? t('noFile')}</span>
      <input
        ref={input}
        type="file"
        hidden
        accept="application/json,.json"
        aria-label={t('importFile')}
        onChange={(event) => read(event.target.files?.[0])}
      />
    </div>
  )
}
