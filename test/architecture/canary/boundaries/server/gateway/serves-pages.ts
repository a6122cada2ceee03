// breaks: only-http-knows-express
import express from 'express'

export const pages = express
