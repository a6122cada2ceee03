// breaks: operations-imports, product-never-imports-tests-or-scripts
import { kit } from '../../test/kit.ts'

export const helped = kit
