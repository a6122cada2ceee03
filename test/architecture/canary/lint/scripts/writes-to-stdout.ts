// breaks nothing
export const greet = (): void => console.log('hello')
