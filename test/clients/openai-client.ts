// The official OpenAI SDK, for tests that stand elsewhere: it is installed beside this file.
export { default as OpenAI } from 'openai'
