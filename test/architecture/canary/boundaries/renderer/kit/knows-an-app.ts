// breaks: shared-folders-know-no-app
import { page } from '../portal/page.tsx'

export const known = page
