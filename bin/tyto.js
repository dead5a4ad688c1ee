#!/usr/bin/env node
import { launch } from './launch.js';

await launch('device/cli.js');
