// Every key that does something, on one page.
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { PLACE_GROUPS } from '../places.ts'
import { commandKey, PLACE_LETTERS } from '../shortcuts.ts'
import { useShellWords } from '../words.ts'
import styles from './palette.module.css'

export function ShortcutsHelp({ onClose }: { readonly onClose: () => void }) {
  const t = useShellWords()
  const kit = useKitWords()
  const everywhere: readonly (readonly [string, readonly string[]])[] = [
    [t('palette'), [commandKey(), 'K']],
    [t('searchEverything'), ['/']],
    [t('shortcuts'), ['?']],
    [t('keyNextRow'), ['J']],
    [t('keyPreviousRow'), ['K']],
    [t('keyOpenRow'), ['Enter']],
    [t('keyClose'), ['Esc']],
  ]
  const places = PLACE_GROUPS.flat().map(
    ({ word }) => [t(word), ['G', PLACE_LETTERS[word].toUpperCase()]] as const,
  )
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('shortcuts')}
      actions={
        <Button kind="primary" onClick={onClose}>
          {kit('close')}
        </Button>
      }
    >
      <Keys name={t('everywhere')} keys={everywhere} />
      <Keys name={t('goTo')} keys={places} />
    </Dialog>
  )
}

interface KeysProps {
  readonly name: string
  readonly keys: readonly (readonly [string, readonly string[]])[]
}

const Keys = ({ name, keys }: KeysProps) => (
  <section className="col g8">
    <h3 className="meta">{name}</h3>
    <dl className={styles['keys']}>
      {keys.map(([does, pressed]) => (
        <div key={does} style={{ display: 'contents' }}>
          <dt>{does}</dt>
          <dd>
            {pressed.map((key) => (
              <kbd key={key} className="kbd">
                {key}
              </kbd>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  </section>
)
