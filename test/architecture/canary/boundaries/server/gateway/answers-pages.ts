// breaks: gateway-imports
import { app } from '../http/app.ts'

export const pages = app
