// Whether the gate is open: whether requests can pass, as far as this page knows.
import { useAsk } from '../../client/hooks.ts'

export interface GateState {
  /** Lights the lamp. */
  readonly isOpen: boolean
  readonly word: 'running' | 'noUpstream' | 'unreachable'
  readonly note: 'runningDemo' | 'noUpstreamText' | 'unreachableText' | undefined
}

export function useGateState(): GateState {
  const { data, isError } = useAsk('setup.status', {})
  if (isError) return { isOpen: false, word: 'unreachable', note: 'unreachableText' }
  // Whoever sees this page was let in by a running gateway.
  if (data === undefined) return { isOpen: true, word: 'running', note: undefined }
  if (!data.upstream.isConfigured) return { isOpen: false, word: 'noUpstream', note: 'noUpstreamText' }
  return { isOpen: true, word: 'running', note: data.upstream.kind === 'demo' ? 'runningDemo' : undefined }
}
