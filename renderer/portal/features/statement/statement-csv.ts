// A statement as CSV (RFC 4180), for spreadsheets: the names are the contract's, so that a program can read them as well.
import type { CallOutput } from '../../../../contract/catalogue.ts'

type Statement = CallOutput<'me.statement'>

/** Excel takes a file without it for one in the code page of its country. */
const BYTE_ORDER_MARK = '\uFEFF'
const NANO_DIGITS = 9

/** Exact, with all nine decimals: `-0.000000412`. */
export function dollarText(nanoUsd: number): string {
  const digits = String(Math.abs(nanoUsd)).padStart(NANO_DIGITS + 1, '0')
  return `${nanoUsd < 0 ? '-' : ''}${digits.slice(0, -NANO_DIGITS)}.${digits.slice(-NANO_DIGITS)}`
}

/** A spreadsheet runs what begins like a formula, in East Asia by its wide signs too; a quote before it makes it text. */
function textCell(text: string): string {
  const harmless = /^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** One line for each entry; what requests cost is negative, so that the column adds up to the balance at the end. */
export function statementCsv(statement: Statement): string {
  const { month, openingNanoUsd, changes, spending, closingNanoUsd } = statement
  const lines = [
    ['month', 'entry', 'name', 'count', 'amount_usd'],
    [month, 'opening', '', '', dollarText(openingNanoUsd)],
    ...changes.map(({ kind, count, amountNanoUsd }) => [
      month,
      'change',
      kind,
      String(count),
      dollarText(amountNanoUsd),
    ]),
    ...spending.map(({ model, requests, amountNanoUsd }) => [
      month,
      'requests',
      textCell(model),
      String(requests),
      dollarText(-amountNanoUsd),
    ]),
    [month, 'closing', '', '', dollarText(closingNanoUsd)],
  ]
  return `${BYTE_ORDER_MARK}${lines.map((cells) => cells.join(',')).join('\r\n')}\r\n`
}
