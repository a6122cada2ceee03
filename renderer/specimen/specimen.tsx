// The page of specimens, in the order of the kit: controls, figures, lists, states, charts.
import { Button } from '../kit/button.tsx'
import { PageHeader } from '../kit/page.tsx'
import { Charts } from './charts.tsx'
import { Buttons, Choices, Fields } from './controls.tsx'
import { Figures, Lists, States } from './lists.tsx'

export function Specimen() {
  return (
    <main className="specimen">
      <PageHeader
        title="Specimen"
        meta="every part of the kit"
        actions={<Button kind="primary">Create</Button>}
      />
      <Buttons />
      <div className="two">
        <Fields />
        <Choices />
      </div>
      <Figures />
      <Lists />
      <States />
      <Charts />
    </main>
  )
}
