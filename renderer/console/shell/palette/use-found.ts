// People, keys, models and requests by what was typed, as the gateway finds them.
import { Key, Receipt, Tag, User } from 'lucide-react'
import { useEffect, useState } from 'react'
import { CONSOLE_PATHS, userPath } from '../../../../contract/page-paths.ts'
import { useAsk } from '../../../client/hooks.ts'
import { usagePath } from '../../usage-path.ts'
import { useShellWords } from '../words.ts'
import type { Command, CommandGroup } from './command.ts'

const FOUND_MAX = 5
/** So that not each letter asks the gateway. */
const PAUSE_MS = 120
/** As the contract takes it. */
const TYPED_MAX = 200

export interface Found {
  readonly groups: readonly CommandGroup[]
  readonly isSearching: boolean
}

export function useFound(typed: string, go: (path: string) => void): Found {
  const t = useShellWords()
  const search = useSettled(typed.trim().slice(0, TYPED_MAX))
  const isEnabled = search !== ''
  const users = useAsk('users.list', { search, limit: FOUND_MAX }, { isEnabled })
  const keys = useAsk('keys.list', { search, limit: FOUND_MAX }, { isEnabled })
  const models = useAsk('models.list', {}, { isEnabled })
  if (!isEnabled) return { groups: [], isSearching: false }
  const to = (id: string, label: string, icon: Command['icon'], path: string, hint = ''): Command => ({
    id,
    label,
    icon,
    hint,
    run: () => go(path),
  })
  const query = (name: string, value: string) => new URLSearchParams({ [name]: value }).toString()
  const groups: readonly CommandGroup[] = [
    {
      name: t('foundUsers'),
      items: (users.data?.rows ?? []).map(({ id, email }) => to(`user ${id}`, email, User, userPath(id))),
    },
    {
      name: t('foundKeys'),
      items: (keys.data?.rows ?? []).map(({ id, name, prefix, userEmail }) =>
        to(
          `key ${id}`,
          name,
          Key,
          `${CONSOLE_PATHS.keys}?${query('search', prefix)}&${query('key', id)}`,
          userEmail,
        ),
      ),
    },
    {
      name: t('foundModels'),
      items: (models.data?.rows ?? [])
        .filter(({ model }) => model.includes(search.toLowerCase()))
        .slice(0, FOUND_MAX)
        .map(({ model }) =>
          literal(to(`model ${model}`, model, Tag, `${CONSOLE_PATHS.models}?${query('model', model)}`)),
        ),
    },
    {
      name: t('foundRequests'),
      items: search.startsWith('req_')
        ? [literal(to(`request ${search}`, search, Receipt, usagePath({ request: search }), t('receiptOf')))]
        : [],
    },
  ]
  const isSearching = typed.trim() !== search || [users, keys, models].some(({ isFetching }) => isFetching)
  return { groups, isSearching }
}

const literal = (command: Command): Command => ({ ...command, isLiteral: true })

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return value === '' ? '' : settled
}
