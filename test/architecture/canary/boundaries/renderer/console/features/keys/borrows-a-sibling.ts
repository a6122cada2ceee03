// breaks: features-never-import-siblings
import { list } from '../users/list.tsx'

export const borrowed = list
