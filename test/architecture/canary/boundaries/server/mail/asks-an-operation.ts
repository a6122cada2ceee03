// breaks: mail-imports
import { dispatch } from '../operations/dispatch.ts'

export const asked = dispatch
