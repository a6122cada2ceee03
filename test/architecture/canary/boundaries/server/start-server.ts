// breaks: start-server-knows-no-host
import { app } from './http/app.ts'
import { clock } from './host/clock.ts'

export const start = [app, clock]
