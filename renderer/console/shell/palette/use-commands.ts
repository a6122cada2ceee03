// What can be done from anywhere: go to a place, copy the address, let somebody in, and the like.
import {
  BookCheck,
  CircleUserRound,
  Copy,
  DatabaseBackup,
  House,
  Keyboard,
  Languages,
  Moon,
  Sun,
  UserPlus,
} from 'lucide-react'
import { CONSOLE_PATHS, PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { failureOf } from '../../../client/failures.ts'
import { useChange } from '../../../client/hooks.ts'
import { copyText } from '../../../kit/copy.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useAppearance } from '../../../state/appearance.ts'
import { useFailureWords } from '../../../words/failure-words.ts'
import { LANGUAGE_NAMES } from '../../../words/language.ts'
import { PLACE_GROUPS } from '../places.ts'
import { PLACE_LETTERS } from '../shortcuts.ts'
import { useShellWords } from '../words.ts'
import type { Command, CommandGroup } from './command.ts'

interface CommandParts {
  readonly address: string | undefined
  readonly go: (path: string) => void
  readonly onHelp: () => void
}

export function useCommands({ address, go, onHelp }: CommandParts): readonly CommandGroup[] {
  const t = useShellWords()
  const { theme, language, chooseTheme, chooseLanguage } = useAppearance()
  const actions = useGatewayActions()
  const isDark =
    theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  const otherLanguage = language === 'en' ? 'zh-CN' : 'en'
  const copy = (text: string) =>
    void copyText(text).then((isDone) =>
      toast(
        isDone ? { text: t('copiedAddress', { address: text }) } : { status: 'bad', text: t('notCopied') },
      ),
    )
  const places = PLACE_GROUPS.flat().map(
    ({ path, icon, word }): Command => ({
      id: path,
      label: t(word),
      also: path,
      icon,
      keys: ['G', PLACE_LETTERS[word].toUpperCase()],
      run: () => go(path),
    }),
  )
  const commands: readonly Command[] = [
    ...(address === undefined
      ? []
      : [
          {
            id: 'copy',
            label: t('copyAddress'),
            also: 'copy address',
            hint: address.replace(/^https?:\/\//, ''),
            icon: Copy,
            run: () => copy(`${address}/v1`),
          },
        ]),
    {
      id: 'invite',
      label: t('invite'),
      also: 'invite user',
      icon: UserPlus,
      run: () => go(`${CONSOLE_PATHS.users}?invite=1`),
    },
    {
      id: 'approve',
      label: t('approvals'),
      also: 'pending approval',
      icon: CircleUserRound,
      run: () => go(`${CONSOLE_PATHS.users}?status=pending`),
    },
    { id: 'check', label: t('checkLedger'), also: 'check ledger', icon: BookCheck, run: actions.checkLedger },
    { id: 'backup', label: t('backUp'), also: 'backup', icon: DatabaseBackup, run: actions.backUp },
    {
      id: 'theme',
      label: t(isDark ? 'toLight' : 'toDark'),
      also: 'theme dark light',
      icon: isDark ? Sun : Moon,
      run: () => chooseTheme(isDark ? 'light' : 'dark'),
    },
    {
      id: 'language',
      label: t('toLanguage', { language: LANGUAGE_NAMES[otherLanguage] }),
      also: 'language 语言',
      icon: Languages,
      run: () => chooseLanguage(otherLanguage),
    },
    {
      id: 'portal',
      label: t('toPortal'),
      also: 'portal',
      icon: House,
      run: () => window.location.assign(PORTAL_PATHS.home),
    },
    { id: 'help', label: t('shortcuts'), also: 'keyboard', icon: Keyboard, keys: ['?'], run: onHelp },
  ]
  return [
    { name: t('goTo'), items: places },
    { name: t('do'), items: commands },
  ]
}

function useGatewayActions() {
  const t = useShellWords()
  const failures = useFailureWords()
  const check = useChange('ledger.check', ['ledger.status'])
  const backUp = useChange('backups.create', ['backups.list', 'system.status'])
  const failed = (error: unknown) => toast({ status: 'bad', text: failures(failureOf(error)) })
  return {
    checkLedger: () =>
      void check
        .mutateAsync({})
        .then(
          ({ findingsTotal }) =>
            toast(
              findingsTotal === 0 ? { text: t('ledger_ok') } : { status: 'bad', text: t('ledger_wrong') },
            ),
          failed,
        ),
    backUp: () => void backUp.mutateAsync({}).then(() => toast({ text: t('backedUp') }), failed),
  }
}
