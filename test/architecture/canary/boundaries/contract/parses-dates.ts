// breaks: contract-knows-zod-only
import { port } from '../server/ports.ts'

export const at = port
