// breaks: gateway-imports
import type { dispatch } from '../operations/dispatch.ts'

export type Dispatch = typeof dispatch
