import assert from 'node:assert/strict';
import { RemoteError } from '../../../device/core/errors.ts';
import { dynamoError } from './errors.ts';

describe('what DynamoDB complains of', () => {
  const said = (name: string): readonly string[] => {
    const error = dynamoError(
      Object.assign(new Error('secret words of theirs'), { name }), 'table tyto-events at DynamoDB in eu-central-1',
    );
    assert.ok(error instanceof Error && 'code' in error);
    assert.match(error.message, /tyto-events/);
    return [error.name, String(error.code)];
  };

  it('is told by who must act', () => {
    assert.deepEqual(said('ResourceNotFoundException'), ['ConfigError', 'index.no-table']);
    assert.deepEqual(said('CredentialsProviderError'), ['ConfigError', 'index.credentials-missing']);
    assert.deepEqual(said('AccessDeniedException'), ['RemoteError', 'index.refused']);
    assert.deepEqual(said('ProvisionedThroughputExceededException'), ['RemoteError', 'index.throttled']);
    assert.deepEqual(said('ValidationException'), ['BugError', 'index.request']);
    assert.deepEqual(said('TimeoutError'), ['RemoteError', 'index.unreachable']);
  });

  it('passes on what is ours', () => {
    const ours = new RemoteError('index.raced', 'x');
    assert.equal(dynamoError(ours, 'x'), ours);
  });
});
