// The published formulas between sound and tokens, for holds, and for charges where nothing was reported.

/** Speech at six kilobits: so that what cannot be measured is never cheaper than what can. */
const UNREAD_BYTES_PER_SECOND = 750
/** Twice what OpenAI counts for sound that is put in (one token for 100 ms). */
const INPUT_TOKENS_PER_SECOND = 20
/** Nobody speaks faster than eight tokens a second. */
const OUTPUT_TOKENS_PER_SECOND = 8
/** Nor more characters than these, in any script. */
const CHARACTERS_PER_SECOND_MAX = 60
/** $12 per million tokens are $0.015 a minute (OpenAI's price list): 1,250 tokens. */
const SPOKEN_TOKENS_PER_MINUTE = 1_250
/** The slowest that a character is spoken, and what stands before and behind a text. */
const MS_PER_CHARACTER = 1_000
const MS_AROUND = 10_000

export const msByBytes = (bytes: number): number => Math.ceil((bytes * 1000) / UNREAD_BYTES_PER_SECOND)

export const inputTokensOfMs = (ms: number): number => Math.ceil((ms * INPUT_TOKENS_PER_SECOND) / 1000)

export const outputTokensOfMs = (ms: number): number =>
  256 + Math.ceil((ms * OUTPUT_TOKENS_PER_SECOND) / 1000)

/** The shortest sound that a text can have been heard in: a length that was read may be a lie. */
export const msOfTranscript = (characters: number): number =>
  Math.ceil(characters / CHARACTERS_PER_SECOND_MAX) * 1000

export const spokenTokensOfMs = (ms: number): number => Math.ceil((ms * SPOKEN_TOKENS_PER_MINUTE) / 60_000)

/** The longest that a text is spoken. */
export const spokenMsMax = (characters: number, slowness: number): number =>
  Math.ceil((characters * MS_PER_CHARACTER + MS_AROUND) * slowness)
