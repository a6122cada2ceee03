// breaks: system-imports
import { gateway } from '../gateway/gateway.ts'

export const watched = gateway
