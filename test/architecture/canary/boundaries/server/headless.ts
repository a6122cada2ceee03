// breaks: headless-imports
import { app } from './http/app.ts'
import { start } from './start-server.ts'

export const headless = [start, app]
