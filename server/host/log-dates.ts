// The five functions of date-fns that pino-roll asks for. The bundle has these in the place of the whole, whose 300 modules
// every start would run.
export { addDays } from 'date-fns/addDays'
export { addHours } from 'date-fns/addHours'
export { format } from 'date-fns/format'
export { isValid } from 'date-fns/isValid'
export { parse } from 'date-fns/parse'
