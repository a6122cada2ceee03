// breaks: wire-stands-alone
import { gateway } from '../gateway/gateway.ts'

export const asked = gateway
