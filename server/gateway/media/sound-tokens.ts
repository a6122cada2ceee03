// The published formulas between sound and tokens, for holds, and for charges where nothing was reported.

/** Speech at six kilobits: so that what cannot be measured is never cheaper than what can. */
const UNREAD_BYTES_PER_SECOND = 750
/** Twice what OpenAI counts for sound that is put in (one token for 100 ms). */
const INPUT_TOKENS_PER_SECOND = 20
/** Nobody speaks faster than eight tokens a second. */
const OUTPUT_TOKENS_PER_SECOND = 8
/**
 * Nor more letters than these: Whisper hears at most 224 tokens in half a minute (openai/whisper, `DecodingOptions.sample_len`), of
 * four letters each. People say four to nine syllables a second, whatever their language (Coupé et al., "Different languages,
 * similar encoding efficiency", Science Advances 5, 2019), and English has some 15 letters and blanks in a second of usual
 * speech. Sound that was sped up to twice its pace is not charged for more than it is.
 */
const LETTERS_PER_SECOND_MAX = 30
/** A character of these scripts is a syllable or more, and takes as long to say as three letters. */
const LETTERS_PER_SYLLABLE = 3
const SYLLABIC = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu
/** What subtitles have beside their text: the head of the file, numbers and times. */
const BESIDE_TEXT = /^(?:WEBVTT.*|\d+|.*-->.*)$/gm
/** $12 per million tokens are $0.015 a minute (OpenAI's price list): 1,250 tokens. */
const SPOKEN_TOKENS_PER_MINUTE = 1_250
/** The slowest that a character is spoken, and what stands before and behind a text. */
const MS_PER_CHARACTER = 1_000
const MS_AROUND = 10_000

export const msByBytes = (bytes: number): number => Math.ceil((bytes * 1000) / UNREAD_BYTES_PER_SECOND)

export const inputTokensOfMs = (ms: number): number => Math.ceil((ms * INPUT_TOKENS_PER_SECOND) / 1000)

export const outputTokensOfMs = (ms: number): number =>
  256 + Math.ceil((ms * OUTPUT_TOKENS_PER_SECOND) / 1000)

/**
 * The shortest sound that a text can have been heard in, in seconds that it fills: a length that was read may be a lie. What is heard
 * in a short sound may be a little more than was said.
 */
export function msOfTranscript(text: string): number {
  const spoken = text.replace(BESIDE_TEXT, '').replace(/\s+/g, ' ').trim()
  const syllables = spoken.match(SYLLABIC)?.length ?? 0
  const letters = [...spoken].length + syllables * (LETTERS_PER_SYLLABLE - 1)
  return Math.floor(letters / LETTERS_PER_SECOND_MAX) * 1000
}

export const spokenTokensOfMs = (ms: number): number => Math.ceil((ms * SPOKEN_TOKENS_PER_MINUTE) / 60_000)

/** The longest that a text is spoken. */
export const spokenMsMax = (characters: number, slowness: number): number =>
  Math.ceil((characters * MS_PER_CHARACTER + MS_AROUND) * slowness)
