// breaks nothing
export const codes = ['internal'] as const
