// breaks: client-kit-and-state-know-no-app
import { page } from '../portal/page.tsx'

export const known = page
