// Which reader makes sense of a body, by the dialect of its endpoint.
import type { BodyReader } from './body-facts.ts'
import { readChatBody } from './chat-body.ts'
import { readCompletionsBody } from './completions-body.ts'
import { readEmbeddingsBody } from './embeddings-body.ts'
import type { Dialect } from './endpoints.ts'
import { readImagesBody, readVariationsBody } from './media/images-body.ts'
import { readSpeechBody } from './media/speech-body.ts'
import { readTranscriptionBody, readTranslationBody } from './media/transcription-body.ts'
import { readModerationsBody } from './moderations-body.ts'
import { readCompactBody, readInputTokensBody, readResponsesBody } from './responses-body.ts'

export const BODY_READERS: Readonly<Record<Dialect, BodyReader>> = {
  chat: readChatBody,
  completions: readCompletionsBody,
  responses: readResponsesBody,
  compaction: readCompactBody,
  input_tokens: readInputTokensBody,
  embeddings: readEmbeddingsBody,
  moderations: readModerationsBody,
  images: readImagesBody,
  variations: readVariationsBody,
  transcriptions: readTranscriptionBody,
  translations: readTranslationBody,
  speech: readSpeechBody,
}
