// breaks: limits-imports
import { gateway } from '../gateway/gateway.ts'

export const count = gateway
