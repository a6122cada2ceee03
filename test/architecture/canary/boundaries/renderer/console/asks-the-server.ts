// breaks: renderer-imports
import { port } from '../../server/ports.ts'

export const asked = port
