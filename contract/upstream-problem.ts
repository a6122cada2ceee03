// What can be wrong with an upstream, as the connection test and the health of the console name it. Screens translate the
// code; the text is English and says what to do.

export const UPSTREAM_PROBLEMS = {
  address_forbidden:
    'This address belongs to the machine or the cloud it runs in, not to an upstream. Link-local and metadata addresses are never called.',
  dns_not_found: 'There is no such host name: {host}. Check the base URL for a typing error.',
  dns_failed: 'The name server did not answer for {host}. Check the network of this machine.',
  connection_refused:
    'Nothing listens at {host}, port {port}. Is the upstream running, and is the port right?',
  connection_timeout:
    '{host} did not accept a connection within {seconds} s. A firewall may be in the way, or the address is wrong.',
  network_unreachable: 'This machine has no way to {host}. Check its network connection.',
  connection_reset:
    '{host} closed the connection without an answer. A firewall or a proxy may be in the way.',
  tls_untrusted:
    'The certificate of {host} is signed by nobody this machine trusts. Where a proxy opens TLS, add its certificate to those that this system trusts (desktop app) or name it in NODE_EXTRA_CA_CERTS (headless), and start the gateway again.',
  tls_expired: 'The certificate of {host} has expired, or the clock of this machine is wrong.',
  tls_wrong_name:
    'The certificate of {host} is for another name. Check the base URL; a proxy may be in the way.',
  tls_not_spoken:
    'What answers at {host}, port {port}, does not speak TLS. Try http:// in place of https://.',
  tls_failed: 'No secure connection to {host} could be made.',
  not_http: 'What answers at {host}, port {port}, does not speak HTTP. Is the port right?',
  answer_timeout: '{host} accepted the connection and then said nothing for {seconds} s.',
  answer_too_large: '{host} sent more than a list of models can be. This is no OpenAI-compatible upstream.',
  redirected: '{host} sends elsewhere, to {location}. Use the address that it names, if you trust it.',
  answered_html:
    '{host} answered with a web page (status {status}) in place of data. A proxy or a sign-in page is in the way, or the base URL is that of a site.',
  not_openai:
    '{host} answered (status {status}), and not with a list of models. Is this the base URL of its API?',
  key_missing: 'The upstream wants an API key, and none was given.',
  key_rejected:
    'The upstream does not accept this API key. Check it for missing characters, or make a new one.',
  access_denied:
    'The upstream knows this key and does not let it do this: its project, region or address may be restricted.',
  wrong_path: 'There is no list of models at {path}. The base URL usually ends with /v1.',
  quota_exhausted: 'The key is good, and its account has no credit left. Top it up with the upstream.',
  rate_limited: 'The upstream is at its rate limit for this key. Try again in a moment.',
  upstream_error: 'The upstream answered with an error of its own (status {status}). Try again later.',
  failed: 'The upstream could not be reached.',
} as const

export type UpstreamProblemCode = keyof typeof UPSTREAM_PROBLEMS

export interface UpstreamProblem {
  readonly code: UpstreamProblemCode
  /** Fills the text. Never a key, and never what the upstream wrote. */
  readonly details: Readonly<Record<string, string | number>>
}

export const textOf = ({ code, details }: UpstreamProblem): string =>
  UPSTREAM_PROBLEMS[code].replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(details, name) ? String(details[name]) : placeholder,
  )
