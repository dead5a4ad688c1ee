/** What this process was started with, for the processes that it starts. */
export const ownEnvironment = (): NodeJS.ProcessEnv => process.env;
