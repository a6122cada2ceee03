// Takes keys out of what is shown or kept of a request that is wrong: people paste them where a model's name or a path
// belongs, and an error travels further than the request did.

const LOOKS_LIKE_A_KEY = /\bsk-[A-Za-z0-9_-]{12,}/g

export const withoutKeys = (text: string): string =>
  text.includes('sk-') ? text.replace(LOOKS_LIKE_A_KEY, 'sk-[redacted]') : text
