// breaks: noImportCycles
import { there } from './turns-back.ts'

export const here = (): string => there()
