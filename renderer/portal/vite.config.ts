// The build of the portal, which teammates open at `/`.
import { defineConfig } from 'vite'
import { appConfig } from '../build-config.ts'

export default defineConfig(appConfig({ name: 'portal', base: '/' }))
