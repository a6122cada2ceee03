// What is shown of a text that came from outside: bounded, and only printable characters.

const LENGTH_MAX = 200

export const printable = (text: string): string => text.slice(0, LENGTH_MAX).replace(/[^\x21-\x7e]/g, '?')
