// breaks nothing
import { port } from '../ports.ts'

export const clock = port
