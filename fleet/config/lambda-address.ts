import { ConfigError } from '../../device/core/errors.ts';
import type { Environment } from './load-settings.ts';

/** Where AWS Lambda gives out the work of this process: `127.0.0.1:9001`. @throws {ConfigError} Anywhere else. */
export function lambdaAddress(env: Environment = process.env): string {
  const address = env['AWS_LAMBDA_RUNTIME_API'];
  if (address === undefined || address === '')
    throw new ConfigError(
      'fleet.lambda', 'this runs as a function of AWS Lambda alone: AWS_LAMBDA_RUNTIME_API is not set',
    );
  return address;
}
