// The command palette: one field over everything, and a list that the arrow keys walk through.
import { Autocomplete } from '@base-ui/react/autocomplete'
import { Dialog } from '@base-ui/react/dialog'
import { Search } from 'lucide-react'
import { useKitWords } from '../../../kit/kit-words.ts'
import { useShellWords } from '../words.ts'
import type { Command, CommandGroup } from './command.ts'
import { fits } from './matches.ts'
import styles from './palette.module.css'
import { useCommands } from './use-commands.ts'
import { useFound } from './use-found.ts'

interface PaletteProps {
  /** What is looked for. It begins to be typed before the field stands. */
  readonly typed: string
  readonly onType: (text: string) => void
  readonly address: string | undefined
  readonly go: (path: string) => void
  readonly onHelp: () => void
  readonly onClose: () => void
}

/** As it is printed on keyboards, in every language. */
const ESCAPE_KEY = 'Esc'

export function Palette({ typed, onType, address, go, onHelp, onClose }: PaletteProps) {
  const t = useShellWords()
  const kit = useKitWords()
  const commands = useCommands({ address, go, onHelp })
  const found = useFound(typed, go)
  const groups = [...narrowed(commands, typed), ...found.groups].filter(({ items }) => items.length > 0)
  const count = groups.reduce((sum, { items }) => sum + items.length, 0)
  const run = (command: Command) => {
    onClose()
    command.run()
  }
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className={`dialog ${styles['palette']}`} aria-label={t('palette')}>
          <Autocomplete.Root
            items={groups.map(({ name, items }) => ({ value: name, items: [...items] }))}
            itemToStringValue={(command: Command) => command.label}
            value={typed}
            onValueChange={onType}
            mode="none"
            autoHighlight="always"
            keepHighlight
            inline
            open
          >
            <div className={styles['field']}>
              <Search size={16} aria-hidden="true" />
              <Autocomplete.Input
                className={styles['input']}
                placeholder={t('palettePlaceholder')}
                aria-label={t('palettePlaceholder')}
                maxLength={200}
              />
              <span className="kbd" aria-hidden="true">
                {ESCAPE_KEY}
              </span>
            </div>
            <Autocomplete.Status className="sr">
              {found.isSearching ? kit('loading') : t('results', { count })}
            </Autocomplete.Status>
            <div className={styles['scroll']}>
              {count === 0 && !found.isSearching ? (
                <p className={styles['none']}>{kit('nothingFound')}</p>
              ) : undefined}
              <Autocomplete.List>
                {(group: { value: string; items: Command[] }) => (
                  <Autocomplete.Group key={group.value} items={group.items}>
                    <Autocomplete.GroupLabel className="menulabel">{group.value}</Autocomplete.GroupLabel>
                    <Autocomplete.Collection>
                      {(command: Command) => (
                        <Line key={command.id} command={command} onRun={() => run(command)} />
                      )}
                    </Autocomplete.Collection>
                  </Autocomplete.Group>
                )}
              </Autocomplete.List>
            </div>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function narrowed(groups: readonly CommandGroup[], typed: string): readonly CommandGroup[] {
  const text = typed.trim()
  return groups.map(({ name, items }) => ({ name, items: items.filter((command) => fits(command, text)) }))
}

function Line({ command, onRun }: { readonly command: Command; readonly onRun: () => void }) {
  const { icon: Icon, label, isLiteral = false, hint = '', keys = [] } = command
  return (
    <Autocomplete.Item value={command} className="item" onClick={onRun}>
      <Icon size={15} strokeWidth={1.75} aria-hidden="true" />
      <span className={isLiteral ? 'trunc mono' : 'trunc'}>{label}</span>
      {hint === '' ? undefined : <span className="meta trunc hint">{hint}</span>}
      {keys.length === 0 ? undefined : (
        <span className="row g4 hint" aria-hidden="true">
          {keys.map((key) => (
            <span key={key} className="kbd">
              {key}
            </span>
          ))}
        </span>
      )}
    </Autocomplete.Item>
  )
}
