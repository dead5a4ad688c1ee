/** What the SDK of DynamoDB throws, in our terms: this is the only place that knows its names. */
import { BugError, ConfigError, RemoteError, TytoError } from '../../../device/core/errors.ts';

/** @param where - For people: the table, and where it is. */
export function dynamoError(cause: unknown, where: string): unknown {
  if (cause instanceof TytoError) return cause;
  const [name, options] = [cause instanceof Error ? cause.name : '', { cause }];
  switch (name) {
    case 'ResourceNotFoundException':
      return new ConfigError(
        'index.no-table',
        `there is no ${where}; make the index's tables first (docs/guide/cloud.md), or correct TYTO_FLEET_INDEX`,
        options,
      );
    case 'CredentialsProviderError':
      return new ConfigError(
        'index.credentials-missing',
        `no credentials for ${where}: give the machine a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
        options,
      );
    case 'AccessDeniedException': case 'UnrecognizedClientException':
    case 'InvalidSignatureException': case 'ExpiredTokenException':
      return new RemoteError(
        'index.refused', `${where} refuses these credentials; give them what docs/guide/cloud.md lists`, options,
      );
    case 'ProvisionedThroughputExceededException': case 'ThrottlingException': case 'RequestLimitExceeded':
      return new RemoteError(
        'index.throttled', `${where} is asked for more than it gives just now; it is tried again later`, options,
      );
    case 'ValidationException': case 'ItemCollectionSizeLimitExceededException':
      return new BugError('index.request', `${where} does not understand what it was asked`, options);
    default:
      return new RemoteError(
        'index.unreachable', `${where} does not answer as it should; it is tried again later`, options,
      );
  }
}
