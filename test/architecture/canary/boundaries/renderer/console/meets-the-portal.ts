// breaks: console-and-portal-never-meet
import { page } from '../portal/page.tsx'

export const met = page
