// breaks: noNestedTernary
export const sign = (n: number): number => (n > 0 ? 1 : n < 0 ? -1 : 0)
