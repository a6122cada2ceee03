// breaks: noUnusedFunctionParameters
export const one = (two: number): number => 1
