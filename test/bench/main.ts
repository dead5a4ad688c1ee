/**
 * `npm run bench`: how well Tyto sees and what it costs, beside whoever else is installed, measured in one run on this
 * machine.
 */
import { cpus } from 'node:os';
import { readArguments, HELP } from './arguments.ts';
import { noted } from './progress.ts';
import { sectionSubjects } from './section-subjects.ts';

const request = readArguments(process.argv.slice(2));
if (request.type === 'help') {
  process.stdout.write(HELP);
} else if (request.type === 'wrong') {
  process.stderr.write(`bench: ${request.why}; \`npm run bench -- --help\` explains it\n`);
  process.exitCode = 64;
} else {
  const { sections } = await import('./sections.ts');
  const [processor] = cpus();
  const machine = `${cpus().length} x ${processor?.model ?? process.arch}`;
  console.log(`${new Date().toISOString().slice(0, 10)}, ${machine}, Node.js ${process.versions.node}\n`);
  for (const [index, name] of request.sections.entries()) {
    await noted(`${index + 1} of ${request.sections.length}, ${name}: ${sectionSubjects[name]}`, async () => {
      for await (const text of sections[name](request)) console.log(text);
    });
  }
}
