// The one form that emails are compared in, so that one person has one spelling.

export const emailKeyOf = (email: string): string => email.trim().normalize('NFKC').toLowerCase()
