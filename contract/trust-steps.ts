// What makes a client or a system trust the gateway's own authority: lines to paste, the same wherever they are shown. Where a
// client has a list of its own to add to, that is used, so that nothing else on the machine changes.

export const CA_FILE = 'codex-gateway-ca.crt'
/** Where the gateway gives its authority's certificate to everybody, and explains it. */
export const CA_PATHS = { page: '/ca', file: '/ca.crt' } as const

export const TRUST_STEPS = [
  'codex',
  'node',
  'python',
  'curl',
  'windows',
  'macos',
  'debian',
  'fedora',
] as const
export type TrustStep = (typeof TRUST_STEPS)[number]

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
export const fetchAuthority = (host: string): string =>
  `curl -o ${CA_FILE} http://${host}${CA_PATHS.file}
openssl x509 -in ${CA_FILE} -noout -fingerprint -sha256`

/** `host` with its port. The file is looked for in the folder that one is in. */
export function trustLines(step: TrustStep, host: string): string {
  switch (step) {
    case 'codex':
      return `export CODEX_CA_CERTIFICATE="$PWD/${CA_FILE}"`
    case 'node':
      return `export NODE_EXTRA_CA_CERTS="$PWD/${CA_FILE}"`
    case 'python':
      return `export SSL_CERT_FILE="$PWD/${CA_FILE}"
export REQUESTS_CA_BUNDLE="$PWD/${CA_FILE}"`
    case 'curl':
      return `curl --cacert ${CA_FILE} https://${host}/hello`
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
