// What a mail looks like: nothing from outside gets into a header or the HTML as anything but text, and nothing is loaded.
import { expect, test } from 'vitest'
import { drawLetter } from './letter.ts'
import { type MailData, TEMPLATES } from './templates/templates.ts'

const context = { productName: 'Team Gateway', formatTime: () => 'today' }
const EVIL = `"><script src=//evil.example></script>\r\nBcc: victim@example.test`

/** Every member that any template is told, all of them hostile. */
const hostile = {
  link: `http://gateway.test/x#token=a"onclick="b\r\nBcc: x@y.z`,
  email: EVIL,
  newEmail: EVIL,
  address: EVIL,
  change: 'on',
  planName: EVIL,
  keyName: EVIL,
  quota: EVIL,
  left: EVIL,
  threshold: EVIL,
  window: 'day',
  metric: 'tokens',
  percent: 80,
  resetsAt: 0,
  at: 0,
  validHours: 1,
  validDays: 1,
  validMinutes: 1,
} as const

const drawn = Object.entries(TEMPLATES).flatMap(([name, template]) =>
  (['en', 'zh-CN'] as const).map((locale) => {
    // Each takes what it needs of all members.
    const write = template[locale] as (
      given: typeof context,
      data: MailData<'email_changed'> & typeof hostile,
    ) => ReturnType<(typeof template)[typeof locale]>
    return {
      name,
      locale,
      letter: write(context, hostile),
      mail: drawLetter(write(context, hostile), locale, EVIL),
    }
  }),
)

test.each(drawn)('$name in $locale has one line of subject, whatever stands in it', ({ mail }) => {
  expect(mail.subject).not.toMatch(/[\r\n]/)
  expect(mail.subject.length).toBeGreaterThan(5)
})

test.each(drawn)('$name in $locale has our own tags and attributes alone, and loads nothing', ({ mail }) => {
  // A tag ends at the next ">", because none of our attributes has one in it.
  const tags = [...mail.html.matchAll(/<\/?([a-z!]+)([^>]*)>/gi)]
  const names = new Set(tags.map(([, name]) => name))
  const attributes = new Set(
    tags.flatMap(([, , rest = '']) =>
      [...rest.replace(/"[^"]*"/g, '""').matchAll(/([a-z-]+)=/gi)].map(([, name]) => name),
    ),
  )
  const ours = ['!doctype', 'body', 'div', 'head', 'hr', 'html', 'meta', 'p', 'title']
  const hasLink = mail.html.includes('<a ')
  expect(names).toEqual(new Set([...ours, ...(hasLink ? ['a'] : [])]))
  expect(attributes).toEqual(new Set(['lang', 'charset', 'style', ...(hasLink ? ['href'] : [])]))
  expect(mail.html).not.toMatch(/style="[^"]*url\(/i)
})

test.each(drawn)(
  '$name in $locale says the same in text as in HTML, the link included',
  ({ mail, letter }) => {
    for (const paragraph of letter.paragraphs) {
      const plain = paragraph.replace(/[\p{Cc}]+/gu, ' ').trim()
      expect(mail.text).toContain(plain)
    }
    if (letter.action) expect(mail.text).toContain('http://gateway.test/x#token=a"onclick="b Bcc: x@y.z')
  },
)

test('each mail has words of its own in each language', () => {
  const chinese = drawn.filter(({ locale }) => locale === 'zh-CN')
  for (const { letter } of chinese) expect(letter.subject).toMatch(/\p{Script=Han}/u)
  const english = drawn.filter(({ locale }) => locale === 'en')
  for (const { letter } of english) expect(letter.subject).not.toMatch(/\p{Script=Han}/u)
})
