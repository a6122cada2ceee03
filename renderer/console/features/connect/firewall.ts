// The one step that lets other devices in, for the system that the gateway runs on.

export type System = 'windows' | 'macos' | 'linux'

/** From the name that Node gives the platform. */
export function systemOf(platform: string): System {
  if (platform === 'win32') return 'windows'
  return platform === 'darwin' ? 'macos' : 'linux'
}

interface FirewallStep {
  readonly where: 'powershell' | 'terminal'
  readonly text: string
}

/**
 * Commands to paste; macOS has a dialog in their place, and asks by itself. On a company's network, which Windows knows by itself,
 * the second one for Windows says that it stays one, and the rule holds there too.
 */
export function firewallSteps(system: System, port: number, interfaceName: string): readonly FirewallStep[] {
  switch (system) {
    case 'windows':
      return [
        {
          where: 'powershell',
          text: `New-NetFirewallRule -DisplayName "Codex Gateway" -Direction Inbound -Protocol TCP -LocalPort ${port} -Action Allow -Profile Domain,Private
Set-NetConnectionProfile -InterfaceAlias ${quoted(interfaceName)} -NetworkCategory Private`,
        },
      ]
    case 'macos':
      return []
    case 'linux':
      return [
        {
          where: 'terminal',
          text: `sudo ufw allow ${port}/tcp
# or, with firewalld:
sudo firewall-cmd --permanent --add-port=${port}/tcp && sudo firewall-cmd --reload`,
        },
      ]
  }
}

/** Between single quotes PowerShell reads nothing as its own; it takes four characters for one. */
const quoted = (text: string): string => `'${text.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`
