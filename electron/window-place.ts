// Where the window opens, and how large: as it was left, as far as the screens of now have room for it.
import type { WindowBounds } from './preferences.ts'

/** In the points of the system, of which a screen has fewer the larger everything is shown. */
interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** What the console is drawn for. */
const WIDTH_MIN = 1024
const HEIGHT_MIN = 640

/** `areas` are those that the system leaves to windows, that of its first screen first; there is always one. */
export function placeWindow({ x, y, width, height }: WindowBounds, areas: readonly Area[]) {
  const left = x !== undefined && y !== undefined ? { x, y, width, height } : undefined
  // A screen that was there when the window was closed may be gone.
  const there = left && areas.find((area) => overlaps(left, area))
  const room = there ?? areas[0] ?? { width, height }
  return {
    ...(left && there ? { x: left.x, y: left.y } : {}),
    // A window that is larger than its screen has edges that nobody can reach, and so has one that may not become smaller.
    width: Math.min(width, room.width),
    height: Math.min(height, room.height),
    minWidth: Math.min(WIDTH_MIN, room.width),
    minHeight: Math.min(HEIGHT_MIN, room.height),
  }
}

const overlaps = (one: Area, other: Area): boolean =>
  one.x < other.x + other.width &&
  one.x + one.width > other.x &&
  one.y < other.y + other.height &&
  one.y + one.height > other.y
