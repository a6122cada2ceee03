// breaks: electron-imports
import { app } from '../server/http/app.ts'
import { start } from '../server/start-server.ts'

export const main = [app, start]
