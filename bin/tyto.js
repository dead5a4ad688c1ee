#!/bin/sh
':' //; here=$(dirname "$(readlink -f "$0")"); node="$here/../node_modules/.bin/node"; [ -x "$node" ] || node=node; lean=; [ "$1" != run ] || lean='--no-node-snapshot --max-semi-space-size=1'; exec "$node" $lean "$0" "$@"
// Read by the shell, the line above makes the pinned Node.js take the shell's place: a process less in between, and an
// older Node.js is not started only to start the other. A device's first process begins without the copy of what
// Node.js has made ready, 4 MB for months against 50 ms once, and with little room for what is short-lived, 8 MB less
// while others start. Read by Node.js, the line says nothing.
import { launch } from './launch.js';

await launch('device/cli.js');
