// Steers the gateway from the desktop window: the app asks in a dialog of its own before it cuts anybody off.
import { EllipsisVertical, Pause, Play, RotateCw, Square } from 'lucide-react'
import type { DesktopView } from '../../../contract/desktop.ts'
import { useDesktopCall } from '../../client/desktop.ts'
import { IconButton } from '../../kit/icon-button.tsx'
import { Menu, MenuItem, MenuLine } from '../../kit/menu.tsx'
import { useShellWords } from './words.ts'

/** Only while it runs: a gateway that stands still offers its start on the page. */
export function GateControl({ isPaused }: Pick<DesktopView, 'isPaused'>) {
  const t = useShellWords()
  const stop = useDesktopCall('desktop.stop')
  const restart = useDesktopCall('desktop.restart')
  const pause = useDesktopCall('desktop.pause')
  return (
    <Menu
      trigger={
        <IconButton label={t('steer')} isSmall>
          <EllipsisVertical size={16} aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuItem
        icon={isPaused ? <Play size={15} /> : <Pause size={15} />}
        onSelect={() => pause.mutate({ isPaused: !isPaused })}
      >
        {t(isPaused ? 'resume' : 'pause')}
      </MenuItem>
      <MenuItem icon={<RotateCw size={15} />} onSelect={() => restart.mutate({})}>
        {t('restart')}
      </MenuItem>
      <MenuLine />
      <MenuItem icon={<Square size={15} />} isDestructive onSelect={() => stop.mutate({})}>
        {t('stop')}
      </MenuItem>
    </Menu>
  )
}
