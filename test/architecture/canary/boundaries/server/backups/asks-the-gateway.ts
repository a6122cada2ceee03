// breaks: backups-imports
import { gateway } from '../gateway/gateway.ts'

export const copied = gateway
