// breaks: events-imports
import { gateway } from '../gateway/gateway.ts'

export const told = gateway
