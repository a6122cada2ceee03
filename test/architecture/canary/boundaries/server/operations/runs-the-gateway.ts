// breaks: operations-imports
import { gateway } from '../gateway/gateway.ts'

export const run = gateway
