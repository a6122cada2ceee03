// Which Node may set the product up.
import { expect, test } from 'vitest'
import { isNodeNewEnough } from './require-node.mjs'

test.each(['16.20.2', '18.20.8', '20.18.3'])('Node %s is refused', (version) => {
  expect(isNodeNewEnough(version)).toBe(false)
})

test.each(['20.19.0', '20.20.2', '22.0.0', '24.21.0', '30.1.0-nightly'])('Node %s is taken', (version) => {
  expect(isNodeNewEnough(version)).toBe(true)
})
