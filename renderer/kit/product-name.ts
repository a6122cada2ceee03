// What the operator calls this gateway: on the page, and in the tab behind the name of the page.
import { createContext, useContext, useEffect } from 'react'

/** Until the gateway has said it. */
export const ProductNameContext = createContext('Codex Gateway')

export const useProductName = (): string => useContext(ProductNameContext)

/** Names the tab. */
export function useTabTitle(title: string): void {
  const productName = useProductName()
  useEffect(() => {
    document.title = `${title} · ${productName}`
  }, [title, productName])
}
