/** What S3 tells a queue of objects, in the shape in which it tells it. */

/** One message; keys as they are. One that no form would tell (`%zz`) is told as it stands. */
export const notified = (
  bucket: string, keys: readonly string[], eventName = 'ObjectCreated:Put', at = '2026-11-21T12:00:05.123Z',
): string =>
  JSON.stringify({
    Records: keys.map((key, index) => ({
      eventVersion: '2.1', eventSource: 'aws:s3', awsRegion: 'eu-central-1', eventTime: at, eventName,
      userIdentity: { principalId: 'AWS:AIDAEXAMPLE' }, requestParameters: { sourceIPAddress: '192.0.2.7' },
      responseElements: {
        'x-amz-request-id': `D82B88E5F771F64${index}`,
        'x-amz-id-2': 'VlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQjryTjKlc5aLWGVHPZLj5NeC6qMa0emYBDXOo6QBU0Wo=',
      },
      s3: {
        s3SchemaVersion: '1.0', configurationId: 'landing-to-ingest',
        bucket: { name: bucket, ownerIdentity: { principalId: 'A3I5XTEXAMAI3E' }, arn: `arn:aws:s3:::${bucket}` },
        object: {
          key: told(key), size: 1024, eTag: 'b21b84d653bb07b05b1e6b33684dc11b', sequencer: '0C0F6F405D6ED209E1',
        },
      },
    })),
  });

/** The same by way of SNS. */
export const wrappedBySns = (message: string): string => JSON.stringify({
  Type: 'Notification', MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
  TopicArn: 'arn:aws:sns:eu-central-1:123456789012:landing',
  Subject: 'Amazon S3 Notification', Message: message, Timestamp: '2026-11-21T12:00:05.500Z', SignatureVersion: '1',
  Signature: 'EXAMPLE', SigningCertURL: 'https://sns.eu-central-1.amazonaws.com/x.pem',
  UnsubscribeURL: 'https://sns.eu-central-1.amazonaws.com/',
});

const told = (key: string): string =>
  (/%zz/.test(key) ? key : encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+'));
