// breaks: noUnusedVariables
const two = 2

export const one = 1
