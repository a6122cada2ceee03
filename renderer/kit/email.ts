const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const EMAIL = new RegExp(`^[a-z0-9.!#$%&'*+/=?^_\`{|}~-]+@${LABEL}(?:\\.${LABEL})*$`, 'i')
const CHARS_MAX = 254

/** What the contract takes for an email address, as browsers do: a name without a dot, such as admin@localhost, is one. */
export const isEmail = (text: string): boolean => text.length <= CHARS_MAX && EMAIL.test(text.trim())
