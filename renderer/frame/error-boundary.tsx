// Around an app, and around each screen: a defect takes down as little as possible, and says what can be done. Code that could
// not be fetched is no defect.
import { Component, type ReactNode } from 'react'
import { Button } from '../kit/button.tsx'
import { FailedBlock } from '../kit/failed-block.tsx'
import { useKitWords } from '../kit/kit-words.ts'
import { CodeBlock } from '../kit/literals.tsx'
import { LoadError } from '../kit/load-later.tsx'
import { NotFetched } from './not-fetched.tsx'

interface ErrorBoundaryProps {
  readonly children: ReactNode
  /** Another value takes a fresh start, such as the address of another page. */
  readonly resetKey?: string
}

interface ErrorBoundaryState {
  readonly error: Error | undefined
  readonly resetKey: string | undefined
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: undefined, resetKey: this.props.resetKey }

  static getDerivedStateFromError(error: unknown): Partial<ErrorBoundaryState> {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  static getDerivedStateFromProps(
    { resetKey }: ErrorBoundaryProps,
    state: ErrorBoundaryState,
  ): Partial<ErrorBoundaryState> | null {
    return resetKey === state.resetKey ? null : { error: undefined, resetKey }
  }

  override componentDidCatch(error: unknown): void {
    if (error instanceof LoadError) error.forget()
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error instanceof LoadError)
      return <NotFetched error={error} onFetched={() => this.setState({ error: undefined })} />
    return error === undefined ? this.props.children : <Defect error={error} />
  }
}

function Defect({ error }: { readonly error: Error }) {
  const t = useKitWords()
  return (
    <FailedBlock
      title={t('defectTitle')}
      heading="h2"
      text={t('defectText')}
      actions={
        <Button kind="primary" onClick={() => window.location.reload()}>
          {t('reload')}
        </Button>
      }
    >
      <CodeBlock text={`${error.name}: ${error.message}`.slice(0, 500)} where={window.location.pathname} />
    </FailedBlock>
  )
}
