import { App } from 'aws-cdk-lib';
import { FleetStack, type FleetStackOptions } from './fleet-stack.ts';

/** Name of the template's file, without its ending. */
export const STACK = 'TytoFleet';

/**
 * Writes the template into `folder`: nothing of it is a file of its own, so CloudFormation takes it as it is, without
 * anything prepared in the account.
 * @returns The template.
 */
export function synthesize(options: FleetStackOptions, folder?: string): Readonly<Record<string, unknown>> {
  const app = new App({
    analyticsReporting: false, context: { '@aws-cdk/core:newStyleStackSynthesis': false },
    ...(folder === undefined ? {} : { outdir: folder }),
  });
  const stack = new FleetStack(app, STACK, options);
  return app.synth().getStackByName(stack.stackName).template as Readonly<Record<string, unknown>>;
}
