// What makes a client or a system trust the gateway's own authority: lines to paste, the same wherever they are shown. Where a
// client has a list of its own to add to, that is used, so that nothing else on the machine changes.

import type { Shell } from './shells.ts'

export const CA_FILE = 'codex-gateway-ca.crt'
/** Where the gateway gives its authority's certificate to everybody, and explains it. */
export const CA_PATHS = { page: '/ca', file: '/ca.crt' } as const

const OF_CLIENTS = ['codex', 'node', 'python', 'curl'] as const
export const TRUST_STEPS = {
  posix: [...OF_CLIENTS, 'macos', 'debian', 'fedora'],
  powershell: [...OF_CLIENTS, 'windows'],
} as const satisfies Record<Shell, readonly string[]>
export type TrustStep = (typeof TRUST_STEPS)[Shell][number]

/** Product names, the same in every language. */
export const TRUST_NAMES: Readonly<Record<TrustStep, string>> = {
  codex: 'Codex CLI',
  node: 'Node.js',
  python: 'Python',
  curl: 'curl',
  windows: 'Windows',
  macos: 'macOS',
  debian: 'Debian, Ubuntu',
  fedora: 'Fedora, RHEL',
}

/**
 * Fetches the certificate and shows its fingerprint, to be compared with the one that the gateway shows. In clear, because
 * nobody trusts HTTPS to this gateway yet; what was fetched is believed by its fingerprint alone.
 */
export const fetchAuthority = (shell: Shell, host: string): string =>
  shell === 'posix'
    ? `curl -o ${CA_FILE} http://${host}${CA_PATHS.file}
openssl x509 -in ${CA_FILE} -noout -fingerprint -sha256`
    : `curl.exe -o ${CA_FILE} http://${host}${CA_PATHS.file}
$ca = New-Object Security.Cryptography.X509Certificates.X509Certificate2 "$PWD\\${CA_FILE}"
[BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash($ca.RawData)) -replace '-', ':'`

/** `host` with its port. The file is looked for in the folder that the shell is in. */
export function trustLines(step: TrustStep, shell: Shell, host: string): string {
  const given = (name: string) =>
    shell === 'posix' ? `export ${name}="$PWD/${CA_FILE}"` : `$env:${name} = "$PWD\\${CA_FILE}"`
  switch (step) {
    case 'codex':
      return given('CODEX_CA_CERTIFICATE')
    case 'node':
      return given('NODE_EXTRA_CA_CERTS')
    case 'python':
      return `${given('SSL_CERT_FILE')}
${given('REQUESTS_CA_BUNDLE')}`
    case 'curl':
      // Windows' own curl asks authorities which certificates they have taken back; this one answers nobody.
      return shell === 'posix'
        ? `curl --cacert ${CA_FILE} https://${host}/hello`
        : `curl.exe --ssl-no-revoke --cacert ${CA_FILE} https://${host}/hello`
    case 'windows':
      return `certutil -user -addstore Root ${CA_FILE}`
    case 'macos':
      return `security add-trusted-cert -r trustRoot -p ssl -k ~/Library/Keychains/login.keychain-db ${CA_FILE}`
    case 'debian':
      return `sudo cp ${CA_FILE} /usr/local/share/ca-certificates/
sudo update-ca-certificates`
    case 'fedora':
      return `sudo cp ${CA_FILE} /etc/pki/ca-trust/source/anchors/
sudo update-ca-trust`
  }
}
