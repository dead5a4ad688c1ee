/** What a device may do in the landing: put and list below its own prefix, never read, never delete. */

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}
export interface PolicyDocument { readonly Version: '2012-10-17'; readonly Statement: readonly PolicyStatement[] }

/**
 * Stands for the device's name where one role serves all devices: whoever gives out its
 * sessions tags each with the name.
 */
export const TAGGED_DEVICE = '${aws:PrincipalTag/device}';

/**
 * The policy of a role, of a session (STS, as a further limit on a role), or of a user in a small fleet.
 *
 * @param landing - ARN of the bucket.
 * @param device - Its name, or `TAGGED_DEVICE`.
 * @param prefix - Stands before every key of the landing, with a slash at its end; empty for none.
 */
export const devicePolicy = (landing: string, device: string, prefix = ''): PolicyDocument => {
  const own = `${prefix}${device}/`;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'PutOwn', Effect: 'Allow',
        Action: ['s3:PutObject', 's3:PutObjectAcl', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
        Resource: [`${landing}/${own}*`],
      },
      {
        Sid: 'ListOwn', Effect: 'Allow',
        Action: ['s3:ListBucket', 's3:ListBucketMultipartUploads'], Resource: [landing],
        Condition: { StringLike: { 's3:prefix': [`${own}*`] } },
      },
      // The fleet's word to the device is the fleet's: nobody who has the device's credentials can make it up.
      {
        Sid: 'NeverAnswerItself', Effect: 'Deny', Action: ['s3:PutObject', 's3:PutObjectAcl'],
        Resource: [`${landing}/${own}answers/*`, `${landing}/${own}requests/*`],
      },
    ],
  };
};
