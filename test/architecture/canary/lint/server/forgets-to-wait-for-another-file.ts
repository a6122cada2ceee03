// breaks: noFloatingPromises
import { save } from './saves.ts'

export function end(): void {
  save()
}
