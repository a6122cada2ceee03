// breaks: noConsole
export const greet = (): void => console.log('hello')
