#!/bin/sh
':' //; here=$(dirname "$(readlink -f "$0")"); node="$here/../node_modules/.bin/node"; [ -x "$node" ] || node=node; exec "$node" "$0" "$@"
// Read by the shell, the line above makes the pinned Node.js take the shell's place: a process less in between, and an
// older Node.js is not started only to start the other. Read by Node.js, it says nothing.
import { launch } from './launch.js';

await launch('fleet/main.js');
