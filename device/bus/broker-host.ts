/** Where the broker listens. Apart from the broker: whoever only connects to it loads no broker. */
export const BROKER_HOST = '127.0.0.1';
