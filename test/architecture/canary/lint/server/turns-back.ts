// breaks: noImportCycles
import { here } from './turns-in-circles.ts'

export const there = (): string => here()
