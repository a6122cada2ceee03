// What an operation of the audit is called, in the reader's language.
import { useWordsOfApp } from '../words.ts'

const CATALOGUE = 'operations'

/** For screens that load the catalogue `operations`. An operation that it does not have keeps its own name. */
export function useOperationWords(): (operation: string) => string {
  const words = useWordsOfApp()
  return (operation) => {
    const key = `op_${operation}`
    return words.has(CATALOGUE, key) ? words.say(CATALOGUE, key) : operation
  }
}
