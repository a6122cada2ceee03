// A text whose length somebody else chose, such as a name or the model that was asked for: in a list it is cut, so that it
// pushes nothing beside it out of sight, and names of people go on in a second line before that. All of it is in the tooltip.

interface CutTextProps {
  readonly text: string
  readonly look?: 'plain' | 'strong' | 'secondary' | 'literal'
}

const CLASSES = { plain: '', strong: ' m', secondary: ' sec', literal: ' mono' } as const

export function CutText({ text, look = 'plain' }: CutTextProps) {
  const Tag = look === 'literal' ? 'code' : 'span'
  return (
    <Tag className={`trunc cut${CLASSES[look]}`} title={text}>
      {text}
    </Tag>
  )
}
