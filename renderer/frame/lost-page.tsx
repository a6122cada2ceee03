// There is no page at this address.
import { Compass } from 'lucide-react'
import { ButtonLink } from '../kit/button.tsx'
import { useKitWords } from '../kit/kit-words.ts'
import { EmptyState } from '../kit/states.tsx'

export function LostPage({ home }: { readonly home: string }) {
  const t = useKitWords()
  return (
    <EmptyState
      isPage
      icon={<Compass size={32} strokeWidth={1.5} />}
      title={t('lostTitle')}
      actions={
        <ButtonLink href={home} kind="primary">
          {t('lostBack')}
        </ButtonLink>
      }
    >
      {t('lostText')}
    </EmptyState>
  )
}
