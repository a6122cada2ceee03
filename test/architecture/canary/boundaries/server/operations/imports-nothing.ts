// breaks: every-import-resolves
import { gone } from './no-such-file.ts'

export const nothing = gone
