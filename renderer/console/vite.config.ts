// The build of the console, which the operator opens at `/admin` or in the desktop window.
import { defineConfig } from 'vite'
import { appConfig } from '../build-config.ts'

export default defineConfig(appConfig({ name: 'console', base: '/admin/' }))
