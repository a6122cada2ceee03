// Which ids are taken: compared with what a set of each kind says, for ids in any order.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeldIds } from './held-ids.ts'

const id = fc.integer({ min: 0, max: 600 }).map((n) => `req_${n}`)
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('open' as const), id }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('end' as const), id }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), id }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('turn' as const), id }) },
)

test('an id is new again when it has ended and the log has turned twice since, and not before', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 2_000, size: 'max' }), id, (steps, asked) => {
      const held = new HeldIds()
      const open = new Set<string>()
      let [ended, endedBefore] = [new Set<string>(), new Set<string>()]
      for (const { kind, id: each } of steps) {
        if (kind === 'turn') {
          held.turn()
          ;[endedBefore, ended] = [ended, new Set()]
        } else {
          held[kind](each)
          open[kind === 'open' ? 'add' : 'delete'](each)
          if (kind === 'end') ended.add(each)
        }
        const isNew = (name: string) => !open.has(name) && !ended.has(name) && !endedBefore.has(name)
        expect([held.isOpen(each), held.isNew(each)]).toEqual([open.has(each), isNew(each)])
        expect([held.isOpen(asked), held.isNew(asked)]).toEqual([open.has(asked), isNew(asked)])
      }
    }),
    { numRuns: 30 },
  )
})
