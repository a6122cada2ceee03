// The window on screens that are not those that it was left on.
import { expect, test } from 'vitest'
import { placeWindow } from './window-place.ts'

const LARGE = { x: 0, y: 0, width: 1920, height: 1040 }
const BESIDE = { x: 1920, y: 0, width: 1920, height: 1040 }
const left = { x: 2000, y: 30, width: 1280, height: 820, isMaximized: false }

test('it opens as it was left, and on the first screen where the other one is gone', () => {
  const size = { width: 1280, height: 820, minWidth: 1024, minHeight: 640 }
  expect(placeWindow(left, [LARGE, BESIDE])).toEqual({ x: 2000, y: 30, ...size })
  expect(placeWindow(left, [LARGE])).toEqual(size)
})

test('on a screen that shows everything large, all of it is on the screen and may become smaller', () => {
  // 1366 × 768 at 150 %, without the task bar.
  const small = { x: 0, y: 0, width: 911, height: 472 }
  expect(placeWindow({ ...left, x: 0, y: 0 }, [small])).toEqual({
    x: 0,
    y: 0,
    width: 911,
    height: 472,
    minWidth: 911,
    minHeight: 472,
  })
})
