// breaks: useExhaustiveSwitchCases
export function colourOf(light: 'red' | 'green'): string {
  switch (light) {
    case 'red':
      return '#f00'
  }
  return '#000'
}
