// How the state of a price row is drawn.
import type { Status } from '../../../kit/shape.tsx'
import type { BookRow } from './priced-model.ts'

export const STATE_SHAPE: Readonly<Record<BookRow['state'], Status>> = {
  in_force: 'ok',
  upcoming: 'info',
  superseded: 'off',
  withdrawn: 'off',
}
