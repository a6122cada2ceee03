// breaks nothing
import express from 'express'
import { pipeline } from '../gateway/pipeline.ts'
import { dispatch } from '../operations/dispatch.ts'

export const app = [express, pipeline, dispatch]
