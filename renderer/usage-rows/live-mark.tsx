// Says that a list follows what happens, and needs no reloading.
import { StatusShape } from '../kit/shape.tsx'
import { useUsageWords } from './words.ts'

export function LiveMark() {
  const t = useUsageWords()
  return <StatusShape status="info">{t('live')}</StatusShape>
}
