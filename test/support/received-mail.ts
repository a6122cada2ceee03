// Reads a mail as it came over the wire: headers, decoded subject, the plain and the HTML part. Only what our own mail uses
// of MIME (RFC 2045, 2047).

export interface ReceivedMail {
  /** Envelope recipients, as the server was told. */
  readonly to: readonly string[]
  readonly envelopeFrom: string
  /** Each header line as it stood there, unfolded. */
  readonly headers: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  /** The first link in the text. */
  readonly link: string
}

export function readMail(raw: string, envelope: { to: readonly string[]; from: string }): ReceivedMail {
  const { headers, body } = splitHead(raw)
  const boundary = /boundary="([^"]+)"/.exec(headers.join('\n'))?.[1]
  const parts =
    boundary === undefined ? [] : body.split(`--${boundary}`).map((part) => splitHead(part.trimStart()))
  const partOf = (type: string) => {
    const part = parts.find((one) =>
      one.headers.some((line) => line.toLowerCase().includes(`content-type: ${type}`)),
    )
    return part ? decodeBody(part.headers, part.body) : ''
  }
  const text = partOf('text/plain')
  return {
    to: envelope.to,
    envelopeFrom: envelope.from,
    headers,
    subject: decodeWords(headerOf(headers, 'subject')),
    text,
    html: partOf('text/html'),
    link: /https?:\/\/\S+/.exec(text)?.[0] ?? '',
  }
}

export const headerOf = (headers: readonly string[], name: string): string =>
  headers
    .find((line) => line.toLowerCase().startsWith(`${name}:`))
    ?.slice(name.length + 1)
    .trim() ?? ''

function splitHead(text: string): { headers: string[]; body: string } {
  const end = text.indexOf('\r\n\r\n')
  const head = end === -1 ? text : text.slice(0, end)
  return {
    headers: head.replace(/\r\n[ \t]+/g, ' ').split('\r\n'),
    body: end === -1 ? '' : text.slice(end + 4),
  }
}

function decodeBody(headers: readonly string[], body: string): string {
  const encoding = headerOf(headers, 'content-transfer-encoding').toLowerCase()
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString()
  if (encoding !== 'quoted-printable') return body
  return decodeQuoted(body.replace(/=\r\n/g, ''))
}

const decodeQuoted = (text: string): string =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString()

const decodeWords = (text: string): string =>
  text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64').toString()
        : decodeQuoted(word.replaceAll('_', ' ')),
    )
