// Steers the gateway from the desktop window: the app asks in a dialog of its own before it cuts anybody off.
import { EllipsisVertical, Pause, Play, RotateCw, Square } from 'lucide-react'
import { useDesktopCall } from '../../client/desktop.ts'
import { IconButton } from '../../kit/icon-button.tsx'
import { Menu, MenuItem, MenuLine } from '../../kit/menu.tsx'
import { useShellWords } from './words.ts'

/** Not for a gateway that stands still: that offers its start on the page. One that stops can be hurried, and nothing else. */
export function GateControl({
  isPaused,
  isStopping,
}: {
  readonly isPaused: boolean
  readonly isStopping: boolean
}) {
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
        isDisabled={isStopping}
        onSelect={() => pause.mutate({ isPaused: !isPaused })}
      >
        {t(isPaused ? 'resume' : 'pause')}
      </MenuItem>
      <MenuItem icon={<RotateCw size={15} />} isDisabled={isStopping} onSelect={() => restart.mutate({})}>
        {t('restart')}
      </MenuItem>
      <MenuLine />
      <MenuItem icon={<Square size={15} />} isDestructive onSelect={() => stop.mutate({})}>
        {t(isStopping ? 'stopNow' : 'stop')}
      </MenuItem>
    </Menu>
  )
}
