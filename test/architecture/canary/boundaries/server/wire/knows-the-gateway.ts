// breaks: wire-imports
import { gateway } from '../gateway/gateway.ts'

export const asked = gateway
