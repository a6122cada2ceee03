// breaks nothing
import express from 'express'
import { gateway } from '../gateway/gateway.ts'
import { dispatch } from '../operations/dispatch.ts'

export const app = [express, gateway, dispatch]
