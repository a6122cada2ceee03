// The build of the specimen: every part of the kit on one page, for people and for the tests that look at it.
import { defineConfig } from 'vite'
import { appConfig } from '../build-config.ts'

export default defineConfig(appConfig({ name: 'specimen', base: '/' }))
