// Gives every page the gateway's name.
import { type ReactNode, useContext } from 'react'
import { useAsk } from '../client/hooks.ts'
import { ProductNameContext } from '../kit/product-name.ts'

export function ProductNameSource({ children }: { readonly children: ReactNode }) {
  const byDefault = useContext(ProductNameContext)
  const status = useAsk('auth.status', {})
  return <ProductNameContext value={status.data?.productName ?? byDefault}>{children}</ProductNameContext>
}
