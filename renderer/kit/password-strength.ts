// How hard a password is to guess, roughly: how long it is, how varied, and whether it is what everybody tries first.

/** What guesses begin with; a password that holds one of these has that much less of its own. */
const COMMON =
  /pass(word|wort)?|qwerty|qwertz|asdf|zxcv|admin|letmein|welcome|iloveyou|monkey|dragon|login|master|woaini|abc123|1q2w3e|codex|gateway|openai/gi
const SEQUENCES =
  /(?:0123|1234|2345|3456|4567|5678|6789|7890|abcd|bcde|cdef|9876|8765|7654|6543|5432|4321|3210)\d*/gi

export type Strength = 1 | 2 | 3 | 4

/** 1: refused or guessed soon. 2: accepted. 3: good. 4: nobody guesses it. `charsMin` is what the gateway demands. */
export function passwordStrength(password: string, charsMin: number): Strength {
  if (password.length < charsMin) return 1
  const own = password
    .replace(COMMON, '#')
    .replace(SEQUENCES, '#')
    .replace(/(.)\1{2,}/g, '$1')
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u, /\p{Lo}/u].filter((kind) => kind.test(own)).length
  const distinct = new Set(own).size
  // A Chinese character is chosen from thousands, a letter from dozens.
  const weight = own.length + (own.match(/\p{Script=Han}/gu)?.length ?? 0)
  const score = Math.min(weight, distinct * 2) + kinds * 2
  if (distinct < 5 || score < 12) return 1
  if (score < 18) return 2
  return score < 24 ? 3 : 4
}
