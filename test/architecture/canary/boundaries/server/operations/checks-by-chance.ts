// breaks: server-needs-no-development-package
import { assert } from 'fast-check'

export const check = assert
