// Where the gateway is reached: the address that this page came from, which is one that works. The desktop window's own scheme
// is none, so there it is the gateway's first one.
import { useAsk } from './hooks.ts'
import { isInDesktopWindow } from './ipc-transport.ts'

/** Without a slash at its end; undefined until it is known. */
export function useGatewayAddress(): string | undefined {
  const isOwn = !isInDesktopWindow()
  const settings = useAsk('settings.get', {}, { isEnabled: !isOwn })
  return isOwn ? window.location.origin : settings.data?.network.addresses[0]
}
