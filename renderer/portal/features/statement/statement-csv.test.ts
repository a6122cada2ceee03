// What a spreadsheet gets: exact amounts that add up, and no formula that somebody hid in a model's name.
import { expect, test } from 'vitest'
import { dollarText, statementCsv } from './statement-csv.ts'

const STATEMENT = {
  month: '2026-11',
  timeZone: 'Asia/Shanghai',
  from: 0,
  to: 1,
  isClosed: true,
  openingNanoUsd: 2_500_000_000,
  changes: [{ kind: 'top_up' as const, count: 1, amountNanoUsd: 10_000_000_000 }],
  spending: [
    { model: '=HYPERLINK("x")', requests: 2, amountNanoUsd: 412 },
    { model: '＝1＋1', requests: 1, amountNanoUsd: 0 },
    { model: 'gpt, large', requests: 1, amountNanoUsd: 1_000_000_000 },
  ],
  spentNanoUsd: 1_000_000_412,
  closingNanoUsd: 11_499_999_588,
}

test.each([
  [0, '0.000000000'],
  [-412, '-0.000000412'],
  [11_499_999_588, '11.499999588'],
  [Number.MAX_SAFE_INTEGER, '9007199.254740991'],
])('%d nano-dollars are %s', (nanoUsd, text) => {
  expect(dollarText(nanoUsd)).toBe(text)
})

test('each entry is a line, and no cell is a formula', () => {
  expect(statementCsv(STATEMENT)).toBe(
    '\uFEFFmonth,entry,name,count,amount_usd\r\n' +
      '2026-11,opening,,,2.500000000\r\n' +
      '2026-11,change,top_up,1,10.000000000\r\n' +
      '2026-11,requests,"\'=HYPERLINK(""x"")",2,-0.000000412\r\n' +
      "2026-11,requests,'＝1＋1,1,0.000000000\r\n" +
      '2026-11,requests,"gpt, large",1,-1.000000000\r\n' +
      '2026-11,closing,,,11.499999588\r\n',
  )
})
